//! How a verification stands, in one word: what lists, searches and counts go by, and the rule that decided it.
//!
//! Unlike [`Flow::view`](super::Flow::view), this is for the people who run the project: nothing is held back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Flow, PossessionType, Proof,
    state::{Ownership, Possession, PossessionFailure},
};
use crate::{Findings, NameMatch, sms};

/// How a verification stands. A refused one says by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something can still happen.
    Open,
    /// Everything that was asked holds.
    Verified,
    /// No source knows the number.
    NumberUnknown,
    /// No source knows a name for the number.
    NameUnknown,
    /// The number belongs to somebody with another name.
    NameMismatch,
    /// Too many wrong codes.
    Exhausted,
    /// The person or the page gave up.
    Cancelled,
    /// Nothing that was sent is good any more, or the session is over.
    TimedOut,
    /// The device called more often than any honest page does.
    TooManySteps,
    /// A sandbox persona that never proves possession.
    Refused,
    /// Possession held, but no source answered before the session was over.
    Unanswered,
}

impl Standing {
    /// All of them. The place in this list is their number in stores: new ones go to the end.
    pub const ALL: [Self; 11] = [
        Self::Open,
        Self::Verified,
        Self::NumberUnknown,
        Self::NameUnknown,
        Self::NameMismatch,
        Self::Exhausted,
        Self::Cancelled,
        Self::TimedOut,
        Self::TooManySteps,
        Self::Refused,
        Self::Unanswered,
    ];

    /// Its number in stores.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// As in JSON and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Verified => "verified",
            Self::NumberUnknown => "number_unknown",
            Self::NameUnknown => "name_unknown",
            Self::NameMismatch => "name_mismatch",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::TooManySteps => "too_many_steps",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }

    fn of_failure(why: PossessionFailure) -> Self {
        match why {
            PossessionFailure::Exhausted => Self::Exhausted,
            PossessionFailure::Cancelled => Self::Cancelled,
            PossessionFailure::TimedOut => Self::TimedOut,
            PossessionFailure::TooManySteps => Self::TooManySteps,
            PossessionFailure::Refused => Self::Refused,
        }
    }

    fn of_findings(findings: &Findings) -> Self {
        match (findings.number_known, findings.name) {
            (true, NameMatch::Match) => Self::Verified,
            (true, NameMatch::Mismatch) => Self::NameMismatch,
            (true, NameMatch::Unknown) => Self::NameUnknown,
            (false, _) => Self::NumberUnknown,
        }
    }
}

impl Flow {
    /// How the flow stands at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let flow = self.as_of(now);
        match (&flow.possession, &flow.ownership) {
            (Possession::Failed { why, .. }, _) => Standing::of_failure(*why),
            (Possession::Proven { .. } | Possession::NotRequired, Ownership::Answered { findings, .. }) => {
                Standing::of_findings(findings)
            }
            (Possession::Proven { .. } | Possession::NotRequired, Ownership::Unknown) => {
                if now < self.deadline() { Standing::Open } else { Standing::Unanswered }
            }
            (
                Possession::AwaitingDevice
                | Possession::NetworkCheck { .. }
                | Possession::CodeSent { .. }
                | Possession::LinkSent { .. },
                _,
            ) => Standing::Open,
        }
    }

    /// When it came to stand as it does at `now`; `None` while it is open.
    pub fn concluded_at(&self, now: Timestamp) -> Option<Timestamp> {
        let flow = self.as_of(now);
        let deadline = self.deadline();
        flow.ended_at().or_else(|| (now >= deadline).then_some(deadline))
    }

    /// How and when possession was proven, if it was.
    pub const fn proof(&self) -> Option<(Proof, Timestamp)> {
        match &self.possession {
            Possession::Proven { by, at, .. } => Some((*by, *at)),
            Possession::NotRequired
            | Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::CodeSent { .. }
            | Possession::LinkSent { .. }
            | Possession::Failed { .. } => None,
        }
    }

    /// Messages that were sent, to whatever number.
    pub const fn messages_sent(&self) -> u8 {
        self.counters.messages
    }

    /// What carriers bill for one of the flow's messages. Codes and links of one flow have the same length and
    /// alphabet, so it is the same for all of them.
    pub fn segments_per_message(&self) -> usize {
        /// Characters of a link's token: 16 bytes in base64url.
        const TOKEN: usize = 22;
        let secret = match self.terms.possession {
            PossessionType::Desktop => format!("{}{}", self.terms.link_base, "A".repeat(TOKEN)),
            PossessionType::Mobile | PossessionType::None => {
                "0".repeat(usize::from(self.terms.message.digits()))
            }
        };
        sms::segments(&self.terms.message.fill(&secret)).count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_read_back() {
        for (number, standing) in Standing::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(standing.number()), number);
            assert_eq!(Standing::parse(standing.as_str()), Some(standing));
            assert_eq!(serde_json::to_value(standing).unwrap(), standing.as_str());
        }
        assert_eq!(Standing::parse("Open"), None);
    }
}
