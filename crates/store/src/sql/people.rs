//! The part of the port that is about the people of the portal. Bodies are sealed under the server's key.

use std::fmt::Display;

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    member::{AccessKeyId, AdminEntryId, InvitationId, Member, MemberId},
    secret::Digest,
    text::EmailAddress,
};
use ringtrue_engine::{
    model::{AccessKey, AdminEntry, Ceremony, Invitation, Passkey, Session, SignInLink, Team},
    ports::{PeopleStore, StoreError},
};
use serde::de::DeserializeOwned;

use super::{
    SqlStore,
    driver::Driver,
    error::corrupt,
    people_unit::EMAIL,
    text::people as text,
    value::{Row, Value},
};
use crate::seal::{Kind, SERVER};

/// After every id that is made.
const LAST_ID: [u8; 16] = [0xff; 16];

#[async_trait]
impl<D: Driver> PeopleStore for SqlStore<D> {
    async fn team(&self) -> Result<Team, StoreError> {
        // The version first: whoever joins in between makes the next change of the team a conflict.
        let row = self.row(text::TEAM, []).await?;
        let version =
            row.map(|mut row| row.take()).transpose().map_err(corrupt(Kind::Member, "of the team"))?;
        let mut members = Vec::new();
        for row in self.rows(text::MEMBERS, []).await? {
            members.push(self.read_member(row).await?);
        }
        Ok(Team { version: version.unwrap_or(0), members })
    }

