//! Personal data at rest: every body is sealed under a key of its project, numbers are looked up by keyed hash.
//!
//! ```text
//! master key ── wraps ──▶ data key (one per project, one for the server; table `data_keys`)
//!                            ├─ HMAC(kind, id) ──▶ record key ── AES-256-GCM ──▶ body
//!                            └─ HMAC with the lookup key ──▶ lookup key of the project ──▶ hashes of numbers
//! ```
//!
//! Each record has a key of its own because random 96-bit nonces are safe for 2^32 messages under one key (NIST
//! SP 800-38D §8.3), which a busy project would reach within months. Deleting a data key forgets everything sealed
//! under it, the hashes included.

mod envelope;
mod key;
#[cfg(test)]
mod tests;

pub(crate) use envelope::{Mark, SealError};
pub use key::StoreKeys;
pub(crate) use key::{DataKey, Unlocker, WrongKeys};

/// Whose data key: a project's id, or [`SERVER`].
pub(crate) type Owner = [u8; 16];

/// The server's own data key; no project has this id.
pub(crate) const SERVER: Owner = [0; 16];

/// What a sealed body is about; part of the record key, so that bodies cannot be swapped between rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Flow,
    Identity,
    Job,
    Answer,
    Outbox,
    Project,
    Subscriber,
    Event,
    Webhook,
    Attempt,
    Member,
    Session,
    Invitation,
    Passkey,
    Ceremony,
    AccessKey,
    AdminEntry,
    Credential,
}

impl Kind {
    /// The name in error messages and in the record key; never to be changed.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Identity => "identity",
            Self::Job => "job",
            Self::Answer => "answer",
            Self::Outbox => "outbox message",
            Self::Project => "project",
            Self::Subscriber => "subscriber",
            Self::Event => "event",
            Self::Webhook => "webhook",
            Self::Attempt => "delivery attempt",
            Self::Member => "member",
            Self::Session => "session",
            Self::Invitation => "invitation",
            Self::Passkey => "passkey",
            Self::Ceremony => "ceremony",
            Self::AccessKey => "access key",
            Self::Credential => "credential",
            Self::AdminEntry => "admin entry",
        }
    }
}
