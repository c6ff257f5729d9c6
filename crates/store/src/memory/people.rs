//! The people of the portal.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    member::{AccessKeyId, AdminEntryId, InvitationId, InvitationState, Member, MemberId},
    secret::Digest,
    text::EmailAddress,
};
use ringtrue_engine::{
    model::{AccessKey, AdminEntry, Ceremony, Invitation, Passkey, Session, SignInLink, Team},
    ports::{PeopleChange, PeopleStore, StoreError},
};

use super::{
    MemoryStore,
    commit::{Refused, unless},
    state::{Changing, DigestKey, State},
};

#[async_trait]
impl PeopleStore for MemoryStore {
    async fn team(&self) -> Result<Team, StoreError> {
        let state = &self.readable()?.state;
        Ok(Team { version: version(state), members: state.members.values().cloned().collect() })
    }

    async fn member_by_email(&self, email: &EmailAddress) -> Result<Option<Member>, StoreError> {
        let state = &self.readable()?.state;
        Ok(by_email(state, email).cloned())
    }

    async fn signed_in(
        &self,
        token: Digest,
        wall: Timestamp,
    ) -> Result<Option<(Session, Member)>, StoreError> {
        let state = &self.readable()?.state;
        let session = state.sessions.get(token.as_bytes()).filter(|session| session.ends_at > wall);
        Ok(session.and_then(|session| Some((session.clone(), state.members.get(&session.member)?.clone()))))
    }

    async fn sessions(&self, member: MemberId, wall: Timestamp) -> Result<Vec<Session>, StoreError> {
        let state = &self.readable()?.state;
        let theirs = |session: &&Session| session.member == member && session.ends_at > wall;
        let mut sessions: Vec<_> = state.sessions.values().filter(theirs).cloned().collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.id));
        Ok(sessions)
    }

    async fn invitation(&self, token: Digest) -> Result<Option<Invitation>, StoreError> {
        let state = &self.readable()?.state;
        Ok(state.invitations.values().find(|invitation| invitation.token == token).cloned())
    }

    async fn invitation_by_id(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        Ok(self.readable()?.state.invitations.get(&id).cloned())
    }

    async fn invitations(
        &self,
        before: Option<InvitationId>,
        limit: usize,
    ) -> Result<Vec<Invitation>, StoreError> {
        let state = &self.readable()?.state;
        let earlier = state.invitations.values().rev().filter(|one| before.is_none_or(|id| one.id < id));
        Ok(earlier.take(limit).cloned().collect())
    }

    async fn sign_in_link(&self, token: Digest) -> Result<Option<SignInLink>, StoreError> {
        Ok(self.readable()?.state.sign_in_links.get(token.as_bytes()).copied())
    }

    async fn recovery_codes(&self, member: MemberId) -> Result<u64, StoreError> {
        let state = &self.readable()?.state;
        Ok(state.recovery_codes.keys().filter(|(of, _)| *of == member).count() as u64)
    }

    async fn passkey(&self, id: Digest) -> Result<Option<Passkey>, StoreError> {
        Ok(self.readable()?.state.passkeys.get(id.as_bytes()).cloned())
    }

    async fn passkeys(&self, member: MemberId) -> Result<Vec<Passkey>, StoreError> {
        let state = &self.readable()?.state;
        let theirs = |passkey: &&Passkey| passkey.member == member;
        let mut passkeys: Vec<_> = state.passkeys.values().filter(theirs).cloned().collect();
        passkeys.sort_by_key(|passkey| (passkey.created_at, *passkey.id.as_bytes()));
        Ok(passkeys)
    }

    async fn ceremony(&self, token: Digest) -> Result<Option<Ceremony>, StoreError> {
        Ok(self.readable()?.state.ceremonies.get(token.as_bytes()).cloned())
    }

    async fn access_key(&self, token: Digest) -> Result<Option<(AccessKey, Option<Member>)>, StoreError> {
        let state = &self.readable()?.state;
        let key = state.access_keys.values().find(|key| key.token == token);
        let maker = |key: &AccessKey| state.members.get(&key.maker?).cloned();
        Ok(key.map(|key| (key.clone(), maker(key))))
    }

    async fn access_key_by_id(&self, id: AccessKeyId) -> Result<Option<AccessKey>, StoreError> {
        Ok(self.readable()?.state.access_keys.get(&id).cloned())
    }

    async fn access_keys(
        &self,
        maker: Option<MemberId>,
        before: Option<AccessKeyId>,
        limit: usize,
    ) -> Result<Vec<AccessKey>, StoreError> {
        let state = &self.readable()?.state;
        let wanted =
            |key: &&AccessKey| before.is_none_or(|id| key.id < id) && (maker.is_none() || key.maker == maker);
        Ok(state.access_keys.values().rev().filter(wanted).take(limit).cloned().collect())
    }

    async fn admin_entries(
        &self,
        before: Option<AdminEntryId>,
        limit: usize,
    ) -> Result<Vec<AdminEntry>, StoreError> {
        let state = &self.readable()?.state;
        let earlier = state.admin_audit.values().rev().filter(|entry| before.is_none_or(|id| entry.id < id));
        Ok(earlier.take(limit).cloned().collect())
    }
}

