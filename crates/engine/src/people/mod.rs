//! The people of the portal: how they come, sign in and go, and what each did.
//!
//! Tokens and codes are random, stored as digests, and shown once. Whoever may not do something is told so before
//! anything else is looked at. Every change of the team moves its version, so that two nodes cannot each remove one of
//! the last two owners; every sign-in and every change of who may do what is noted in the unit that writes it.

mod audit;
mod invite;
mod keys;
mod link;
mod passkeys;
mod recovery;
mod sessions;
mod sign_on;
mod team;

use std::sync::atomic::Ordering;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ringtrue_domain::{
    FieldError,
    member::{AdminEntryId, Member, Permission, Role},
    secret::Clear,
};

use crate::{
    Engine, Error,
    model::{Actor, AdminEntry, By, Deed, Team},
    ports::{Change, CommitError, Lent, PeopleChange, Unit},
};

pub use audit::MAX_ENTRIES;
pub use invite::NewInvitation;
pub use keys::{MAX_KEY_DAYS, NewAccessKey};
pub use passkeys::PasskeyQuestion;
pub use sign_on::{SignOnError, SignOnStart};

/// Members of a team at most.
const MAX_MEMBERS: usize = 500;

impl Engine {
    /// A token of 256 random bits, as text for an address or a cookie.
    fn fresh_token(&self) -> Clear {
        Clear::new(URL_SAFE_NO_PAD.encode(self.random_array::<32>()))
    }

    /// The line that says what was done.
    fn note(&self, at: Timestamp, who: Actor, deed: Deed) -> Change {
        // Each line has a microsecond of its own, so that those of one unit stay in their order.
        let now = u64::try_from(at.as_microsecond()).unwrap_or(0);
        let next = |last: u64| Some(now.max(last + 1));
        let last = self.noted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default();
        let id = AdminEntryId::in_order(now.max(last + 1), &mut Lent(&*self.parts.entropy));
        people(PeopleChange::Note(Box::new(AdminEntry { id, at, who, deed })))
    }

    /// Writes a unit; false when somebody else wrote first, so that it has to be decided again.
    pub(crate) async fn is_written(&self, changes: Vec<Change>) -> Result<bool, Error> {
        match self.store().commit(Unit { changes }).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// The team, if whoever asks still belongs to it and may do something.
    async fn team_for(&self, by: By<'_>, permission: Permission) -> Result<Team, Error> {
        let team = self.store().team().await?;
        let role = match by {
            By::Member(signed_in) => team.member(signed_in.member.id).ok_or(Error::Unauthorized)?.role,
            By::Key(holder) => {
                let maker = holder.maker.map(|maker| team.member(maker).ok_or(Error::Unauthorized));
                if maker.transpose()?.is_some_and(|maker| !maker.role.covers(holder.role)) {
                    return Err(Error::Unauthorized);
                }
                holder.role
            }
            By::Operator => Role::Owner,
            By::Nobody => return Err(Error::NotPermitted),
        };
        if role.may(permission) { Ok(team) } else { Err(Error::NotPermitted) }
    }
}

fn people(change: PeopleChange) -> Change {
    Change::People(change)
}

const fn actor(of: &Member) -> Actor {
    Actor::Member(of.id)
}

/// Whether one more may join.
fn has_room(team: &Team) -> Result<(), Error> {
    if team.members.len() < MAX_MEMBERS {
        return Ok(());
    }
    Err(FieldError::new("team", "must be at most 500 members").into())
}
