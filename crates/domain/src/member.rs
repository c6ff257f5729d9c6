//! The people of the portal: who they are and what they may do.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::id::{AccessKeyId, AdminEntryId, InvitationId, MemberId, SessionId};
use crate::{
    FieldError,
    text::{EmailAddress, label},
};

/// What a member is to the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: everything, the team too. A team always has one.
    Owner,
    /// Integrates and operates: projects, credentials, webhooks. Sees people only masked.
    Developer,
    /// Explains verifications to those who ask: may unmask, change identities and erase them.
    Analyst,
    /// Looks on: everything masked, nothing changed.
    ReadOnly,
}

impl Role {
    /// All of them, the most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Developer, Self::Analyst, Self::ReadOnly];

    /// Reads a role from a form or a command.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field and the roles that there are.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or(FieldError::new(field, "must be owner, developer, analyst or read_only"))
    }

    /// Its name in forms, commands and storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Developer => "developer",
            Self::Analyst => "analyst",
            Self::ReadOnly => "read_only",
        }
    }

    /// Whether a member of this role may do something.
    pub fn may(self, permission: Permission) -> bool {
        permission.roles().contains(&self)
    }

    /// Whether a member of this role may do all that one of the other may.
    pub fn covers(self, other: Self) -> bool {
        Permission::ALL.into_iter().filter(|permission| other.may(*permission)).all(|one| self.may(one))
    }
}

/// What a role may permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See projects, their settings and their webhooks, without secrets.
    SeeProjects,
    /// See verifications, masked.
    SeeVerifications,
    /// See identities and their events, masked.
    SeeIdentities,
    /// Create projects and change their settings.
    ManageProjects,
    /// Create, name, rotate and revoke credentials.
    ManageCredentials,
    /// Change webhooks and their secrets, replay deliveries.
    ManageWebhooks,
    /// Use the sandbox: its outbox, handset, clock and change events.
    UseSandbox,
    /// See names and numbers in the clear.
    Unmask,
    /// Deactivate, activate and disenroll identities.
    ManageIdentities,
    /// Export and erase what is known of a person.
    Erase,
    /// Invite members, change their roles, remove them.
    ManageTeam,
    /// See who did what in the portal.
    SeeAudit,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SeeProjects,
        Self::SeeVerifications,
        Self::SeeIdentities,
        Self::ManageProjects,
        Self::ManageCredentials,
        Self::ManageWebhooks,
        Self::UseSandbox,
        Self::Unmask,
        Self::ManageIdentities,
        Self::Erase,
        Self::ManageTeam,
        Self::SeeAudit,
    ];

    /// The roles that have it.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Analyst, Developer, Owner, ReadOnly};
        match self {
            Self::SeeProjects | Self::SeeVerifications | Self::SeeIdentities => {
                &[Owner, Developer, Analyst, ReadOnly]
            }
            Self::ManageProjects | Self::ManageCredentials | Self::ManageWebhooks | Self::UseSandbox => {
                &[Owner, Developer]
            }
            Self::Unmask | Self::ManageIdentities | Self::Erase => &[Owner, Analyst],
            Self::ManageTeam | Self::SeeAudit => &[Owner],
        }
    }
}

/// A member's name, 1 to 80 characters without control characters. Masked in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberName(String);

impl MemberName {
    /// Parses what a member wants to be called.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field and the rule.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        label(field, text).map(Self)
    }

    /// The name, for those who may see the team.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberName(…)")
    }
}

/// Somebody who may sign in to the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their id, never used again.
    pub id: MemberId,
    /// Their address; no two members have the same one, whatever its case.
    pub email: EmailAddress,
    /// What they want to be called.
    pub name: MemberName,
    /// What they are to the team.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
}

/// What became of an invitation. That it expired is told by the time, not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum InvitationState {
    /// It can be accepted until it expires.
    Open,
    /// Somebody became a member by it.
    Accepted {
        /// Who.
        member: MemberId,
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell, so that a change of a role shows in a review: `x` may, `-` may not.
    #[test]
    fn what_each_role_may() {
        use Permission as P;
        const TABLE: [(Permission, [char; 4]); 12] = [
            //                     owner developer analyst read-only
            (P::SeeProjects, ['x', 'x', 'x', 'x']),
            (P::SeeVerifications, ['x', 'x', 'x', 'x']),
            (P::SeeIdentities, ['x', 'x', 'x', 'x']),
            (P::ManageProjects, ['x', 'x', '-', '-']),
            (P::ManageCredentials, ['x', 'x', '-', '-']),
            (P::ManageWebhooks, ['x', 'x', '-', '-']),
            (P::UseSandbox, ['x', 'x', '-', '-']),
            (P::Unmask, ['x', '-', 'x', '-']),
            (P::ManageIdentities, ['x', '-', 'x', '-']),
            (P::Erase, ['x', '-', 'x', '-']),
            (P::ManageTeam, ['x', '-', '-', '-']),
            (P::SeeAudit, ['x', '-', '-', '-']),
        ];
        assert_eq!(TABLE.map(|(permission, _)| permission), Permission::ALL);
        for (permission, cells) in TABLE {
            for (role, cell) in Role::ALL.into_iter().zip(cells) {
                assert_eq!(role.may(permission), cell == 'x', "{role:?} {permission:?}");
            }
        }
    }

    #[test]
    fn a_role_covers_those_that_may_nothing_else() {
        for role in Role::ALL {
            assert!(Role::Owner.covers(role) && role.covers(role) && role.covers(Role::ReadOnly), "{role:?}");
        }
        for (role, other) in [
            (Role::Developer, Role::Owner),
            (Role::Developer, Role::Analyst),
            (Role::Analyst, Role::Developer),
            (Role::ReadOnly, Role::Analyst),
        ] {
            assert!(!role.covers(other), "{role:?} {other:?}");
        }
    }

    #[test]
    fn roles_are_read_as_they_are_written() {
        for role in Role::ALL {
            assert_eq!(Role::parse("role", role.as_str()), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        for bad in ["", "Owner", "admin", "read-only"] {
            let refused = Role::parse("role", bad).unwrap_err();
            assert_eq!(refused.to_string(), "role: must be owner, developer, analyst or read_only");
        }
    }

    #[test]
    fn names_are_bounded_and_masked() {
        assert_eq!(MemberName::parse("name", " Zoë ").unwrap().expose(), "Zoë");
        assert_eq!(format!("{:?}", MemberName::parse("name", "Zoë").unwrap()), "MemberName(…)");
        assert!(MemberName::parse("name", &"é".repeat(80)).is_ok());
        for bad in ["", "   ", "a\nb", &"é".repeat(81)] {
            assert!(MemberName::parse("name", bad).is_err(), "{bad:?}");
        }
    }
}
