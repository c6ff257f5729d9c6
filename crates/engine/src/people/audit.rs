//! What was done in the portal.

use ringtrue_domain::{
    FlowId,
    member::{AdminEntryId, Permission},
};

use crate::{
    Engine, Error,
    model::{AdminEntry, By, Deed},
    ports::{Change, Unit},
};

/// Entries of a page at most.
pub const MAX_ENTRIES: usize = 200;

impl Engine {
    /// What was done, newest first, at most `limit` and [`MAX_ENTRIES`]; what was done before the entry `before`, when
    /// given.
    pub async fn admin_entries(
        &self,
        by: impl Into<By<'_>>,
        before: Option<AdminEntryId>,
        limit: usize,
    ) -> Result<Vec<AdminEntry>, Error> {
        by.into().must(Permission::SeeAudit)?;
        Ok(self.store().admin_entries(before, limit.min(MAX_ENTRIES)).await?)
    }

    /// The line that says that somebody did something, for the unit that does it; none for whoever is not written down.
    pub fn deed<'a>(&self, by: impl Into<By<'a>>, deed: Deed) -> Option<Change> {
        by.into().actor().map(|actor| self.note(self.wall(), actor, deed))
    }

    /// Notes that somebody looked at something in the clear. Nothing is shown before this is written.
    pub async fn note_unmasking(&self, by: impl Into<By<'_>>, flow: FlowId) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::Unmask)?;
        self.write_down(by, Deed::Unmasked { flow }).await
    }

    /// Writes down what somebody does that changes nothing else.
    pub(crate) async fn write_down(&self, by: By<'_>, deed: Deed) -> Result<(), Error> {
        let changes = self.deed(by, deed).into_iter().collect();
        Ok(self.store().commit(Unit { changes }).await?)
    }
}
