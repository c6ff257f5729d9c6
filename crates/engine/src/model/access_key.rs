//! Access keys: what automation calls the admin API with.

use jiff::Timestamp;
use ringtrue_domain::{
    member::{AccessKeyId, MemberId, Permission, Role},
    secret::Digest,
    text::Label,
};
use serde::{Deserialize, Serialize};

use super::{Actor, SignedIn};
use crate::Error;

/// A key that lets automation do what a role permits. Times are the wall clock's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Its name in lists; the token is another, secret thing.
    pub id: AccessKeyId,
    /// Digest of the token.
    pub token: Digest,
    /// What its maker calls it.
    pub name: Label,
    /// What it may do.
    pub role: Role,
    /// Who made it: it is void when they are gone or may do less than it. None: whoever has the command line.
    pub maker: Option<MemberId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first instant at which it is not taken any more.
    pub expires_at: Timestamp,
    /// When it was last used, to the hour.
    #[serde(skip)]
    pub used_at: Option<Timestamp>,
}

/// Automation that has shown a good access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHolder {
    /// Which key.
    pub key: AccessKeyId,
    /// What it may do.
    pub role: Role,
    /// Who made the key; none: whoever has the command line.
    pub maker: Option<MemberId>,
}

/// Who changes something: that decides whether they may, and what is written down of it.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A member in the portal.
    Member(&'a SignedIn),
    /// Automation with an access key.
    Key(&'a KeyHolder),
    /// Whoever has the command line on the server.
    Operator,
    /// A project's back end, or the server itself: this is no deed of the team's.
    Nobody,
}

impl By<'_> {
    /// Whether they may do something. Back ends and the command line are asked elsewhere.
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Self::Member(signed_in) => signed_in.may(permission),
            Self::Key(holder) => holder.role.may(permission),
            Self::Operator | Self::Nobody => true,
        }
    }

    /// Refuses what they may not do.
    pub(crate) fn must(self, permission: Permission) -> Result<(), Error> {
        if self.may(permission) { Ok(()) } else { Err(Error::NotPermitted) }
    }

    /// As whom they are written down.
    pub(crate) const fn actor(self) -> Option<Actor> {
        match self {
            Self::Member(signed_in) => Some(Actor::Member(signed_in.member.id)),
            Self::Key(holder) => Some(Actor::Key(holder.key)),
            Self::Operator => Some(Actor::Operator),
            Self::Nobody => None,
        }
    }

    /// The member that they are, or act for.
    pub(crate) const fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(signed_in) => Some(signed_in.member.id),
            Self::Key(holder) => holder.maker,
            Self::Operator | Self::Nobody => None,
        }
    }
}

impl<'a> From<&'a SignedIn> for By<'a> {
    fn from(signed_in: &'a SignedIn) -> Self {
        Self::Member(signed_in)
    }
}

impl<'a> From<&'a KeyHolder> for By<'a> {
    fn from(holder: &'a KeyHolder) -> Self {
        Self::Key(holder)
    }
}
