//! What is told of a change (contract: webhooks.md).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EventId, IdentityId, LineType, PhoneNumber, ProjectId, flow::Environment, text::CallerText};

/// The contract's `eventType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// The number is another person's, or the person has another number.
    PhoneNumberChange,
    /// The number was given back.
    Disconnect,
    /// The number went to another operator.
    Port,
    /// The number became another kind of line.
    LineTypeChange,
    /// The number is not served any more where the sources look.
    MovedOutOfCoverage,
    /// The number has another SIM. Ours, besides the contract's.
    SimSwap,
    /// A delivery that tests the endpoint; it is about nobody.
    Test,
}

impl EventType {
    /// All that can happen to a number, in the contract's order.
    pub const CHANGES: [Self; 6] = [
        Self::PhoneNumberChange,
        Self::Disconnect,
        Self::Port,
        Self::LineTypeChange,
        Self::MovedOutOfCoverage,
        Self::SimSwap,
    ];

    /// The contract's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhoneNumberChange => "PHONE_NUMBER_CHANGE",
            Self::Disconnect => "DISCONNECT",
            Self::Port => "PORT",
            Self::LineTypeChange => "LINE_TYPE_CHANGE",
            Self::MovedOutOfCoverage => "MOVED_OUT_OF_COVERAGE",
            Self::SimSwap => "SIM_SWAP",
            Self::Test => "TEST",
        }
    }

    /// Reads the spelling of a change of a number; `TEST` is none.
    pub fn parse_change(text: &str) -> Option<Self> {
        Self::CHANGES.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What happened, with the values of before and after as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// `PHONE_NUMBER_CHANGE`
    PhoneNumberChange {
        /// `newPhoneNumber`
        new: Option<PhoneNumber>,
    },
    /// `DISCONNECT`
    Disconnect,
    /// `PORT`
    Port {
        /// `carrier`
        carrier: Option<String>,
        /// `newCarrier`
        new_carrier: Option<String>,
    },
    /// `LINE_TYPE_CHANGE`
    LineTypeChange {
        /// `lineType`
        from: Option<LineType>,
        /// `newLineType`
        to: LineType,
    },
    /// `MOVED_OUT_OF_COVERAGE`
    MovedOutOfCoverage,
    /// `SIM_SWAP`
    SimSwap,
}

impl What {
    /// The contract's `eventType`.
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::PhoneNumberChange { .. } => EventType::PhoneNumberChange,
            Self::Disconnect => EventType::Disconnect,
            Self::Port { .. } => EventType::Port,
            Self::LineTypeChange { .. } => EventType::LineTypeChange,
            Self::MovedOutOfCoverage => EventType::MovedOutOfCoverage,
            Self::SimSwap => EventType::SimSwap,
        }
    }

    /// Whether the number is not the person's any more, so that nothing follows (webhooks.md, last paragraph).
    pub const fn ends_stream(&self) -> bool {
        match self {
            Self::PhoneNumberChange { .. } | Self::Disconnect | Self::MovedOutOfCoverage => true,
            Self::Port { .. } | Self::LineTypeChange { .. } | Self::SimSwap => false,
        }
    }

    /// The contract's `event`: one sentence for people, without anything personal.
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::PhoneNumberChange { new: Some(_) } => "The person has a new phone number.",
            Self::PhoneNumberChange { new: None } => "The phone number belongs to somebody else now.",
            Self::Disconnect => "The phone number was disconnected.",
            Self::Port { .. } => "The phone number moved to another carrier.",
            Self::LineTypeChange { .. } => "The phone number became another type of line.",
            Self::MovedOutOfCoverage => "The phone number moved out of coverage.",
            Self::SimSwap => "The phone number is on another SIM card.",
        }
    }
}

/// A change of an enrolled number that the caller is told of. It stands by itself, so it says the same whenever it is
/// sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEvent {
    /// `eventId`
    pub id: EventId,
    /// `identityId` and `proveId`
    pub identity: IdentityId,
    /// Its project.
    pub project: ProjectId,
    /// Its environment.
    pub environment: Environment,
    /// `clientCustomerId`
    pub client_customer_id: Option<CallerText>,
    /// `phoneNumber`: the number that the identity was verified with.
    pub phone: PhoneNumber,
    /// `eventTimestamp`: when it was detected, on the project's clock.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}
