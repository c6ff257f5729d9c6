//! Invitations to the team.

use ringtrue_domain::{
    FieldError,
    member::{InvitationId, InvitationState, Member, MemberId, MemberName, Permission, Role},
    secret::{Clear, Digest},
    text::EmailAddress,
    time::after,
};

use super::{MAX_ENTRIES, actor, has_room, link::conflict, people};
use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{By, Deed, Invitation, SignedIn, Team, Way},
    ports::{Change, Lent, PeopleChange},
};

/// Seconds that an invitation can be accepted: a week.
const INVITATION_SECONDS: u32 = 7 * 24 * 60 * 60;
/// Invitations that are read at once.
const PAGE: usize = 200;

/// A fresh invitation; its token is shown this one time.
#[derive(Debug)]
pub struct NewInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// What the one who is invited needs.
    pub token: Clear,
}

impl Engine {
    /// Invites somebody. An open invitation to the same address is taken back.
    ///
    /// # Errors
    ///
    /// [`Error::NotPermitted`] for a key that invites an owner: it would go on by them after it was revoked.
    pub async fn invite(
        &self,
        by: impl Into<By<'_>>,
        email: &str,
        role: Role,
    ) -> Result<NewInvitation, Error> {
        let by = by.into();
        makes_no_owner(by, role)?;
        let email = EmailAddress::parse("email", email)?;
        for _ in 0..ROUNDS {
            let team = self.team_for(by, Permission::ManageTeam).await?;
            is_free(&team, &email)?;
            has_room(&team)?;
            let (now, token) = (self.wall(), self.fresh_token());
            let invitation = Invitation {
                id: InvitationId::new(now, &mut Lent(&*self.parts.entropy)),
                token: Digest::of(token.expose().as_bytes()),
                email: email.clone(),
                role,
                by: by.member(),
                created_at: now,
                expires_at: after(now, INVITATION_SECONDS),
                state: InvitationState::Open,
            };
            let mut unit = Vec::new();
            for known in self.open_invitations_to(&email).await? {
                let deed = Deed::InvitationRevoked { invitation: known.id };
                let state = InvitationState::Revoked { at: now };
                unit.push(people(PeopleChange::CloseInvitation(Box::new(Invitation { state, ..known }))));
                unit.extend(self.deed(by, deed));
            }
            unit.push(people(PeopleChange::Invite(Box::new(invitation.clone()))));
            let deed = Deed::Invited { invitation: invitation.id, role };
            unit.extend(self.deed(by, deed));
            if self.is_written(unit).await? {
                return Ok(NewInvitation { invitation, token });
            }
        }
        Err(conflict())
    }

    /// Invitations of the last weeks, newest first, whatever became of them, at most `limit` and [`MAX_ENTRIES`]; those
    /// made before `before`, when given.
    pub async fn invitations(
        &self,
        by: impl Into<By<'_>>,
        before: Option<InvitationId>,
        limit: usize,
    ) -> Result<Vec<Invitation>, Error> {
        self.team_for(by.into(), Permission::ManageTeam).await?;
        Ok(self.store().invitations(before, limit.min(MAX_ENTRIES)).await?)
    }

    /// An invitation, whatever became of it.
    pub async fn invitation(
        &self,
        by: impl Into<By<'_>>,
        id: InvitationId,
    ) -> Result<Option<Invitation>, Error> {
        self.team_for(by.into(), Permission::ManageTeam).await?;
        Ok(self.store().invitation_by_id(id).await?)
    }

    /// Takes an invitation back. One that is not open any more is left as it is.
    pub async fn revoke_invitation(&self, by: impl Into<By<'_>>, id: InvitationId) -> Result<(), Error> {
        let by = by.into();
        for _ in 0..ROUNDS {
            self.team_for(by, Permission::ManageTeam).await?;
            let known = self.store().invitation_by_id(id).await?;
            let known = known.ok_or(FieldError::new("invitation", "does not exist"))?;
            let now = self.wall();
            if !known.is_open(now) {
                return Ok(());
            }
            let state = InvitationState::Revoked { at: now };
            let mut unit =
                vec![people(PeopleChange::CloseInvitation(Box::new(Invitation { state, ..known })))];
            unit.extend(self.deed(by, Deed::InvitationRevoked { invitation: id }));
            if self.is_written(unit).await? {
                return Ok(());
            }
        }
        Err(conflict())
    }

