//! Looking at an identity, switching it on and off, and letting it go.

use ringtrue_domain::{IdentityId, identity::Identity, member::Permission};

use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{By, Deed, IdentityDeed, KeyScope, StoredIdentity},
    ports::{Change, CommitError, Unit},
};

impl Engine {
    /// An identity.
    pub async fn identity(&self, scope: KeyScope, id: &str) -> Result<Identity, Error> {
        Ok(self.named(scope, id).await?.identity)
    }

    /// Lets changes of an identity's number lead to events again, from now on. A stream that ended stays ended until
    /// the person is verified or enrolled once more.
    pub async fn activate(&self, by: impl Into<By<'_>>, scope: KeyScope, id: &str) -> Result<(), Error> {
        self.switch(by.into(), scope, id, true).await
    }

    /// Keeps everything of an identity that was not delivered from being delivered, and changes of its number from
    /// leading to events.
    pub async fn deactivate(&self, by: impl Into<By<'_>>, scope: KeyScope, id: &str) -> Result<(), Error> {
        self.switch(by.into(), scope, id, false).await
    }

    async fn switch(&self, by: By<'_>, scope: KeyScope, id: &str, active: bool) -> Result<(), Error> {
        by.must(Permission::ManageIdentities)?;
        let done = if active { IdentityDeed::Activated } else { IdentityDeed::Deactivated };
        self.change(scope, id, |stored| {
            let StoredIdentity { version, mut identity } = stored;
            if !identity.switch(active) {
                return Unit::new();
            }
            let id = identity.id;
            let mut unit =
                Unit::new().with(Change::PutIdentity { expect: version, identity: Box::new(identity) });
            if !active {
                unit.push(Change::MuteEvents { scope, identity: id });
            }
            unit.changes.extend(self.identity_deed(by, scope, id, done));
            unit
        })
        .await
    }

    /// Removes an identity and everything personal with it. It is unknown afterwards.
    pub async fn disenrol(&self, by: impl Into<By<'_>>, scope: KeyScope, id: &str) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageIdentities)?;
        self.change(scope, id, |stored| {
            let id = stored.identity.id;
            let mut unit = Unit::new().with(Change::RemoveIdentity { scope, id, expect: stored.version });
            unit.changes.extend(self.identity_deed(by, scope, id, IdentityDeed::Disenrolled));
            unit
        })
        .await
    }

    fn identity_deed(
        &self,
        by: By<'_>,
        scope: KeyScope,
        identity: IdentityId,
        done: IdentityDeed,
    ) -> Option<Change> {
        let KeyScope { project, environment } = scope;
        self.deed(by, Deed::Identity { project, environment, identity, done })
    }

    /// Writes what follows from an identity as it stands; again when somebody else wrote first.
    async fn change(
        &self,
        scope: KeyScope,
        id: &str,
        decide: impl Fn(StoredIdentity) -> Unit + Send + Sync,
    ) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            let unit = decide(self.named(scope, id).await?);
            if unit.changes.is_empty() {
                return Ok(());
            }
            match self.store().commit(unit).await {
                Err(CommitError::Conflict) => {}
                done => return Ok(done?),
            }
        }
        Err(CommitError::Conflict.into())
    }
}
