//! Instant links.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use jiff::Timestamp;

use super::{
    Conduct, Event, Flow, GivenNumber, LINK_SECONDS, MAX_MESSAGES, Moment, Nudge, OutgoingMessage, Payload,
    PossessionFailure, PossessionType, Proof, Reply, Step,
    command::Effect,
    device::Change,
    state::{Possession, Sent},
};
use crate::{
    JobId,
    secret::{Clear, Digest},
    time::after,
};

/// What a link's page has to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStanding {
    /// Its button proves possession.
    Live,
    /// Possession was proven already, with this link or another one of the flow.
    Used,
    /// Its time is over, or the session's.
    Expired,
    /// The person or the page gave up.
    Cancelled,
    /// A message to another number took its place.
    Replaced,
    /// The request came to its end in another way.
    Over,
}

impl Flow {
    pub(super) fn start_link(
        mut self,
        number: GivenNumber,
        asked_from: Option<String>,
        moment: &mut Moment<'_>,
    ) -> Step {
        if self.terms.possession != PossessionType::Desktop {
            return Step::changed(self, Reply::NotAllowed);
        }
        self.asked_from = asked_from.or(self.asked_from);
        let changed = match self.change_number(number) {
            Change::None => Vec::new(),
            Change::Made(events) => events,
            Change::Refused(nudge) => return self.refused(nudge),
        };
        if changed.is_empty() {
            let paused = self.is_paused(moment);
            if let Possession::LinkSent { resuming, .. } = &mut self.possession
                && (std::mem::take(resuming) || paused)
            {
                return Step::changed(self, Reply::Sent);
            }
        }
        if self.counters.messages >= MAX_MESSAGES {
            return self.refused(Nudge::TooManyMessages);
        }
        Self::asked_again(self.send_link(moment), changed)
    }

    fn send_link(mut self, moment: &mut Moment<'_>) -> Step {
        let mut bytes = [0_u8; 16];
        moment.entropy.fill(&mut bytes);
        let token = Clear::new(URL_SAFE_NO_PAD.encode(bytes));
        let link = Clear::new(format!("{}{}", self.terms.link_base, token.expose()));
        let digest = Digest::of(token.expose().as_bytes());
        let message = JobId::new(moment.now, moment.entropy);
        let expires_at = after(moment.now, LINK_SECONDS).min(self.deadline());
        let sent = Sent { message, digest, expires_at };
        // Older links of the flow stay good until their own end; the first one used wins.
        match &mut self.possession {
            Possession::LinkSent { links, .. } => links.push(sent),
            _ => self.possession = Possession::LinkSent { links: vec![sent], resuming: false },
        }
        self.counters.messages += 1;
        self.counters.last_message_at = Some(moment.now);
        let outgoing = OutgoingMessage {
            id: message,
            to: self.subject.phone.clone(),
            body: Clear::new(self.terms.message.fill(link.expose())),
            payload: Payload::Link { link, token: digest },
            expires_at,
        };
        Step::changed(self, Reply::Sent).event(Event::LinkSent).effect(Effect::Send(outgoing))
    }

    /// Where one of this flow's own links stands at `now`.
    pub fn link_standing(&self, token: Digest, now: Timestamp) -> LinkStanding {
        match &self.as_of(now).possession {
            Possession::Proven { .. } => LinkStanding::Used,
            Possession::Failed { why: PossessionFailure::Cancelled, .. } => LinkStanding::Cancelled,
            Possession::Failed { why: PossessionFailure::TimedOut, .. } => LinkStanding::Expired,
            Possession::Failed { .. } => LinkStanding::Over,
            Possession::LinkSent { links, .. } => match links.iter().find(|link| link.digest == token) {
                Some(link) if link.is_live(now) => LinkStanding::Live,
                Some(_) => LinkStanding::Expired,
                None => LinkStanding::Replaced,
            },
            // The flow no longer knows the link: it went to a number that was changed, or was never delivered.
            Possession::NotRequired
            | Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::CodeSent { .. } => LinkStanding::Replaced,
        }
    }

    pub(super) fn use_link(self, token: Digest, browser: Digest, moment: &mut Moment<'_>) -> Step {
        if self.link_standing(token, moment.now) != LinkStanding::Live {
            return Step::unchanged(self, Reply::LinkGone);
        }
        if self.subject.conduct == Conduct::Refuses {
            return self.failed(PossessionFailure::Refused, moment);
        }
        self.proven(Proof::Link, Some((token, browser)), moment)
    }
}
