//! Erasing what is known of a person, before its time.

use ringtrue_domain::{FlowId, PhoneNumber, ProjectId};

use crate::model::KeyScope;

/// Something to erase. What is not there (any more) is erased already. Identities have a change of their own, since they
/// have versions.
#[derive(Debug)]
pub enum Erasure {
    /// A verification with its history, links and line in lists. What it was counted in stays: it says nothing about
    /// anybody.
    Verification {
        /// One environment of one project; a verification of another one stays.
        scope: KeyScope,
        /// Which.
        flow: FlowId,
    },
    /// What is kept of verifications that were about a number before people changed it.
    FormerNumber {
        /// One environment of one project.
        scope: KeyScope,
        /// The number.
        phone: PhoneNumber,
    },
    /// The sandbox's messages to a number.
    Messages {
        /// Whose outbox.
        project: ProjectId,
        /// To whom.
        phone: PhoneNumber,
    },
}