    async fn member_by_email(&self, email: &EmailAddress) -> Result<Option<Member>, StoreError> {
        let hash = self.keys.make(SERVER, &self.driver).await?.hash(EMAIL, &email.folded());
        match self.row(text::MEMBER_BY_EMAIL, [hash.into()]).await? {
            Some(row) => self.read_member(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn signed_in(
        &self,
        token: Digest,
        wall: Timestamp,
    ) -> Result<Option<(Session, Member)>, StoreError> {
        let Some(mut row) = self.row(text::SIGNED_IN, [token.into(), wall.into()]).await? else {
            return Ok(None);
        };
        let session = self.read_session(&mut row).await?;
        let body = row.take().map_err(corrupt(Kind::Member, session.member))?;
        let member = self.unseal_ours(Kind::Member, session.member.as_bytes(), body, session.member).await?;
        Ok(Some((session, member)))
    }

    async fn sessions(&self, member: MemberId, wall: Timestamp) -> Result<Vec<Session>, StoreError> {
        let mut sessions = Vec::new();
        for mut row in self.rows(text::SESSIONS, [member.into(), wall.into()]).await? {
            sessions.push(self.read_session(&mut row).await?);
        }
        Ok(sessions)
    }

    async fn invitation(&self, token: Digest) -> Result<Option<Invitation>, StoreError> {
        match self.row(text::INVITATION, [token.into()]).await? {
            Some(row) => self.read_invitation(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn invitation_by_id(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        match self.row(text::INVITATION_BY_ID, [id.into()]).await? {
            Some(row) => self.read_invitation(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn invitations(
        &self,
        before: Option<InvitationId>,
        limit: usize,
    ) -> Result<Vec<Invitation>, StoreError> {
        let before: Value = before.map_or(LAST_ID.into(), Into::into);
        let mut invitations = Vec::new();
        for row in self.rows(text::INVITATIONS, [before, limit.into()]).await? {
            invitations.push(self.read_invitation(row).await?);
        }
        Ok(invitations)
    }

    async fn sign_in_link(&self, token: Digest) -> Result<Option<SignInLink>, StoreError> {
        let Some(mut row) = self.row(text::LINK, [token.into()]).await? else { return Ok(None) };
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (member, expires_at) = columns.map_err(corrupt(Kind::Member, "of a link"))?;
        Ok(Some(SignInLink { token, member, expires_at }))
    }

    async fn recovery_codes(&self, member: MemberId) -> Result<u64, StoreError> {
        match self.row(text::RECOVERY_CODES, [member.into()]).await? {
            Some(mut row) => row.take().map_err(corrupt(Kind::Member, member)),
            None => Ok(0),
        }
    }

    async fn passkey(&self, id: Digest) -> Result<Option<Passkey>, StoreError> {
        match self.row(text::PASSKEY, [id.into()]).await? {
            Some(row) => self.read_passkey(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn passkeys(&self, member: MemberId) -> Result<Vec<Passkey>, StoreError> {
        let mut passkeys: Vec<Passkey> = Vec::new();
        for row in self.rows(text::PASSKEYS, [member.into()]).await? {
            passkeys.push(self.read_passkey(row).await?);
        }
        passkeys.sort_by_key(|passkey| (passkey.created_at, *passkey.id.as_bytes()));
        Ok(passkeys)
    }

    async fn ceremony(&self, token: Digest) -> Result<Option<Ceremony>, StoreError> {
        let Some(mut row) = self.row(text::CEREMONY, [token.into()]).await? else { return Ok(None) };
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (expires_at, body) = columns.map_err(corrupt(Kind::Ceremony, "row"))?;
        let (purpose, state) = self.unseal_ours(Kind::Ceremony, token.as_bytes(), body, "row").await?;
        Ok(Some(Ceremony { token, purpose, state, expires_at }))
    }

    async fn access_key(&self, token: Digest) -> Result<Option<(AccessKey, Option<Member>)>, StoreError> {
        let Some(mut row) = self.row(text::ACCESS_KEY, [token.into()]).await? else { return Ok(None) };
        let key = self.read_access_key(&mut row).await?;
        let body: Option<Vec<u8>> = row.take().map_err(corrupt(Kind::Member, key.id))?;
        let maker = match (body, key.maker) {
            (Some(body), Some(maker)) => {
                Some(self.unseal_ours(Kind::Member, maker.as_bytes(), body, maker).await?)
            }
            _ => None,
        };
        Ok(Some((key, maker)))
    }

    async fn access_key_by_id(&self, id: AccessKeyId) -> Result<Option<AccessKey>, StoreError> {
        match self.row(text::ACCESS_KEY_BY_ID, [id.into()]).await? {
            Some(mut row) => self.read_access_key(&mut row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn access_keys(
        &self,
        maker: Option<MemberId>,
        before: Option<AccessKeyId>,
        limit: usize,
    ) -> Result<Vec<AccessKey>, StoreError> {
        let before: Value = before.map_or(LAST_ID.into(), Into::into);
        let rows = match maker {
            None => self.rows(text::ACCESS_KEYS, [before, limit.into()]).await?,
            Some(maker) => self.rows(text::ACCESS_KEYS_OF, [before, limit.into(), maker.into()]).await?,
        };
        let mut keys = Vec::new();
        for mut row in rows {
            keys.push(self.read_access_key(&mut row).await?);
        }
        Ok(keys)
    }

    async fn admin_entries(
        &self,
        before: Option<AdminEntryId>,
        limit: usize,
    ) -> Result<Vec<AdminEntry>, StoreError> {
        let before: Value = before.map_or(LAST_ID.into(), Into::into);
        let mut entries = Vec::new();
        for mut row in self.rows(text::ADMIN_ENTRIES, [before, limit.into()]).await? {
            let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
            let (id, body): (AdminEntryId, _) = columns.map_err(corrupt(Kind::AdminEntry, "row"))?;
            entries.push(self.unseal_ours(Kind::AdminEntry, id.as_bytes(), body, id).await?);
        }
        Ok(entries)
    }
}

impl<D: Driver> SqlStore<D> {
    /// Opens a body that the server's key sealed; `named` goes into the error if that fails.
    async fn unseal_ours<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &[u8],
        body: Vec<u8>,
        named: impl Display,
    ) -> Result<T, StoreError> {
        let key = self.keys.make(SERVER, &self.driver).await?;
        key.open(kind, id, body).map_err(corrupt(kind, named))
    }

    async fn read_member(&self, mut row: Row) -> Result<Member, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (MemberId, _) = columns.map_err(corrupt(Kind::Member, "row"))?;
        self.unseal_ours(Kind::Member, id.as_bytes(), body, id).await
    }

    async fn read_invitation(&self, mut row: Row) -> Result<Invitation, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (InvitationId, _) = columns.map_err(corrupt(Kind::Invitation, "row"))?;
        self.unseal_ours(Kind::Invitation, id.as_bytes(), body, id).await
    }

    async fn read_passkey(&self, mut row: Row) -> Result<Passkey, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (Digest, _) = columns.map_err(corrupt(Kind::Passkey, "row"))?;
        self.unseal_ours(Kind::Passkey, id.as_bytes(), body, "row").await
    }

    async fn read_access_key(&self, row: &mut Row) -> Result<AccessKey, StoreError> {
        let mut columns = || anyhow::Ok((row.take()?, row.take()?, row.take()?));
        let (id, used_at, body): (AccessKeyId, _, _) = columns().map_err(corrupt(Kind::AccessKey, "row"))?;
        let key: AccessKey = self.unseal_ours(Kind::AccessKey, id.as_bytes(), body, id).await?;
        Ok(AccessKey { used_at, ..key })
    }

    async fn read_session(&self, row: &mut Row) -> Result<Session, StoreError> {
        let mut read = || {
            let (token, id, member, created_at) = (row.take()?, row.take()?, row.take()?, row.take()?);
            let (used_at, expires_at, ends_at) = (row.take()?, row.take()?, row.take()?);
            let agent = String::new();
            let session = Session { id, token, member, created_at, used_at, expires_at, ends_at, agent };
            anyhow::Ok((session, row.take::<Vec<u8>>()?))
        };
        let (session, agent) = read().map_err(corrupt(Kind::Session, "row"))?;
        let agent = self.unseal_ours(Kind::Session, session.id.as_bytes(), agent, session.id).await?;
        Ok(Session { agent, ..session })
    }
}
