//! The part of the store that is about the people of the portal.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    member::{AccessKeyId, AdminEntryId, InvitationId, Member, MemberId, SessionId},
    secret::{Clear, Digest},
    text::EmailAddress,
};

use super::StoreError;
use crate::model::{AccessKey, AdminEntry, Ceremony, Invitation, Passkey, Session, SignInLink, Team};

/// A change about people.
#[derive(Debug)]
pub enum PeopleChange {
    /// Writes a member, new or known. `expect` is the team's version that was read, 0 when nobody ever belonged to it;
    /// another one stored is a conflict, so that whoever must be there, an owner, cannot go unseen. Another member with
    /// the same address is a conflict too.
    PutMember {
        /// The version that was read.
        expect: u64,
        /// The member.
        member: Box<Member>,
    },
    /// Removes a member with their sessions, passkeys, recovery codes, links and access keys. `expect` as above.
    RemoveMember {
        /// The version that was read.
        expect: u64,
        /// Who.
        id: MemberId,
    },
    /// Adds a session.
    StartSession(Box<Session>),
    /// Says that a session was used, if it is still there.
    UseSession {
        /// Digest of its token.
        token: Digest,
        /// When; never back.
        used_at: Timestamp,
        /// When it is over if it is not used before.
        ends_at: Timestamp,
    },
    /// Removes a session, if it is still there.
    EndSession {
        /// Whose.
        member: MemberId,
        /// Which.
        id: SessionId,
    },
    /// Removes all sessions of a member but one.
    EndOtherSessions {
        /// Whose.
        member: MemberId,
        /// The one that stays.
        kept: SessionId,
    },
    /// Adds an invitation.
    Invite(Box<Invitation>),
    /// Writes what became of an invitation. One that something became of already is a conflict.
    CloseInvitation(Box<Invitation>),
    /// Adds a link.
    AddLink(SignInLink),
    /// Removes a link that is used. One that is not there (any more) is a conflict.
    TakeLink {
        /// Digest of its token.
        token: Digest,
    },
    /// Replaces a member's recovery codes.
    PutRecoveryCodes {
        /// Whose.
        member: MemberId,
        /// Their digests.
        codes: Vec<Digest>,
    },
    /// Removes a recovery code that is used. One that is not there (any more) is a conflict.
    TakeRecoveryCode {
        /// Whose.
        member: MemberId,
        /// Its digest.
        code: Digest,
    },
    /// Counts an attempt to sign in as somebody. One above the limit is a conflict, until the count begins anew.
    CountTry {
        /// As whom, and how; it is stored as a keyed hash.
        of: Clear,
        /// Now.
        wall: Timestamp,
        /// When the count begins anew, if it begins now.
        resets_at: Timestamp,
        /// How many there may be.
        limit: u32,
    },
    /// Adds a passkey. One with the same id is a conflict.
    AddPasskey(Box<Passkey>),
    /// Writes what the use of a passkey changed. One that is not there (any more) is a conflict: nobody signs in with a
    /// passkey that was removed meanwhile.
    UsePasskey(Box<Passkey>),
    /// Removes a passkey. One that is not there (any more) is a conflict.
    RemovePasskey {
        /// Whose.
        member: MemberId,
        /// Which.
        id: Digest,
    },
    /// Keeps what a browser's answer will be compared with.
    BeginCeremony(Box<Ceremony>),
    /// Removes it, for the answer came. One that is not there (any more) is a conflict.
    TakeCeremony {
        /// Digest of its token.
        token: Digest,
    },
    /// Adds an access key.
    AddAccessKey(Box<AccessKey>),
    /// Says that an access key was used, if it is still there; never back.
    UseAccessKey {
        /// Which.
        id: AccessKeyId,
        /// When.
        at: Timestamp,
    },
    /// Removes an access key. One that is not there (any more) is a conflict.
    RemoveAccessKey {
        /// Which.
        id: AccessKeyId,
    },
    /// Adds to what was done.
    Note(Box<AdminEntry>),
}

/// The people of the portal.
#[async_trait]
pub trait PeopleStore {
    /// Everybody, with the version for the next change.
    async fn team(&self) -> Result<Team, StoreError>;

    /// The member with an address, whatever its case.
    async fn member_by_email(&self, email: &EmailAddress) -> Result<Option<Member>, StoreError>;

    /// The session of a token that is not over at `wall`, and whose it is.
    async fn signed_in(
        &self,
        token: Digest,
        wall: Timestamp,
    ) -> Result<Option<(Session, Member)>, StoreError>;

    /// A member's sessions that are not over at `wall`, newest first.
    async fn sessions(&self, member: MemberId, wall: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// The invitation of a token, whatever became of it.
    async fn invitation(&self, token: Digest) -> Result<Option<Invitation>, StoreError>;

    /// An invitation, whatever became of it.
    async fn invitation_by_id(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// Invitations, newest first, at most `limit`; those made before `before`, when given.
    async fn invitations(
        &self,
        before: Option<InvitationId>,
        limit: usize,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// The link of a token, expired or not.
    async fn sign_in_link(&self, token: Digest) -> Result<Option<SignInLink>, StoreError>;

    /// How many recovery codes a member has.
    async fn recovery_codes(&self, member: MemberId) -> Result<u64, StoreError>;

    /// A passkey.
    async fn passkey(&self, id: Digest) -> Result<Option<Passkey>, StoreError>;

    /// A member's passkeys, oldest first.
    async fn passkeys(&self, member: MemberId) -> Result<Vec<Passkey>, StoreError>;

    /// What a browser's answer is to be compared with, expired or not.
    async fn ceremony(&self, token: Digest) -> Result<Option<Ceremony>, StoreError>;

    /// The access key of a token, expired or not, and whoever made it as far as they are still there.
    async fn access_key(&self, token: Digest) -> Result<Option<(AccessKey, Option<Member>)>, StoreError>;

    /// An access key, expired or not.
    async fn access_key_by_id(&self, id: AccessKeyId) -> Result<Option<AccessKey>, StoreError>;

    /// Access keys, newest first, at most `limit`; expired ones too. Only those of a maker, and those made before
    /// `before`, when given.
    async fn access_keys(
        &self,
        maker: Option<MemberId>,
        before: Option<AccessKeyId>,
        limit: usize,
    ) -> Result<Vec<AccessKey>, StoreError>;

    /// What was done, newest first, at most `limit`; what was done before the entry `before`, when given.
    async fn admin_entries(
        &self,
        before: Option<AdminEntryId>,
        limit: usize,
    ) -> Result<Vec<AdminEntry>, StoreError>;
}