    /// The invitation of a token, if it can be accepted.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, expired, used or revoked, or whose maker may not invite any
    /// more; never tells which.
    pub async fn look_at_invitation(&self, token: &str) -> Result<Invitation, Error> {
        let team = self.store().team().await?;
        self.good_invitation(Digest::of(token.as_bytes()), &team).await
    }

    async fn good_invitation(&self, token: Digest, team: &Team) -> Result<Invitation, Error> {
        let found = self.store().invitation(token).await?;
        found.filter(|found| self.is_good(found, team)).ok_or(Error::Unauthorized)
    }

    /// Makes whoever was invited a member and signs them in. The token works once.
    ///
    /// # Errors
    ///
    /// As [`Engine::look_at_invitation`]; [`Error::Field`] when the address belongs to a member by now.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        agent: &str,
    ) -> Result<(Clear, SignedIn), Error> {
        let (token, name) = (Digest::of(token.as_bytes()), MemberName::parse("name", name)?);
        for _ in 0..ROUNDS {
            let team = self.store().team().await?;
            let invitation = self.good_invitation(token, &team).await?;
            let mut unit = Vec::new();
            let way = Way::Invitation;
            let signed_in = self.join(&team, invitation, name.clone(), way, agent, &mut unit)?;
            if self.is_written(unit).await? {
                return Ok(signed_in);
            }
        }
        Err(conflict())
    }

    /// The open invitation to an address, if there is one that can be accepted.
    pub(super) async fn invitation_to(
        &self,
        email: &EmailAddress,
        team: &Team,
    ) -> Result<Option<Invitation>, Error> {
        let known = self.open_invitations_to(email).await?;
        Ok(known.into_iter().find(|known| self.is_good(known, team)))
    }

    /// All open invitations to an address, newest first.
    async fn open_invitations_to(&self, email: &EmailAddress) -> Result<Vec<Invitation>, Error> {
        let (mut found, mut before, now, folded) = (Vec::new(), None, self.wall(), email.folded());
        loop {
            let page = self.store().invitations(before, PAGE).await?;
            before = page.last().map(|last| last.id).filter(|_| page.len() == PAGE);
            found.extend(page.into_iter().filter(|one| one.is_open(now) && one.email.folded() == folded));
            if before.is_none() {
                return Ok(found);
            }
        }
    }

    /// Whether an invitation is open, and its maker may invite still.
    fn is_good(&self, invitation: &Invitation, team: &Team) -> bool {
        let may_invite = |by| team.member(by).is_some_and(|by| by.role.may(Permission::ManageTeam));
        invitation.is_open(self.wall()) && invitation.by.is_none_or(may_invite)
    }

    /// Adds to a unit that whoever was invited becomes a member, and is signed in.
    pub(super) fn join(
        &self,
        team: &Team,
        invitation: Invitation,
        name: MemberName,
        way: Way,
        agent: &str,
        unit: &mut Vec<Change>,
    ) -> Result<(Clear, SignedIn), Error> {
        is_free(team, &invitation.email)?;
        has_room(team)?;
        let now = self.wall();
        let id = MemberId::new(now, &mut Lent(&*self.parts.entropy));
        let (email, role) = (invitation.email.clone(), invitation.role);
        let member = Member { id, email, name, role, created_at: now };
        let deed = Deed::Joined { member: id, role, invitation: Some(invitation.id) };
        let state = InvitationState::Accepted { member: id, at: now };
        unit.push(people(PeopleChange::CloseInvitation(Box::new(Invitation { state, ..invitation }))));
        unit.push(people(PeopleChange::PutMember { expect: team.version, member: Box::new(member.clone()) }));
        unit.push(self.note(now, actor(&member), deed));
        Ok(self.sign_in(&member, way, agent, unit))
    }
}

/// A key makes no owners: one that got out ends when it is revoked, and an owner would stay.
pub(super) fn makes_no_owner(by: By<'_>, role: Role) -> Result<(), Error> {
    if matches!(by, By::Key(_)) && role == Role::Owner { Err(Error::NotPermitted) } else { Ok(()) }
}

/// Whether an address belongs to nobody yet.
fn is_free(team: &Team, email: &EmailAddress) -> Result<(), Error> {
    if team.by_email(email).is_none() {
        return Ok(());
    }
    Err(FieldError::new("email", "must not belong to a member already").into())
}
