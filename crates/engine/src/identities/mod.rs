//! Enrolled people and numbers as a caller's back end manages them.

mod enrol;
mod lifecycle;
mod linked;
mod list;

pub use enrol::Enrolment;
pub use linked::LinkedIdentity;
pub use list::{IdentityPage, MAX_OF_NUMBER, OfNumber};

use ringtrue_domain::IdentityId;

use crate::{
    Engine, Error,
    model::{KeyScope, StoredIdentity},
};

impl Engine {
    /// The identity that a caller names. An id that cannot be read names nobody, like one of somebody else.
    pub(crate) async fn named(&self, scope: KeyScope, id: &str) -> Result<StoredIdentity, Error> {
        let id: IdentityId = id.parse().map_err(|_| Error::UnknownIdentity)?;
        self.store().identity_by_id(scope, id).await?.ok_or(Error::UnknownIdentity)
    }
}
