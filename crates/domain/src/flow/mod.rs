//! One verification as a state machine: `(flow, command, moment) → (flow, effects, reply)`.
//!
//! Possession and ownership move independently; [`Flow::view`] is the one function over both. Fields are private
//! and only this module makes states. Expiry is computed by [`Flow::as_of`], never written, so no timer can be
//! missed and a jump of the sandbox clock needs no rewrite.

mod code;
mod command;
mod device;
mod link;
mod network;
mod standing;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod view;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use command::{
    Command, Effect, Event, GivenNumber, Moment, Nudge, OutgoingMessage, Payload, Reply, ReportedStep, Step,
};
pub use link::LinkStanding;
pub use standing::Standing;
pub use state::{PossessionFailure, Proof};
pub use terms::{Conduct, Environment, PossessionType, Subject, Terms};
pub use view::{Category, Evaluation, Outcome, Verdict, View};

use crate::{FlowId, IdentityId, PhoneNumber, ProjectId, secret::Digest, time::after};
use state::{Counters, Ownership, Possession};

/// Seconds that a session and its device token live (server API §3).
pub const SESSION_SECONDS: u32 = 15 * 60;
/// Seconds that a one-time code is good (device API §0).
pub const CODE_SECONDS: u32 = 2 * 60;
/// Seconds that an instant link is good (device API §0).
pub const LINK_SECONDS: u32 = 3 * 60;
/// Messages of one flow at most (device API §0).
pub const MAX_MESSAGES: u8 = 5;
/// Number changes of one flow at most (device API §0).
pub const MAX_NUMBER_CHANGES: u8 = 3;
/// Calls of the device in one flow at most (device API §0).
pub const MAX_STEPS: u8 = 50;
/// Seconds that a finished flow keeps answering (server API §4).
pub const KEPT_SECONDS: u32 = 24 * 60 * 60;

/// Where a flow stands in its life, as seen by a back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Something can still happen.
    Open,
    /// It has its answer and still gives it.
    Ended,
    /// Unfinished after its session, or finished too long ago: unknown.
    Gone,
}

/// The first step that the device is told to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstStep {
    /// `mobile/instantlink`
    Link,
    /// `mobile/instant`
    Network,
    /// `mobile/otp`
    Code,
}

/// One verification. Fields are private; only this module makes states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    id: FlowId,
    project: ProjectId,
    terms: Terms,
    subject: Subject,
    opened_at: Timestamp,
    possession: Possession,
    ownership: Ownership,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_from: Option<String>,
    counters: Counters,
}

impl Flow {
    /// Begins a verification. Ownership is looked up at once, so that the answer is there when it may be given.
    pub fn start(project: ProjectId, terms: Terms, subject: Subject, moment: &mut Moment<'_>) -> Step {
        let flow = Self {
            id: FlowId::new(moment.now, moment.entropy),
            project,
            subject,
            opened_at: moment.now,
            possession: match terms.possession {
                PossessionType::None => Possession::NotRequired,
                PossessionType::Desktop | PossessionType::Mobile => Possession::AwaitingDevice,
            },
            ownership: Ownership::Unknown,
            identity: None,
            asked_from: None,
            counters: Counters::default(),
            terms,
        };
        Step::changed(flow, Reply::Noted).event(Event::Started).effect(Effect::LookupOwnership)
    }

    /// Decides what a command does. Total: what cannot be done now is answered, not refused with an error.
    pub fn apply(self, command: Command, moment: &mut Moment<'_>) -> Step {
        match command {
            Command::OwnershipAnswered { phone, findings } => {
                self.ownership_answered(&phone, findings, moment)
            }
            Command::MessageRejected { message } => self.message_rejected(message, moment.now),
            Command::ProveUnaided => self.prove_unaided(moment),
            Command::StartCode { .. }
            | Command::EnterCode { .. }
            | Command::StartLink { .. }
            | Command::UseLink { .. }
            | Command::StartNetwork { .. }
            | Command::NetworkReached { .. }
            | Command::NetworkAnswered { .. }
            | Command::Report { .. } => self.device(command, moment),
        }
    }

