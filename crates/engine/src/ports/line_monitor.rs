//! Asking what became of a number.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    PhoneNumber,
    identity::{Line, LineChange},
};

use super::Fault;
use crate::model::LineStatus;

/// Did anything become of this number?
#[derive(Debug, Clone, Copy)]
pub struct LineQuestion<'a> {
    /// The number.
    pub phone: &'a PhoneNumber,
    /// What happened before is known already, or of no interest: the last answer of the same source, or the
    /// verification when that is later. Of several who watch the number, the earliest.
    pub since: Timestamp,
    /// The wall clock.
    pub now: Timestamp,
}

/// What a source says of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The line as it is now; what the source does not tell is absent. Changes follow from what each identity knew of
    /// its line before, so a source that only knows the present needs to say no more.
    pub line: Line,
    /// Whether the number is in use.
    pub status: LineStatus,
    /// What the source itself says to have happened after [`LineQuestion::since`]. Told to those who were verified by
    /// then; it may be older than anybody else's verification.
    pub happened: Vec<LineChange>,
}

/// A source that has to be asked whether something became of a number.
#[async_trait]
pub trait LineMonitor: Send + Sync {
    /// Looks at a number; none when it is not among those that the source knows.
    async fn look(&self, question: LineQuestion<'_>) -> Result<Option<Sight>, Fault>;

    /// Whether it would refuse now whatever it is asked, so that asking is of no use.
    fn is_resting(&self) -> bool {
        false
    }
}
