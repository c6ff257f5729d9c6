//! One call, as it goes to consoles on this node and on others.

use jiff::Timestamp;
use ringtrue_domain::FlowId;
use serde::{Deserialize, Serialize};

/// A call and its answer. Nodes of different versions read each other's: what one does not know is skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// When the call arrived.
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// The route's pattern.
    pub(crate) path: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// Between the call's arrival and its answer.
    pub(crate) micros: u64,
    /// The number of what was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u16>,
    /// What was wrong, as the caller was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The verification that the call was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) correlation_id: Option<FlowId>,
}

impl Line {
    /// Whether the caller did not get what they wanted. The device API says so with a 200.
    pub(crate) fn failed(&self) -> bool {
        self.status >= 400 || self.code.is_some()
    }
}
