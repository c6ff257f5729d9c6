//! What an identity source found out about a number and a name.

use serde::{Deserialize, Serialize};

use crate::NameMatch;

/// The kind of line, in the webhook contract's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineType {
    /// A mobile line.
    Mobile,
    /// A fixed line.
    Landline,
    /// Voice over IP, not told which.
    Voip,
    /// Voice over IP tied to an address.
    FixedVoip,
    /// Voice over IP from anywhere.
    NonFixedVoip,
    /// Free for the caller.
    TollFree,
    /// The source does not know.
    Unknown,
}

impl LineType {
    /// What a field must be that names one.
    pub const RULE: &str = "must be mobile, landline, voip, fixedVoip, nonFixedVoip, tollFree or unknown";

    /// The contract's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Landline => "landline",
            Self::Voip => "voip",
            Self::FixedVoip => "fixedVoip",
            Self::NonFixedVoip => "nonFixedVoip",
            Self::TollFree => "tollFree",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the contract's spelling, in any case and with spaces, `-` or `_` between the words.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String =
            text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
        [
            Self::Mobile,
            Self::Landline,
            Self::Voip,
            Self::FixedVoip,
            Self::NonFixedVoip,
            Self::TollFree,
            Self::Unknown,
        ]
        .into_iter()
        .find(|kind| kind.as_str().eq_ignore_ascii_case(&plain))
    }

    /// Whether the line is reached over the internet from anywhere, which `risk` reports as 9134.
    pub const fn is_loose_voip(self) -> bool {
        matches!(self, Self::Voip | Self::NonFixedVoip)
    }
}

/// A reason for `risk` to fail; the number is the contract's (server API §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskCode {
    /// 9134: the line is non-fixed `VoIP`.
    VoipLine,
    /// 9135: the SIM was swapped recently.
    SimSwapped,
}

impl RiskCode {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::VoipLine, Self::SimSwapped];

    /// Its name in forms, files and storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VoipLine => "voip_line",
            Self::SimSwapped => "sim_swapped",
        }
    }

    /// Reads its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// The contract's number and our text.
    pub const fn reason(self) -> (u16, &'static str) {
        match self {
            Self::VoipLine => (9134, "the line is voice over IP"),
            Self::SimSwapped => (9135, "the SIM was swapped recently"),
        }
    }
}

/// An identity source's answer. It holds no name: only whether the given one matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Whether any source knows the number as in use.
    pub number_known: bool,
    /// How the given name compares with the source's.
    pub name: NameMatch,
    /// Risks found; `None` when the source says nothing about risk.
    pub risks: Option<Vec<RiskCode>>,
    /// The operator, when known.
    pub carrier: Option<String>,
    /// The kind of line, when known.
    pub line_type: Option<LineType>,
    /// ISO 3166-1 alpha-2, when known.
    pub country: Option<String>,
}

impl Findings {
    /// No source knows the number.
    pub const fn unknown_number() -> Self {
        Self {
            number_known: false,
            name: NameMatch::Unknown,
            risks: None,
            carrier: None,
            line_type: None,
            country: None,
        }
    }

    /// Whether the number is the person's.
    pub fn owned(&self) -> bool {
        self.number_known && self.name == NameMatch::Match
    }
}
