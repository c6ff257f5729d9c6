//! What was done, in sentences.

use ringtrue_domain::{
    ProjectId,
    member::{MemberId, Role},
};
use ringtrue_engine::model::{Deed, Project, Team, Way};

/// What names are looked up in.
pub(super) struct Words<'a> {
    pub(super) team: &'a Team,
    pub(super) projects: &'a [Project],
}

impl Words<'_> {
    /// A sentence without its subject.
    pub(super) fn deed(&self, deed: &Deed) -> String {
        match deed {
            Deed::LinkMade { member: None } => "Printed the link that makes the first owner.".to_owned(),
            Deed::LinkMade { member: Some(id) } => {
                format!("Printed a sign-in link for {}.", self.member(*id))
            }
            Deed::SignedIn { way, .. } => format!("Signed in with {}.", by(*way)),
            Deed::SignInRefused { member, way } => {
                format!("Tried to sign in as {} with {} and was refused.", self.member(*member), by(*way))
            }
            Deed::StrangerRefused { way } => {
                format!("Came with {}, does not belong to the team, and was refused.", by(*way))
            }
            Deed::SignedOut { .. } => "Signed a browser out.".to_owned(),
            Deed::OthersSignedOut { .. } => "Signed all their other browsers out.".to_owned(),
            Deed::Joined { role, invitation: None, .. } => format!("Became the first {}.", role_of(*role)),
            Deed::Joined { role, invitation: Some(_), .. } => {
                format!("Joined the team by invitation, as {}.", role_of(*role))
            }
            Deed::Invited { role, .. } => format!("Invited somebody as {}.", role_of(*role)),
            Deed::InvitationRevoked { .. } => "Took an invitation back.".to_owned(),
            Deed::RoleChanged { member, before, after } => format!(
                "Made {} {}, who was {} before.",
                self.member(*member),
                role_of(*after),
                role_of(*before)
            ),
            Deed::Removed { member, role } => {
                format!("Removed {} from the team, who was {}.", self.member(*member), role_of(*role))
            }
            Deed::RecoveryCodesMade { count } => {
                format!("Made {count} recovery codes; older ones are void.")
            }
            Deed::PasskeyAdded { .. } => "Added a passkey.".to_owned(),
            Deed::PasskeyRemoved { .. } => "Removed a passkey.".to_owned(),
            Deed::Unmasked { flow } => format!("Looked at verification {flow} in the clear."),
            Deed::Changed { project, setting, before, after } => {
                let project = project.map(|id| format!(" of {}", self.project(id))).unwrap_or_default();
                let from = before.as_ref().map(|text| format!(" from “{text}”")).unwrap_or_default();
                let to = after.as_ref().map(|text| format!(" to “{text}”")).unwrap_or_default();
                format!("Changed {setting}{project}{from}{to}.")
            }
        }
    }

    fn member(&self, id: MemberId) -> String {
        member(self.team, id)
    }

    fn project(&self, id: ProjectId) -> String {
        let known = self.projects.iter().find(|project| project.id == id);
        known.map_or_else(|| format!("project {id}"), |project| project.name.clone())
    }
}

/// A member's name; their id when they have left.
pub(super) fn member(team: &Team, id: MemberId) -> String {
    let known = team.member(id);
    known.map_or_else(|| format!("a former member ({id})"), |member| member.name.expose().to_owned())
}

const fn role_of(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Developer => "developer",
        Role::Analyst => "analyst",
        Role::ReadOnly => "read-only",
    }
}

const fn by(way: Way) -> &'static str {
    match way {
        Way::Link => "a link of the server",
        Way::Invitation => "an invitation",
        Way::RecoveryCode => "a recovery code",
        Way::Passkey => "a passkey",
        Way::SingleSignOn => "single sign-on",
    }
}