pub(super) fn apply(to: &mut Changing<'_>, change: PeopleChange) -> Result<(), Refused> {
    match change {
        PeopleChange::PutMember { expect, member } => {
            move_team(to, expect)?;
            unless(by_email(to.state, &member.email).is_some_and(|known| known.id != member.id))?;
            to.set(|state| &mut state.members, member.id, Some(*member));
        }
        PeopleChange::RemoveMember { expect, id } => {
            move_team(to, expect)?;
            unless(!to.state.members.contains_key(&id))?;
            remove_belongings(to, id);
            to.set(|state| &mut state.members, id, None);
        }
        PeopleChange::StartSession(session) => {
            let key = *session.token.as_bytes();
            unless(to.state.sessions.contains_key(&key))?;
            to.set(|state| &mut state.sessions, key, Some(*session));
        }
        PeopleChange::UseSession { token, used_at, ends_at } => {
            let key = *token.as_bytes();
            if let Some(known) = to.state.sessions.get(&key).filter(|known| known.used_at < used_at) {
                let session = Session { used_at, ends_at, ..known.clone() };
                to.set(|state| &mut state.sessions, key, Some(session));
            }
        }
        PeopleChange::EndSession { member, id } => {
            end_sessions(to, |session| session.member == member && session.id == id);
        }
        PeopleChange::EndOtherSessions { member, kept } => {
            end_sessions(to, |session| session.member == member && session.id != kept);
        }
        PeopleChange::Invite(invitation) => {
            let known = &to.state.invitations;
            unless(known.values().any(|known| known.id == invitation.id || known.token == invitation.token))?;
            to.set(|state| &mut state.invitations, invitation.id, Some(*invitation));
        }
        PeopleChange::CloseInvitation(invitation) => {
            let known = to.state.invitations.get(&invitation.id);
            unless(known.is_none_or(|known| known.state != InvitationState::Open))?;
            to.set(|state| &mut state.invitations, invitation.id, Some(*invitation));
        }
        PeopleChange::AddLink(link) => {
            let key = *link.token.as_bytes();
            unless(to.state.sign_in_links.contains_key(&key))?;
            to.set(|state| &mut state.sign_in_links, key, Some(link));
        }
        PeopleChange::TakeLink { token } => {
            let key = *token.as_bytes();
            unless(!to.state.sign_in_links.contains_key(&key))?;
            to.set(|state| &mut state.sign_in_links, key, None);
        }
        PeopleChange::PutRecoveryCodes { member, codes } => {
            remove_codes(to, member);
            for code in codes {
                to.set(|state| &mut state.recovery_codes, (member, *code.as_bytes()), Some(code));
            }
        }
        PeopleChange::TakeRecoveryCode { member, code } => {
            let key = (member, *code.as_bytes());
            unless(!to.state.recovery_codes.contains_key(&key))?;
            to.set(|state| &mut state.recovery_codes, key, None);
        }
        PeopleChange::CountTry { of, wall, resets_at, limit } => {
            let key = of.expose().to_owned();
            let known = to.state.sign_in_tries.get(&key).copied().filter(|(_, resets_at)| *resets_at > wall);
            unless(known.is_some_and(|(tries, _)| tries >= limit))?;
            let counted = known.map_or((1, resets_at), |(tries, resets_at)| (tries + 1, resets_at));
            to.set(|state| &mut state.sign_in_tries, key, Some(counted));
        }
        PeopleChange::AddPasskey(passkey) => add_passkey(to, *passkey)?,
        PeopleChange::UsePasskey(passkey) => use_passkey(to, *passkey)?,
        PeopleChange::RemovePasskey { member, id } => {
            let key = *id.as_bytes();
            unless(to.state.passkeys.get(&key).is_none_or(|known| known.member != member))?;
            to.set(|state| &mut state.passkeys, key, None);
        }
        PeopleChange::BeginCeremony(ceremony) => {
            let key = *ceremony.token.as_bytes();
            unless(to.state.ceremonies.contains_key(&key))?;
            to.set(|state| &mut state.ceremonies, key, Some(*ceremony));
        }
        PeopleChange::TakeCeremony { token } => {
            let key = *token.as_bytes();
            unless(!to.state.ceremonies.contains_key(&key))?;
            to.set(|state| &mut state.ceremonies, key, None);
        }
        PeopleChange::AddAccessKey(key) => add_key(to, *key)?,
        PeopleChange::UseAccessKey { id, at } => use_key(to, id, at),
        PeopleChange::RemoveAccessKey { id } => {
            unless(!to.state.access_keys.contains_key(&id))?;
            to.set(|state| &mut state.access_keys, id, None);
        }
        PeopleChange::Note(entry) => {
            unless(to.state.admin_audit.contains_key(&entry.id))?;
            to.set(|state| &mut state.admin_audit, entry.id, Some(*entry));
        }
    }
    Ok(())
}

