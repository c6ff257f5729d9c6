//! One-time links that the server prints: the first one makes the first owner, later ones let a member in who has
//! nothing else left.

use ringtrue_domain::{
    FieldError,
    member::{Member, MemberId, MemberName, Role},
    secret::{Clear, Digest},
    text::EmailAddress,
    time::after,
};

use super::{actor, people};
use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{Actor, Deed, SignInLink, SignedIn, Way},
    ports::{Change, Lent, PeopleChange, Unit},
};

/// Seconds that a link is good; the next start prints another first one.
const LINK_SECONDS: u32 = 60 * 60;

impl Engine {
    /// The token of a link that makes the first owner; none as soon as anybody belongs to the team.
    pub async fn first_link(&self) -> Result<Option<Clear>, Error> {
        if !self.store().team().await?.members.is_empty() {
            return Ok(None);
        }
        self.make_link(None).await.map(Some)
    }

    /// The token of a link that signs a member in, for whoever has the command line on the server.
    pub async fn link_for(&self, email: &EmailAddress) -> Result<Clear, Error> {
        let member = self.store().member_by_email(email).await?;
        let member = member.ok_or(FieldError::new("email", "must be the address of a member"))?;
        self.make_link(Some(member.id)).await
    }

    async fn make_link(&self, member: Option<MemberId>) -> Result<Clear, Error> {
        let (now, token) = (self.wall(), self.fresh_token());
        let link = SignInLink {
            token: Digest::of(token.expose().as_bytes()),
            member,
            expires_at: after(now, LINK_SECONDS),
        };
        let unit = Unit::new().with(people(PeopleChange::AddLink(link))).with(self.note(
            now,
            Actor::Operator,
            Deed::LinkMade { member },
        ));
        self.store().commit(unit).await?;
        Ok(token)
    }

    /// Whom a link's token signs in; none: the first owner, who is made by it.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, expired, used or too late; never tells which.
    pub async fn look_at_link(&self, token: &str) -> Result<Option<MemberId>, Error> {
        let member = self.good_link(Digest::of(token.as_bytes())).await?;
        if member.is_none() && !self.store().team().await?.members.is_empty() {
            return Err(Error::Unauthorized);
        }
        Ok(member)
    }

    async fn good_link(&self, token: Digest) -> Result<Option<MemberId>, Error> {
        let link = self.store().sign_in_link(token).await?;
        let good = link.filter(|link| self.wall() < link.expires_at);
        Ok(good.ok_or(Error::Unauthorized)?.member)
    }

    /// Makes the first owner and signs them in. The token works once, and not when anybody belongs to the team.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, expired, used or too late; never tells which.
    pub async fn become_first_owner(
        &self,
        token: &str,
        email: &str,
        name: &str,
        agent: &str,
    ) -> Result<(Clear, SignedIn), Error> {
        let token = Digest::of(token.as_bytes());
        let (email, name) = (EmailAddress::parse("email", email)?, MemberName::parse("name", name)?);
        for _ in 0..ROUNDS {
            if self.good_link(token).await?.is_some() {
                return Err(Error::Unauthorized);
            }
            let team = self.store().team().await?;
            if !team.members.is_empty() {
                return Err(Error::Unauthorized);
            }
            let now = self.wall();
            let id = MemberId::new(now, &mut Lent(&*self.parts.entropy));
            let (email, name, role) = (email.clone(), name.clone(), Role::Owner);
            let member = Member { id, email, name, role, created_at: now };
            let mut unit = vec![
                people(PeopleChange::TakeLink { token }),
                people(PeopleChange::PutMember { expect: team.version, member: Box::new(member.clone()) }),
                self.note(now, actor(&member), Deed::Joined { member: id, role, invitation: None }),
            ];
            let signed_in = self.sign_in(&member, Way::Link, agent, &mut unit);
            if self.is_written(unit).await? {
                return Ok(signed_in);
            }
        }
        Err(conflict())
    }

    /// Signs in the member that a link is for. The token works once.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, expired or used; never tells which.
    pub async fn follow_link(&self, token: &str, agent: &str) -> Result<(Clear, SignedIn), Error> {
        let token = Digest::of(token.as_bytes());
        let id = self.good_link(token).await?.ok_or(Error::Unauthorized)?;
        let team = self.store().team().await?;
        let member = team.member(id).ok_or(Error::Unauthorized)?;
        let mut unit: Vec<Change> = vec![people(PeopleChange::TakeLink { token })];
        let signed_in = self.sign_in(member, Way::Link, agent, &mut unit);
        // Whoever loses the race for it finds it used.
        if self.is_written(unit).await? { Ok(signed_in) } else { Err(Error::Unauthorized) }
    }
}

/// Somebody else wrote first, again and again.
pub(super) fn conflict() -> Error {
    crate::ports::CommitError::Conflict.into()
}
