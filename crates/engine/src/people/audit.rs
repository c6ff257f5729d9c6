//! What was done in the portal.

use ringtrue_domain::{
    FlowId,
    member::{AdminEntryId, Permission},
};

use super::actor;
use crate::{
    Engine, Error,
    model::{AdminEntry, Deed, SignedIn},
    ports::{Change, Unit},
};

/// Entries of a page at most.
pub const MAX_ENTRIES: usize = 200;

impl Engine {
    /// What was done, newest first, at most `limit` and [`MAX_ENTRIES`]; what was done before the entry `before`, when
    /// given.
    pub async fn admin_entries(
        &self,
        by: &SignedIn,
        before: Option<AdminEntryId>,
        limit: usize,
    ) -> Result<Vec<AdminEntry>, Error> {
        if !by.may(Permission::SeeAudit) {
            return Err(Error::NotPermitted);
        }
        Ok(self.store().admin_entries(before, limit.min(MAX_ENTRIES)).await?)
    }

    /// The line that says that a member did something, for the unit that does it.
    pub fn deed(&self, by: &SignedIn, deed: Deed) -> Change {
        self.note(self.wall(), actor(&by.member), deed)
    }

    /// Notes that a member looked at something in the clear. Nothing is shown before this is written.
    pub async fn note_unmasking(&self, by: &SignedIn, flow: FlowId) -> Result<(), Error> {
        if !by.may(Permission::Unmask) {
            return Err(Error::NotPermitted);
        }
        Ok(self.store().commit(Unit::new().with(self.deed(by, Deed::Unmasked { flow }))).await?)
    }
}
