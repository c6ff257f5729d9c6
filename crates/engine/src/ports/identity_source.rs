//! Asking who a number belongs to.

use async_trait::async_trait;
use ringtrue_domain::{Findings, PersonName, PhoneNumber, identity::Line};

use super::Fault;
use crate::model::Project;

/// Does this name belong to this number?
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The number.
    pub phone: &'a PhoneNumber,
    /// The name that the person gave.
    pub name: &'a PersonName,
    /// The project that asks; sandbox answers from its personas.
    pub project: &'a Project,
}

/// A source of truth about numbers and names.
#[async_trait]
pub trait IdentitySource: Send + Sync {
    /// Looks the number up and compares the name. A number that it does not know is an answer, not a fault.
    async fn owners(&self, question: Question<'_>) -> Result<Findings, Fault>;

    /// What is known of a number's line; none when the source knows nothing of it, or nothing of lines.
    async fn line(&self, _phone: &PhoneNumber, _project: &Project) -> Result<Option<Line>, Fault> {
        Ok(None)
    }

    /// Whether it answers from memory or our own store within a millisecond and without cost. Such a source is asked
    /// before the flow is written, which saves a unit; the answer is the same.
    fn is_local(&self) -> bool {
        false
    }
}
