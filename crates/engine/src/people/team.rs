//! The team: roles, and who leaves.

use ringtrue_domain::{
    FieldError,
    member::{Member, MemberId, Permission, Role},
};

use super::{invite::makes_no_owner, link::conflict, people};
use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{By, Deed, Team},
    ports::PeopleChange,
};

impl Engine {
    /// Everybody, oldest first.
    pub async fn members(&self, by: impl Into<By<'_>>) -> Result<Vec<Member>, Error> {
        Ok(self.team_for(by.into(), Permission::ManageTeam).await?.members)
    }

    /// Gives a member another role, which holds from their next click on. The last owner stays one, and no key makes one.
    pub async fn change_role(
        &self,
        by: impl Into<By<'_>>,
        id: MemberId,
        role: Role,
    ) -> Result<Member, Error> {
        let by = by.into();
        makes_no_owner(by, role)?;
        for _ in 0..ROUNDS {
            let team = self.team_for(by, Permission::ManageTeam).await?;
            let known = known(&team, id)?;
            if known.role == role {
                return Ok(known.clone());
            }
            keeps_an_owner(&team, known)?;
            let member = Member { role, ..known.clone() };
            let deed = Deed::RoleChanged { member: id, before: known.role, after: role };
            let put = PeopleChange::PutMember { expect: team.version, member: Box::new(member.clone()) };
            let unit = std::iter::once(people(put)).chain(self.deed(by, deed)).collect();
            if self.is_written(unit).await? {
                return Ok(member);
            }
        }
        Err(conflict())
    }

    /// Removes a member; their sessions end at once, and so does all else that they could sign in with. The last owner
    /// stays.
    pub async fn remove_member(&self, by: impl Into<By<'_>>, id: MemberId) -> Result<(), Error> {
        let by = by.into();
        for _ in 0..ROUNDS {
            let team = self.team_for(by, Permission::ManageTeam).await?;
            let known = known(&team, id)?;
            keeps_an_owner(&team, known)?;
            let deed = Deed::Removed { member: id, role: known.role };
            let remove = PeopleChange::RemoveMember { expect: team.version, id };
            let unit = std::iter::once(people(remove)).chain(self.deed(by, deed)).collect();
            if self.is_written(unit).await? {
                return Ok(());
            }
        }
        Err(conflict())
    }
}

fn known(team: &Team, id: MemberId) -> Result<&Member, FieldError> {
    team.member(id).ok_or(FieldError::new("member", "does not exist"))
}

/// Whether the team has an owner without this member.
fn keeps_an_owner(team: &Team, without: &Member) -> Result<(), FieldError> {
    if team.is_last_owner(without) {
        return Err(FieldError::new(
            "member",
            "must stay owner: a team needs one, make somebody else owner first",
        ));
    }
    Ok(())
}
