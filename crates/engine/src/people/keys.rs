//! Access keys: members make them for automation that sets up and watches as they do.
//!
//! A key is not more than whoever made it: it is void as soon as they are gone, or their role does not cover its own any
//! more. No key makes keys, so that one that got out ends when it is revoked.

use ringtrue_domain::{
    FieldError,
    member::{AccessKeyId, Permission, Role},
    secret::{Clear, Digest},
    text::Label,
    time::after,
};

use super::{MAX_ENTRIES, link::conflict, people};
use crate::{
    Engine, Error,
    model::{AccessKey, By, Deed, KeyHolder},
    ports::{Lent, PeopleChange, Unit},
};

/// Days that a key may be good at most.
pub const MAX_KEY_DAYS: u32 = 365;

/// Keys of an installation at most, expired ones too as long as they are listed.
const MAX_KEYS: usize = 500;
/// Seconds between two writes that say that a key was used.
const USE_SECONDS: u32 = 3600;
const DAY_SECONDS: u32 = 24 * 60 * 60;
/// What a token begins with, so that people and scanners for secrets know one when they see it.
const PREFIX: &str = "rtkey_";

/// A fresh access key; its token is shown this one time.
#[derive(Debug)]
pub struct NewAccessKey {
    /// The key.
    pub key: AccessKey,
    /// What automation needs.
    pub token: Clear,
}

impl Engine {
    /// Makes a key that is good for 1 to [`MAX_KEY_DAYS`] days.
    ///
    /// # Errors
    ///
    /// [`Error::NotPermitted`] for a role that may do what its maker may not, and for keys that want to make keys.
    pub async fn make_access_key(
        &self,
        by: impl Into<By<'_>>,
        name: &str,
        role: Role,
        days: u32,
    ) -> Result<NewAccessKey, Error> {
        let by = by.into();
        let maker = match by {
            By::Member(signed_in) => {
                let team = self.team_for(by, Permission::SeeProjects).await?;
                let member = team.member(signed_in.member.id).ok_or(Error::Unauthorized)?;
                if !member.role.covers(role) {
                    return Err(Error::NotPermitted);
                }
                Some(member.id)
            }
            By::Operator => None,
            By::Key(_) | By::Nobody => return Err(Error::NotPermitted),
        };
        let name = Label::parse("name", name)?;
        if !(1..=MAX_KEY_DAYS).contains(&days) {
            return Err(FieldError::new("days", "must be 1 to 365").into());
        }
        if self.store().access_keys(None, None, MAX_KEYS).await?.len() == MAX_KEYS {
            return Err(FieldError::new("accessKey", "must be at most 500: revoke some first").into());
        }
        let now = self.wall();
        let token = Clear::new(format!("{PREFIX}{}", self.fresh_token().expose()));
        let key = AccessKey {
            id: AccessKeyId::new(now, &mut Lent(&*self.parts.entropy)),
            token: Digest::of(token.expose().as_bytes()),
            name,
            role,
            maker,
            created_at: now,
            expires_at: after(now, days * DAY_SECONDS),
            used_at: None,
        };
        let mut unit = vec![people(PeopleChange::AddAccessKey(Box::new(key.clone())))];
        unit.extend(self.deed(by, Deed::AccessKeyMade { key: key.id, role }));
        self.store().commit(Unit { changes: unit }).await?;
        Ok(NewAccessKey { key, token })
    }

    /// The keys that somebody may see, newest first: all of them for whoever manages the team, else those that they made.
    /// At most `limit` and [`MAX_ENTRIES`]; those made before `before`, when given.
    pub async fn access_keys(
        &self,
        by: impl Into<By<'_>>,
        before: Option<AccessKeyId>,
        limit: usize,
    ) -> Result<Vec<AccessKey>, Error> {
        let (by, limit) = (by.into(), limit.min(MAX_ENTRIES));
        self.team_for(by, Permission::SeeProjects).await?;
        let store = self.store();
        if by.may(Permission::ManageTeam) {
            return Ok(store.access_keys(None, before, limit).await?);
        }
        if let Some(maker) = by.member() {
            return Ok(store.access_keys(Some(maker), before, limit).await?);
        }
        // The operator's: it sees itself.
        let By::Key(holder) = by else { return Ok(Vec::new()) };
        let own = store.access_key_by_id(holder.key).await?;
        let is_wanted = |key: &AccessKey| before.is_none_or(|before| key.id < before);
        Ok(own.filter(is_wanted).into_iter().take(limit).collect())
    }

    /// A key, if somebody may see it.
    pub async fn access_key(
        &self,
        by: impl Into<By<'_>>,
        id: AccessKeyId,
    ) -> Result<Option<AccessKey>, Error> {
        let by = by.into();
        self.team_for(by, Permission::SeeProjects).await?;
        let known = self.store().access_key_by_id(id).await?;
        let is_own = matches!(by, By::Key(holder) if holder.key == id);
        let may_see = |key: &AccessKey| {
            by.may(Permission::ManageTeam) || is_own || (by.member().is_some() && key.maker == by.member())
        };
        Ok(known.filter(may_see))
    }

    /// Revokes a key that somebody may see; it is not taken any more at once.
    pub async fn revoke_access_key(&self, by: impl Into<By<'_>>, id: AccessKeyId) -> Result<(), Error> {
        let by = by.into();
        if self.access_key(by, id).await?.is_none() {
            return Err(FieldError::new("accessKey", "does not exist").into());
        }
        let mut unit = vec![people(PeopleChange::RemoveAccessKey { id })];
        unit.extend(self.deed(by, Deed::AccessKeyRevoked { key: id }));
        // Whoever is second finds it revoked.
        if self.is_written(unit).await? { Ok(()) } else { Err(conflict()) }
    }

    /// Who holds this token. This counts as a use.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, expired or revoked, or whose maker is gone or may do less than
    /// it; never tells which.
    pub async fn key_holder(&self, token: &str) -> Result<KeyHolder, Error> {
        let now = self.wall();
        let found = self.store().access_key(Digest::of(token.as_bytes())).await?;
        let (key, maker) = found.ok_or(Error::Unauthorized)?;
        let covered = key.maker.is_none() || maker.is_some_and(|maker| maker.role.covers(key.role));
        if now >= key.expires_at || !covered {
            return Err(Error::Unauthorized);
        }
        if key.used_at.is_none_or(|used_at| now >= after(used_at, USE_SECONDS)) {
            let used = people(PeopleChange::UseAccessKey { id: key.id, at: now });
            self.store().commit(Unit::new().with(used)).await?;
        }
        Ok(KeyHolder { key: key.id, role: key.role, maker: key.maker })
    }
}
