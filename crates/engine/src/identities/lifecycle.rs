//! Looking at an identity, switching it on and off, and letting it go.

use ringtrue_domain::identity::Identity;

use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{KeyScope, StoredIdentity},
    ports::{Change, CommitError, Unit},
};

impl Engine {
    /// An identity.
    pub async fn identity(&self, scope: KeyScope, id: &str) -> Result<Identity, Error> {
        Ok(self.named(scope, id).await?.identity)
    }

    /// Lets changes of an identity's number lead to events again, from now on. A stream that ended stays ended until
    /// the person is verified or enrolled once more.
    pub async fn activate(&self, scope: KeyScope, id: &str) -> Result<(), Error> {
        self.switch(scope, id, true).await
    }

    /// Keeps everything of an identity that was not delivered from being delivered, and changes of its number from
    /// leading to events.
    pub async fn deactivate(&self, scope: KeyScope, id: &str) -> Result<(), Error> {
        self.switch(scope, id, false).await
    }

    async fn switch(&self, scope: KeyScope, id: &str, active: bool) -> Result<(), Error> {
        self.change(scope, id, |stored| {
            let StoredIdentity { version, mut identity } = stored;
            if !identity.switch(active) {
                return Unit::new();
            }
            let id = identity.id;
            let put = Unit::new().with(Change::PutIdentity { expect: version, identity: Box::new(identity) });
            if active { put } else { put.with(Change::MuteEvents { scope, identity: id }) }
        })
        .await
    }

    /// Removes an identity and everything personal with it. It is unknown afterwards.
    pub async fn disenrol(&self, scope: KeyScope, id: &str) -> Result<(), Error> {
        self.change(scope, id, |stored| {
            let remove = Change::RemoveIdentity { scope, id: stored.identity.id, expect: stored.version };
            Unit::new().with(remove)
        })
        .await
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
