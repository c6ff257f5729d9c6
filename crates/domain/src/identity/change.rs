//! What can become of a number, as sources tell it.

use serde::{Deserialize, Serialize};

use super::What;
use crate::{Findings, LineType, PhoneNumber};

/// What is known of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The operator.
    pub carrier: Option<String>,
    /// The kind of line.
    pub line_type: Option<LineType>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

impl Line {
    /// The changes that lead from here to a newer look at the line. Something that was not known before is learnt and
    /// no change; something that is not known any more is neither.
    pub fn changes_to(&self, newer: &Self) -> Vec<LineChange> {
        let mut changes = Vec::new();
        if let (Some(from), Some(to)) = (&self.carrier, &newer.carrier)
            && !same_carrier(from, to)
        {
            changes.push(LineChange::Ported { from: Some(from.clone()), to: Some(to.clone()) });
        }
        if let (Some(from), Some(to)) = (self.line_type, newer.line_type)
            && from != to
            && from != LineType::Unknown
            && to != LineType::Unknown
        {
            changes.push(LineChange::LineTypeChanged { from: Some(from), to });
        }
        changes
    }

    /// Fills in what was not known.
    pub fn complete(&mut self, newer: &Self) {
        let unknown = |kind: Option<LineType>| kind.is_none_or(|kind| kind == LineType::Unknown);
        self.carrier = self.carrier.take().or_else(|| newer.carrier.clone());
        if unknown(self.line_type) {
            self.line_type = newer.line_type.or(self.line_type);
        }
        self.country = self.country.take().or_else(|| newer.country.clone());
    }

    /// Forgets what may have changed while nobody looked.
    pub(super) fn forget(&mut self) {
        (self.carrier, self.line_type) = (None, None);
    }

    /// Keeps what an event says.
    pub(super) fn learn(&mut self, what: &What) {
        match what {
            What::Port { new_carrier, .. } => self.carrier.clone_from(new_carrier),
            What::LineTypeChange { to, .. } => self.line_type = Some(*to),
            What::PhoneNumberChange { .. } | What::Disconnect | What::MovedOutOfCoverage | What::SimSwap => {}
        }
    }
}

impl From<&Findings> for Line {
    fn from(findings: &Findings) -> Self {
        Self {
            carrier: findings.carrier.clone(),
            line_type: findings.line_type,
            country: findings.country.clone(),
        }
    }
}

/// Sources spell the same operator with other case and spaces from one file to the next.
fn same_carrier(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    plain(one) == plain(other)
}

/// Something that became of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum LineChange {
    /// The person has another number now, or the number another owner.
    NumberChanged {
        /// The person's new number, when the source tells.
        new: Option<PhoneNumber>,
    },
    /// The number is nobody's any more.
    Disconnected,
    /// Its operator serves it no more where the sources look.
    MovedOutOfCoverage,
    /// It went to another operator.
    Ported {
        /// From which, when the source tells.
        from: Option<String>,
        /// To which, when the source tells.
        to: Option<String>,
    },
    /// It is another kind of line now.
    LineTypeChanged {
        /// What it was, when the source tells.
        from: Option<LineType>,
        /// What it is.
        to: LineType,
    },
    /// Another SIM has it.
    SimSwapped,
}

impl LineChange {
    /// The event that it is to somebody who knows this of the line; none when it is known already, as when a source
    /// tells the same thing twice.
    pub(super) fn news_to(&self, line: &Line) -> Option<What> {
        Some(match self {
            Self::NumberChanged { new } => What::PhoneNumberChange { new: new.clone() },
            Self::Disconnected => What::Disconnect,
            Self::MovedOutOfCoverage => What::MovedOutOfCoverage,
            Self::Ported { from, to } => {
                if let (Some(known), Some(to)) = (&line.carrier, to)
                    && same_carrier(known, to)
                {
                    return None;
                }
                What::Port { carrier: line.carrier.clone().or_else(|| from.clone()), new_carrier: to.clone() }
            }
            Self::LineTypeChanged { to, .. } if line.line_type == Some(*to) => return None,
            Self::LineTypeChanged { from, to } => {
                What::LineTypeChange { from: line.line_type.or(*from), to: *to }
            }
            Self::SimSwapped => What::SimSwap,
        })
    }
}
