//! The people of the portal: sessions, invitations, ways to sign in, and what was done.

use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, DeliveryId, FlowId, IdentityId, ProjectId,
    flow::Environment,
    member::{
        AccessKeyId, AdminEntryId, InvitationId, InvitationState, Member, MemberId, Permission, Role,
        SessionId,
    },
    secret::{Clear, Digest},
    text::EmailAddress,
};
use serde::{Deserialize, Serialize};

/// Everybody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// For the next change of the team; 0: nobody ever belonged to it.
    pub version: u64,
    /// Oldest first.
    pub members: Vec<Member>,
}

impl Team {
    /// A member.
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// The member with an address, whatever its case.
    pub fn by_email(&self, email: &EmailAddress) -> Option<&Member> {
        let folded = email.folded();
        self.members.iter().find(|member| member.email.folded() == folded)
    }

    /// Whether a member is the only owner.
    pub fn is_last_owner(&self, member: &Member) -> bool {
        let owners = self.members.iter().filter(|member| member.role == Role::Owner).count();
        member.role == Role::Owner && owners == 1
    }
}

/// Somebody who is signed in on one browser. Times are the wall clock's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name in lists; the token is another, secret thing.
    pub id: SessionId,
    /// Digest of the token.
    pub token: Digest,
    /// Whose.
    pub member: MemberId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// The first instant at which it is over however much it is used.
    pub expires_at: Timestamp,
    /// The first instant at which it is over if it is not used before.
    pub ends_at: Timestamp,
    /// The browser as it named itself, at most 200 characters.
    pub agent: String,
}

/// Something that makes whoever has its token a member, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its name in lists.
    pub id: InvitationId,
    /// Digest of the token.
    pub token: Digest,
    /// Whom it is meant for; the address that they will have.
    pub email: EmailAddress,
    /// What they will be.
    pub role: Role,
    /// Who invited; it is void when they may not invite any more. None: whoever has the command line.
    pub by: Option<MemberId>,
    /// When.
    pub created_at: Timestamp,
    /// The first instant at which it cannot be accepted any more.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: InvitationState,
}

impl Invitation {
    /// Whether it can be accepted, as far as it knows itself.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == InvitationState::Open && now < self.expires_at
    }
}

/// Something that signs whoever has its token in, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInLink {
    /// Digest of the token.
    pub token: Digest,
    /// Whom; none: the first owner, who is made by it.
    pub member: Option<MemberId>,
    /// The first instant at which it does not any more.
    pub expires_at: Timestamp,
}

/// A passkey of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Digest of the credential's id (`WebAuthn` Level 3 §4 "Credential ID").
    pub id: Digest,
    /// Whose.
    pub member: MemberId,
    /// What they call it, 1 to 80 characters.
    pub name: String,
    /// What the relying party needs to know of it, as its library writes it.
    pub credential: Clear,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub used_at: Option<Timestamp>,
}

/// What an answer of a browser is to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A member has one more passkey.
    AddPasskey(MemberId),
    /// Somebody signs in with a passkey.
    Passkey,
    /// Somebody comes back from the provider of single sign-on.
    SingleSignOn,
}

/// What a browser was asked: what its answer is compared with, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Digest of the token that the browser got.
    pub token: Digest,
    /// What for.
    pub purpose: Purpose,
    /// What is kept in between, as the library writes it that takes the answer.
    pub state: Clear,
    /// The first instant at which no answer is taken any more.
    pub expires_at: Timestamp,
}

/// One line of what was done in the portal. It names nobody but by id, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminEntry {
    /// Its id; entries sort by it, and so by time.
    pub id: AdminEntryId,
    /// When, on the wall clock.
    pub at: Timestamp,
    /// Who did it.
    pub who: Actor,
    /// What was done.
    #[serde(flatten)]
    pub deed: Deed,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A member.
    Member(MemberId),
    /// Automation with an access key.
    Key(AccessKeyId),
    /// Whoever has the command line on the server.
    Operator,
    /// Somebody who is not signed in.
    Nobody,
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A one-time link that the server printed.
    Link,
    /// An invitation that they accepted.
    Invitation,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
    /// Single sign-on.
    SingleSignOn,
}

/// What of production was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// Whether a text arrives.
    Message,
    /// Whether the identity source answers.
    Source,
}

