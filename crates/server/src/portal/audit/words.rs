//! What was done, in sentences.

use ringtrue_domain::{
    ProjectId,
    flow::Environment,
    member::{AccessKeyId, MemberId, Role},
};
use ringtrue_engine::model::{
    AccessKey, CredentialDeed, Deed, IdentityDeed, Project, Team, Trial, Way, WebhookDeed,
};

use super::super::{desk::environment_name, parts::counted};

/// What names are looked up in.
pub(super) struct Words<'a> {
    pub(super) team: &'a Team,
    pub(super) projects: &'a [Project],
    pub(super) keys: &'a [AccessKey],
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
            Deed::AccessKeyMade { key, role } => {
                format!("Made {} for {}.", self.key(*key), role_of(*role))
            }
            Deed::AccessKeyRevoked { key } => format!("Revoked {}.", self.key(*key)),
            Deed::ProjectCreated { project } => format!("Created {}.", self.project(*project)),
            Deed::Credential { project, environment, credential, done } => {
                let done = match done {
                    CredentialDeed::Created => "Created",
                    CredentialDeed::Named => "Named",
                    CredentialDeed::Revoked => "Revoked",
                };
                format!("{done} credential {credential} of {}.", self.place(*project, *environment))
            }
            Deed::Webhook { project, environment, done } => {
                format!("{} of {}.", hook(done), self.place(*project, *environment))
            }
            Deed::Identity { project, environment, identity, done } => {
                let done = match done {
                    IdentityDeed::Activated => "Activated",
                    IdentityDeed::Deactivated => "Deactivated",
                    IdentityDeed::Disenrolled => "Disenrolled",
                };
                format!("{done} identity {identity} of {}.", self.place(*project, *environment))
            }
            Deed::ClockMoved { project, seconds } => {
                format!("Moved the sandbox clock of {} forward by {seconds} seconds.", self.project(*project))
            }
            Deed::Simulated { project, identity, .. } => format!(
                "Let something become of the number of identity {identity} of {}.",
                self.place(*project, Environment::Sandbox)
            ),
            Deed::Exported { project, environment, identities, verifications } => format!(
                "Exported what is known of a person in {}, {}: {} and {}.",
                self.project(*project),
                environment_name(*environment),
                counted(u64::from(*identities), "identity"),
                counted(u64::from(*verifications), "verification"),
            ),
            Deed::Erased { project, environment, identities, verifications } => format!(
                "Erased what was known of a person in {}, {}: {} and {}.",
                self.project(*project),
                environment_name(*environment),
                counted(u64::from(*identities), "identity"),
                counted(u64::from(*verifications), "verification"),
            ),
            Deed::TrialBegun { project, trial } => {
                format!("Began to try {} for {}.", tried(*trial), self.project(*project))
            }
            Deed::Tried { project, trial, good } => format!(
                "Tried {} for {}: {}.",
                tried(*trial),
                self.project(*project),
                if *good { "it was taken" } else { "it failed" },
            ),
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

    fn key(&self, id: AccessKeyId) -> String {
        key(self.keys, id)
    }

    fn place(&self, project: ProjectId, environment: Environment) -> String {
        let environment = match environment {
            Environment::Sandbox => "sandbox",
            Environment::Production => "production",
        };
        format!("{} ({environment})", self.project(project))
    }

    fn project(&self, id: ProjectId) -> String {
        let known = self.projects.iter().find(|project| project.id == id);
        known.map_or_else(|| format!("project {id}"), |project| project.name.clone())
    }
}

const fn tried(trial: Trial) -> &'static str {
    match trial {
        Trial::Message => "whether a text arrives",
        Trial::Source => "whether the identity source answers",
    }
}

/// A member's name; their id when they have left.
pub(super) fn member(team: &Team, id: MemberId) -> String {
    let known = team.member(id);
    known.map_or_else(|| format!("a former member ({id})"), |member| member.name.expose().to_owned())
}

/// An access key's name; its id when it is gone.
pub(super) fn key(keys: &[AccessKey], id: AccessKeyId) -> String {
    let known = keys.iter().find(|key| key.id == id);
    known.map_or_else(|| format!("access key {id}"), |key| format!("access key “{}”", key.name.as_str()))
}

fn hook(done: &WebhookDeed) -> String {
    match done {
        WebhookDeed::Saved { before: None, after } => format!("Saved {after} as the webhook"),
        WebhookDeed::Saved { before: Some(before), after } => {
            format!("Saved {after} in place of {before} as the webhook")
        }
        WebhookDeed::Tested => "Tested the webhook".to_owned(),
        WebhookDeed::SecretsShown => "Looked at the secrets of the webhook".to_owned(),
        WebhookDeed::Rotated => "Made a new secret for the webhook".to_owned(),
        WebhookDeed::RotationFinished => "Ended the older secret of the webhook".to_owned(),
        WebhookDeed::Paused => "Paused the webhook".to_owned(),
        WebhookDeed::Resumed => "Resumed the webhook".to_owned(),
        WebhookDeed::Removed => "Removed the webhook".to_owned(),
        WebhookDeed::Replayed { delivery: None } => "Sent deliveries again".to_owned(),
        WebhookDeed::Replayed { delivery: Some(id) } => format!("Sent delivery {id} again"),
    }
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