fn add_key(to: &mut Changing<'_>, key: AccessKey) -> Result<(), Refused> {
    let known = &to.state.access_keys;
    unless(known.values().any(|known| known.id == key.id || known.token == key.token))?;
    to.set(|state| &mut state.access_keys, key.id, Some(key));
    Ok(())
}

fn use_key(to: &mut Changing<'_>, id: AccessKeyId, at: Timestamp) {
    if let Some(known) = to.state.access_keys.get(&id).filter(|known| known.used_at < Some(at)) {
        let used = AccessKey { used_at: Some(at), ..known.clone() };
        to.set(|state| &mut state.access_keys, id, Some(used));
    }
}

fn version(state: &State) -> u64 {
    state.team.get(&()).copied().unwrap_or(0)
}

fn by_email<'a>(state: &'a State, email: &EmailAddress) -> Option<&'a Member> {
    let folded = email.folded();
    state.members.values().find(|member| member.email.folded() == folded)
}

fn move_team(to: &mut Changing<'_>, expect: u64) -> Result<(), Refused> {
    unless(version(to.state) != expect)?;
    to.set(|state| &mut state.team, (), Some(expect + 1));
    Ok(())
}

fn end_sessions(to: &mut Changing<'_>, which: impl Fn(&Session) -> bool) {
    let ended: Vec<DigestKey> =
        (to.state.sessions.iter()).filter(|(_, session)| which(session)).map(|(key, _)| *key).collect();
    for key in ended {
        to.set(|state| &mut state.sessions, key, None);
    }
}

fn remove_codes(to: &mut Changing<'_>, member: MemberId) {
    let codes: Vec<_> = to.state.recovery_codes.keys().filter(|(of, _)| *of == member).copied().collect();
    for key in codes {
        to.set(|state| &mut state.recovery_codes, key, None);
    }
}

fn remove_belongings(to: &mut Changing<'_>, member: MemberId) {
    end_sessions(to, |session| session.member == member);
    remove_codes(to, member);
    let passkeys = to.state.passkeys.iter().filter(|(_, passkey)| passkey.member == member);
    let passkeys: Vec<_> = passkeys.map(|(key, _)| *key).collect();
    for key in passkeys {
        to.set(|state| &mut state.passkeys, key, None);
    }
    let keys = to.state.access_keys.values().filter(|key| key.maker == Some(member));
    let keys: Vec<_> = keys.map(|key| key.id).collect();
    for key in keys {
        to.set(|state| &mut state.access_keys, key, None);
    }
    let links = to.state.sign_in_links.iter().filter(|(_, link)| link.member == Some(member));
    let links: Vec<_> = links.map(|(key, _)| *key).collect();
    for key in links {
        to.set(|state| &mut state.sign_in_links, key, None);
    }
}

fn add_passkey(to: &mut Changing<'_>, passkey: Passkey) -> Result<(), Refused> {
    let key = *passkey.id.as_bytes();
    unless(to.state.passkeys.contains_key(&key))?;
    to.set(|state| &mut state.passkeys, key, Some(passkey));
    Ok(())
}

fn use_passkey(to: &mut Changing<'_>, passkey: Passkey) -> Result<(), Refused> {
    let key = *passkey.id.as_bytes();
    unless(to.state.passkeys.get(&key).is_none_or(|known| known.member != passkey.member))?;
    to.set(|state| &mut state.passkeys, key, Some(passkey));
    Ok(())
}
