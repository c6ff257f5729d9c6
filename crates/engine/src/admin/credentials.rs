//! The credentials of back ends.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{
    CredentialId, FieldError, ProjectId,
    flow::Environment,
    member::Permission,
    secret::{Clear, Digest},
    text::Label,
};

use crate::{
    Engine, Error,
    idempotency::{self, Key, Replay},
    model::{By, Credential, CredentialDeed, Deed, KeyScope},
    ports::{Change, CommitError, Lent, Unit},
};

/// A fresh credential; its secret is shown this one time.
#[derive(Debug)]
pub struct NewCredential {
    /// `client_id`
    pub id: CredentialId,
    /// `client_secret`
    pub secret: Clear,
}

/// What a request came to that makes a credential once.
#[derive(Debug)]
pub enum MadeCredential {
    /// It made this one.
    Fresh(NewCredential),
    /// It came before, and made this one then. The secret is kept nowhere, so it cannot be shown again.
    Before(CredentialId),
}

impl Engine {
    /// Creates a credential for a project and environment, with a name of 1 to 80 characters if it is to have one.
    pub async fn create_credential(
        &self,
        by: impl Into<By<'_>>,
        project: ProjectId,
        environment: Environment,
        name: Option<&str>,
    ) -> Result<NewCredential, Error> {
        let (fresh, unit) = self.new_credential(by.into(), KeyScope { project, environment }, name).await?;
        self.store().commit(unit).await?;
        Ok(fresh)
    }

    /// The same, once for a key: whoever sends a form or a request twice gets one credential.
    pub async fn create_credential_once(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        name: Option<&str>,
        key: &Key,
    ) -> Result<MadeCredential, Error> {
        let by = by.into();
        by.must(Permission::ManageCredentials)?;
        if let Some(first) = self.replay(key).await? {
            return before(first);
        }
        let (fresh, unit) = self.new_credential(by, scope, name).await?;
        let remember = self.remember_change(key, None, Some(fresh.id.to_string()));
        match self.store().commit(unit.with(remember)).await {
            Ok(()) => Ok(MadeCredential::Fresh(fresh)),
            Err(CommitError::Duplicate(record)) => before(idempotency::read(key, *record)?),
            Err(other) => Err(other.into()),
        }
    }

    async fn new_credential(
        &self,
        by: By<'_>,
        scope: KeyScope,
        name: Option<&str>,
    ) -> Result<(NewCredential, Unit), Error> {
        by.must(Permission::ManageCredentials)?;
        let name = name.map(|name| Label::parse("name", name)).transpose()?;
        let KeyScope { project, environment } = scope;
        if self.store().project(project).await?.is_none() {
            return Err(FieldError::new("project", "does not exist").into());
        }
        let now = self.wall();
        let id = CredentialId::new(now, &mut Lent(&*self.parts.entropy));
        let secret = Clear::new(URL_SAFE_NO_PAD.encode(self.random_array::<32>()));
        let credential = Credential {
            id,
            project,
            environment,
            secret: Digest::of(secret.expose().as_bytes()),
            name,
            created_at: now,
            used_at: None,
            revoked_at: None,
        };
        let deed = deed(&credential, CredentialDeed::Created);
        let mut unit = Unit::new().with(Change::PutCredential(credential));
        unit.changes.extend(self.deed(by, deed));
        Ok((NewCredential { id, secret }, unit))
    }

    /// Gives a credential another name, or none.
    pub async fn name_credential(
        &self,
        by: impl Into<By<'_>>,
        id: CredentialId,
        name: Option<&str>,
    ) -> Result<Credential, Error> {
        let by = by.into();
        by.must(Permission::ManageCredentials)?;
        let name = name.map(|name| Label::parse("name", name)).transpose()?;
        let known = self.known_credential(id).await?;
        if known.name == name {
            return Ok(known);
        }
        let put = Change::NameCredential { project: known.project, id, name: name.clone() };
        let mut unit = Unit::new().with(put);
        unit.changes.extend(self.deed(by, deed(&known, CredentialDeed::Named)));
        self.store().commit(unit).await?;
        Ok(Credential { name, ..known })
    }

    /// Revokes a credential; its tokens stop at once. Revoking it again changes nothing.
    pub async fn revoke_credential(&self, by: impl Into<By<'_>>, id: CredentialId) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageCredentials)?;
        let known = self.known_credential(id).await?;
        if known.revoked_at.is_some() {
            return Ok(());
        }
        let mut unit = Unit::new().with(Change::RevokeCredential { id, at: self.wall() });
        unit.changes.extend(self.deed(by, deed(&known, CredentialDeed::Revoked)));
        Ok(self.store().commit(unit).await?)
    }

    async fn known_credential(&self, id: CredentialId) -> Result<Credential, Error> {
        let known = self.store().credential(id).await?;
        known.ok_or_else(|| FieldError::new("credential", "does not exist").into())
    }
}

fn deed(of: &Credential, done: CredentialDeed) -> Deed {
    Deed::Credential { project: of.project, environment: of.environment, credential: of.id, done }
}

fn before(first: Replay) -> Result<MadeCredential, Error> {
    let id = match first {
        Replay::Answer(id) => id.parse().ok(),
        Replay::Flow(_) => None,
    };
    let other = || FieldError::new("Idempotency-Key", "was used with another request");
    Ok(MadeCredential::Before(id.ok_or_else(other)?))
}