/// What was done in the portal, with what was before and is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Deed {
    /// A one-time link was made.
    LinkMade {
        /// Whom it signs in; none: the first owner.
        member: Option<MemberId>,
    },
    /// Signed in.
    SignedIn {
        /// The session.
        session: SessionId,
        /// How.
        way: Way,
    },
    /// Somebody tried to sign in as a member with what is not theirs.
    SignInRefused {
        /// As whom.
        member: MemberId,
        /// How.
        way: Way,
    },
    /// Somebody proved to be themselves, and does not belong to the team.
    StrangerRefused {
        /// How they proved it.
        way: Way,
    },
    /// A session was ended.
    SignedOut {
        /// Which.
        session: SessionId,
    },
    /// All sessions but one were ended.
    OthersSignedOut {
        /// The one that stayed.
        kept: SessionId,
    },
    /// Somebody joined the team.
    Joined {
        /// Who.
        member: MemberId,
        /// As what.
        role: Role,
        /// By which invitation; none for the first owner.
        invitation: Option<InvitationId>,
    },
    /// Somebody was invited.
    Invited {
        /// The invitation.
        invitation: InvitationId,
        /// As what.
        role: Role,
    },
    /// An invitation was taken back.
    InvitationRevoked {
        /// Which.
        invitation: InvitationId,
    },
    /// A role was changed.
    RoleChanged {
        /// Whose.
        member: MemberId,
        /// What it was.
        before: Role,
        /// What it is.
        after: Role,
    },
    /// Somebody was removed from the team, and signed out.
    Removed {
        /// Who.
        member: MemberId,
        /// What they were.
        role: Role,
    },
    /// Recovery codes were made; those from before are void.
    RecoveryCodesMade {
        /// How many.
        count: u32,
    },
    /// A passkey was added.
    PasskeyAdded {
        /// Which.
        passkey: Digest,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// Which.
        passkey: Digest,
    },
    /// What is masked was looked at in the clear.
    Unmasked {
        /// The verification.
        flow: FlowId,
    },
    /// An access key was made.
    AccessKeyMade {
        /// Which.
        key: AccessKeyId,
        /// What it may do.
        role: Role,
    },
    /// An access key was revoked.
    AccessKeyRevoked {
        /// Which.
        key: AccessKeyId,
    },
    /// A project was created.
    ProjectCreated {
        /// Which.
        project: ProjectId,
    },
    /// Something was done about a credential.
    Credential {
        /// Whose.
        project: ProjectId,
        /// Of which environment.
        environment: Environment,
        /// Which.
        credential: CredentialId,
        /// What.
        done: CredentialDeed,
    },
    /// Something was done about a webhook.
    Webhook {
        /// Whose.
        project: ProjectId,
        /// Of which environment.
        environment: Environment,
        /// What.
        done: WebhookDeed,
    },
    /// Something was done about an identity.
    Identity {
        /// Whose.
        project: ProjectId,
        /// Of which environment.
        environment: Environment,
        /// Which.
        identity: IdentityId,
        /// What.
        done: IdentityDeed,
    },
    /// A sandbox clock was moved.
    ClockMoved {
        /// Whose.
        project: ProjectId,
        /// How far forward.
        seconds: i64,
    },
    /// Something was let become of a sandbox identity's number.
    Simulated {
        /// Whose.
        project: ProjectId,
        /// Which.
        identity: IdentityId,
        /// In how many steps.
        steps: usize,
    },
    /// All that is known of a person was handed out.
    Exported {
        /// Of which project.
        project: ProjectId,
        /// Of which environment.
        environment: Environment,
        /// How many identities.
        identities: u32,
        /// How many verifications.
        verifications: u32,
    },
    /// All that was known of a person was erased.
    Erased {
        /// Of which project.
        project: ProjectId,
        /// Of which environment.
        environment: Environment,
        /// How many identities.
        identities: u32,
        /// How many verifications.
        verifications: u32,
    },
    /// Something that production relies on is about to be tried: written before anything is sent.
    TrialBegun {
        /// Of which project.
        project: ProjectId,
        /// What.
        trial: Trial,
    },
    /// Something that production relies on was tried.
    Tried {
        /// Of which project.
        project: ProjectId,
        /// What.
        trial: Trial,
        /// Whether the other side took it.
        good: bool,
    },
    /// A setting was changed.
    Changed {
        /// Of which project; none: the installation's.
        project: Option<ProjectId>,
        /// Which setting.
        setting: String,
        /// What it was; never a secret.
        before: Option<String>,
        /// What it is; never a secret.
        after: Option<String>,
    },
}

/// What was done about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialDeed {
    /// It was created.
    Created,
    /// It got another name, or none.
    Named,
    /// It was revoked.
    Revoked,
}

/// What was done about a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeed {
    /// Its address was saved. Scheme, host and port only: the rest may hold tokens.
    Saved {
        /// What it was.
        before: Option<String>,
        /// What it is.
        after: String,
    },
    /// A test was sent.
    Tested,
    /// Its secrets were shown.
    SecretsShown,
    /// It got a new secret.
    Rotated,
    /// The older of two secrets was ended.
    RotationFinished,
    /// Sending was stopped.
    Paused,
    /// Sending goes on.
    Resumed,
    /// It was removed.
    Removed,
    /// Deliveries were opened again.
    Replayed {
        /// Which one; none: several.
        delivery: Option<DeliveryId>,
    },
}

/// What was done about an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityDeed {
    /// Changes of its number lead to events again.
    Activated,
    /// Changes of its number lead to events no more.
    Deactivated,
    /// It was removed.
    Disenrolled,
}

/// Who is signed in, as the token of a session tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub member: Member,
    /// Their session.
    pub session: SessionId,
}

impl SignedIn {
    /// Whether they may do something.
    pub fn may(&self, permission: Permission) -> bool {
        self.member.role.may(permission)
    }
}
