//! What can happen to a flow, and what follows.

use serde::{Deserialize, Serialize};

use super::{
    Flow, Subject,
    state::{PossessionFailure, Proof},
};
use crate::{
    Entropy, Findings, IdentityId, JobId, PhoneNumber,
    secret::{Clear, Digest, Pepper},
};

/// What a decision may use besides the flow and the command: the time, randomness and the key over codes.
pub struct Moment<'a> {
    /// Now, on the clock of the flow's project.
    pub now: jiff::Timestamp,
    /// Randomness for codes, links and ids.
    pub entropy: &'a mut dyn Entropy,
    /// The key over codes.
    pub pepper: &'a Pepper,
}

/// The number that came with a start call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenNumber {
    /// None: the known one.
    Known,
    /// One that can be used.
    New(Subject),
    /// One that cannot be a mobile number, or that no persona has.
    Unacceptable,
    /// One that the project's limits keep out, if the number may be changed at all.
    KeptOut(Nudge),
}

/// A step of the device API that can report an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedStep {
    /// `mobile/otp`
    Code,
    /// `mobile/instantlink`
    Link,
    /// `mobile/instant`
    Network,
    /// Any other step; this server offers none of them.
    Other,
}

/// Something that happens to a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send a one-time code, or another.
    StartCode {
        /// The number given with it.
        number: GivenNumber,
    },
    /// The person entered a code.
    EnterCode {
        /// As typed.
        entry: Clear,
    },
    /// Send an instant link, or another.
    StartLink {
        /// The number given with it.
        number: GivenNumber,
        /// The browser that waits, in words: "Chrome on macOS".
        asked_from: Option<String>,
    },
    /// A person pressed the button on a link's page.
    UseLink {
        /// Digest of the link's token.
        token: Digest,
        /// Digest of what that browser is given to be known by.
        browser: Digest,
    },
    /// The phone is about to show itself to its network.
    StartNetwork {
        /// Digest of the handle that the check is known by.
        handle: Digest,
    },
    /// The check's address was visited.
    NetworkReached {
        /// Digest of the handle that it was visited with.
        handle: Digest,
    },
    /// The network answered whether the phone has the number.
    NetworkAnswered {
        /// Whether it has.
        matched: bool,
    },
    /// The device reports that a step failed.
    Report {
        /// Which step.
        step: ReportedStep,
        /// Whether it said that the person gave up.
        gave_up: bool,
    },
    /// An identity source answered about a number.
    OwnershipAnswered {
        /// The number that was asked about; another one by now means that the answer comes too late.
        phone: PhoneNumber,
        /// The answer.
        findings: Findings,
    },
    /// A message could not be sent and never will be.
    MessageRejected {
        /// Which.
        message: JobId,
    },
    /// A persona that succeeds without a device.
    ProveUnaided,
}

/// What has to be done outside after the flow is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a message.
    Send(OutgoingMessage),
    /// Ask who the number belongs to.
    LookupOwnership,
    /// Remember the person and number.
    Enrol(IdentityId),
}

/// What a message carries, in the clear: it exists only between the decision and the sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payload {
    /// A one-time code.
    Otp {
        /// The code.
        code: Clear,
    },
    /// An instant link.
    Link {
        /// The whole address.
        link: Clear,
        /// Digest of its token, to find the flow by.
        token: Digest,
    },
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// The message's id, for a provider's deduplication too.
    pub id: JobId,
    /// To whom.
    pub to: PhoneNumber,
    /// The whole text.
    pub body: Clear,
    /// The code or link in it.
    pub payload: Payload,
    /// The instant after which it is of no use.
    pub expires_at: jiff::Timestamp,
}

/// Why a page is asked to try the same thing again; each has a `data.code` in the device API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// 9201
    WrongCode,
    /// 9202
    CodeExpired,
    /// 9203
    NumberNotAcceptable,
    /// 9203: the number was verified as often as its project allows
    NumberLimited,
    /// 9203: the project verifies no numbers of this country
    CountryNotAllowed,
    /// 9204
    NumberChangeNotAllowed,
    /// 9205
    TooManyMessages,
}

/// What the device is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// A message is on its way (or was, a moment ago).
    Sent,
    /// Possession is proven.
    Done,
    /// The same again, please.
    TryAgain(Nudge),
    /// Possession has failed for good.
    Over(PossessionFailure),
    /// The network check may go on.
    NetworkOpen,
    /// No silent network authentication here: go on with the code.
    UseCode,
    /// Run the link step again; nothing new will be sent.
    ResumeLink,
    /// The call does not belong to this flow or this moment.
    NotAllowed,
    /// The link is not, or no longer, good.
    LinkGone,
    /// Nothing to say to a device.
    Noted,
}

/// What happened, for the audit log and the timeline. It holds no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The flow began.
    Started,
    /// A code was sent.
    CodeSent,
    /// A link was sent.
    LinkSent,
    /// A wrong code was entered.
    WrongCode,
    /// A code was entered after its end.
    ExpiredCode,
    /// The person gave another number.
    NumberChanged,
    /// A number was not acceptable.
    NumberRefused,
    /// The network check began.
    NetworkAsked,
    /// The network said no, or the device could not ask.
    NetworkFailed,
    /// The device reported a failed step.
    Reported {
        /// Which.
        step: ReportedStep,
    },
    /// A message was refused by its sender.
    MessageRejected,
    /// Possession was proven.
    Proven {
        /// How.
        by: Proof,
    },
    /// Possession failed.
    Failed {
        /// Why.
        why: PossessionFailure,
    },
    /// An identity source answered.
    OwnershipAnswered {
        /// Whether the number is the person's.
        owned: bool,
    },
    /// The person and number were enrolled.
    Enrolled,
}

/// A decision: the flow as it is now, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The new flow.
    pub flow: Flow,
    /// Whether the flow differs from the stored one and has to be written.
    pub changed: bool,
    /// What has to be done outside.
    pub effects: Vec<Effect>,
    /// What happened.
    pub events: Vec<Event>,
    /// What the device is told.
    pub reply: Reply,
}

impl Step {
    pub(super) fn unchanged(flow: Flow, reply: Reply) -> Self {
        Self { flow, changed: false, effects: Vec::new(), events: Vec::new(), reply }
    }

    pub(super) fn changed(flow: Flow, reply: Reply) -> Self {
        Self { flow, changed: true, effects: Vec::new(), events: Vec::new(), reply }
    }

    pub(super) fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub(super) fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}