    /// The flow as it is at `now`: what ran out is seen as failed, nothing is written.
    pub fn as_of(&self, now: Timestamp) -> Cow<'_, Self> {
        let Some(at) = self.times_out_at().filter(|at| *at <= now) else { return Cow::Borrowed(self) };
        let mut flow = self.clone();
        flow.possession = Possession::Failed { why: PossessionFailure::TimedOut, at };
        Cow::Owned(flow)
    }

    /// The instant at which possession fails by itself; `None` once it is settled.
    ///
    /// That is the session's end, or the end of the last code or link when no other one can be asked for.
    pub fn times_out_at(&self) -> Option<Timestamp> {
        let no_more = self.counters.messages >= MAX_MESSAGES;
        let last = |sent: &[state::Sent]| sent.iter().map(|sent| sent.expires_at).max();
        let dead_end = match &self.possession {
            Possession::NotRequired | Possession::Proven { .. } | Possession::Failed { .. } => return None,
            Possession::AwaitingDevice | Possession::NetworkCheck { .. } => None,
            Possession::CodeSent { codes } => last(codes).filter(|_| no_more),
            Possession::LinkSent { links, .. } => last(links).filter(|_| no_more || !self.terms.retry_page),
        };
        Some(dead_end.unwrap_or(Timestamp::MAX).min(self.deadline()))
    }

    /// The session's end.
    pub fn deadline(&self) -> Timestamp {
        after(self.opened_at, SESSION_SECONDS)
    }

    /// The instant from which a finished or unfinished flow answers nobody: it is erased then, or kept without secrets
    /// ([`Self::without_secrets`]).
    pub fn purge_after(&self) -> Timestamp {
        after(self.deadline(), KEPT_SECONDS)
    }

    /// The flow as it may be kept once it answers no more ([`Self::purge_after`]): without digests of what was sent, and
    /// without the address that the phone went on to, into which callers put tokens. How it stands stays the same.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut flow = self.as_of(self.purge_after()).into_owned();
        flow.terms.target_url = None;
        if let Possession::Proven { link, browser, .. } = &mut flow.possession {
            (*link, *browser) = (None, None);
        }
        flow
    }

    /// What the device is told when it asks, or is woken: `None` while it has to wait.
    pub fn device_outcome(&self, now: Timestamp) -> Option<Reply> {
        match &self.as_of(now).possession {
            Possession::NotRequired | Possession::Proven { .. } => Some(Reply::Done),
            Possession::Failed { why, .. } => Some(Reply::Over(*why)),
            Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::CodeSent { .. }
            | Possession::LinkSent { .. } => None,
        }
    }

    /// Whether this browser is the one that used this link.
    pub fn was_used_by(&self, token: Digest, browser: Digest) -> bool {
        matches!(&self.possession, Possession::Proven { link: Some(link), browser: Some(known), .. }
            if *link == token && *known == browser)
    }

    /// Whether the network check under way goes by this handle.
    pub fn is_network_check(&self, token: Digest) -> bool {
        matches!(&self.possession, Possession::NetworkCheck { handle, .. } if *handle == token)
    }

    /// Whether the address of the network check under way was visited.
    pub const fn network_was_reached(&self) -> bool {
        matches!(self.possession, Possession::NetworkCheck { reached: true, .. })
    }

    /// The step that the device begins with.
    pub fn first_step(&self) -> FirstStep {
        match self.terms.possession {
            PossessionType::Desktop => FirstStep::Link,
            PossessionType::Mobile if self.subject.network_auth => FirstStep::Network,
            PossessionType::Mobile | PossessionType::None => FirstStep::Code,
        }
    }

    /// The flow's id: `correlationId` on the wire.
    pub const fn id(&self) -> FlowId {
        self.id
    }

    /// The project it belongs to.
    pub const fn project(&self) -> ProjectId {
        self.project
    }

    /// What was agreed.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The number it is about.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When it began.
    pub const fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// The browser that waits for the link, in words.
    pub fn asked_from(&self) -> Option<&str> {
        self.asked_from.as_deref()
    }

    /// The identity that a successful flow is enrolled under.
    pub const fn identity(&self) -> Option<IdentityId> {
        self.identity
    }

    /// What the identity source said, for enrolment.
    pub const fn findings(&self) -> Option<&crate::Findings> {
        match &self.ownership {
            Ownership::Unknown => None,
            Ownership::Answered { findings, .. } => Some(findings),
        }
    }

    /// Takes over the identity that this person and number already have. Only a flow that is enrolled can.
    pub fn adopt(&mut self, known: IdentityId) {
        if let Some(identity) = &mut self.identity {
            *identity = known;
        }
    }

    fn ownership_answered(
        mut self,
        phone: &PhoneNumber,
        findings: crate::Findings,
        moment: &mut Moment<'_>,
    ) -> Step {
        if *phone != self.subject.phone || self.ownership != Ownership::Unknown {
            return Step::unchanged(self, Reply::Noted);
        }
        let owned = findings.owned();
        self.ownership = Ownership::Answered { findings, at: moment.now };
        Step::changed(self, Reply::Noted).event(Event::OwnershipAnswered { owned }).enrolled(moment)
    }

    fn message_rejected(mut self, message: crate::JobId, now: Timestamp) -> Step {
        // What has run out in the meantime stays so: without its links a flow would look as if it waited again.
        if self.device_outcome(now).is_some() {
            return Step::unchanged(self, Reply::Noted);
        }
        let sent = match &mut self.possession {
            Possession::CodeSent { codes } => codes,
            Possession::LinkSent { links, .. } => links,
            Possession::NotRequired
            | Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::Proven { .. }
            | Possession::Failed { .. } => return Step::unchanged(self, Reply::Noted),
        };
        let before = sent.len();
        sent.retain(|sent| sent.message != message);
        if sent.len() == before {
            return Step::unchanged(self, Reply::Noted);
        }
        if sent.is_empty() {
            self.possession = Possession::AwaitingDevice;
        }
        Step::changed(self, Reply::Noted).event(Event::MessageRejected)
    }

    fn prove_unaided(self, moment: &mut Moment<'_>) -> Step {
        let open = !self.as_of(moment.now).possession.is_settled();
        if !open || self.subject.conduct != Conduct::Unaided {
            return Step::unchanged(self, Reply::Noted);
        }
        self.proven(Proof::Persona, None, moment)
    }

    fn proven(mut self, by: Proof, link: Option<(Digest, Digest)>, moment: &mut Moment<'_>) -> Step {
        let (link, browser) = link.unzip();
        self.possession = Possession::Proven { by, at: moment.now, link, browser };
        Step::changed(self, Reply::Done).event(Event::Proven { by }).enrolled(moment)
    }

    fn failed(mut self, why: PossessionFailure, moment: &Moment<'_>) -> Step {
        self.possession = Possession::Failed { why, at: moment.now };
        Step::changed(self, Reply::Over(why)).event(Event::Failed { why })
    }
}

impl Step {
    /// Enrols the person as soon as both halves allow it; called wherever one of them moves.
    fn enrolled(mut self, moment: &mut Moment<'_>) -> Self {
        let flow = &mut self.flow;
        let held = matches!(flow.possession, Possession::NotRequired | Possession::Proven { .. });
        let owned = matches!(&flow.ownership, Ownership::Answered { findings, .. } if findings.owned());
        if held && owned && flow.identity.is_none() {
            let identity = IdentityId::new(moment.now, moment.entropy);
            flow.identity = Some(identity);
            return self.event(Event::Enrolled).effect(Effect::Enrol(identity));
        }
        self
    }
}
