//! The people of the portal.

use jiff::Timestamp;
use ringtrue_domain::{
    member::{
        AccessKeyId, AdminEntryId, InvitationId, InvitationState, MemberId, MemberName, Role, SessionId,
    },
    secret::{Clear, Digest},
    text::{EmailAddress, Label},
};

use super::{
    Subject, commit, conflict,
    sample::{Sample, digest, shifted},
};
use crate::{
    model::{
        AccessKey, Actor, AdminEntry, Ceremony, Deed, Invitation, Member, Passkey, Purpose, Session,
        SignInLink, Team,
    },
    ports::{Change, PeopleChange},
};

pub fn email(name: &str) -> EmailAddress {
    EmailAddress::parse("email", &format!("{name}@team.example")).unwrap()
}

pub fn put_member(expect: u64, member: &Member) -> Change {
    Change::People(PeopleChange::PutMember { expect, member: Box::new(member.clone()) })
}

pub fn start(session: &Session) -> Change {
    Change::People(PeopleChange::StartSession(Box::new(session.clone())))
}

pub fn invite(invitation: &Invitation) -> Change {
    Change::People(PeopleChange::Invite(Box::new(invitation.clone())))
}

pub fn close(invitation: &Invitation, state: InvitationState) -> Change {
    let closed = Invitation { state, ..invitation.clone() };
    Change::People(PeopleChange::CloseInvitation(Box::new(closed)))
}

pub fn put_codes(member: &Member, codes: &[&str]) -> Change {
    let codes = codes.iter().map(|code| digest(code)).collect();
    Change::People(PeopleChange::PutRecoveryCodes { member: member.id, codes })
}

pub fn take_code(member: &Member, code: &str) -> Change {
    Change::People(PeopleChange::TakeRecoveryCode { member: member.id, code: digest(code) })
}

pub fn take_link(token: &str) -> Change {
    Change::People(PeopleChange::TakeLink { token: digest(token) })
}

pub fn add_passkey(passkey: &Passkey) -> Change {
    Change::People(PeopleChange::AddPasskey(Box::new(passkey.clone())))
}

pub fn add_key(key: &AccessKey) -> Change {
    Change::People(PeopleChange::AddAccessKey(Box::new(key.clone())))
}

pub fn begin_ceremony(ceremony: &Ceremony) -> Change {
    Change::People(PeopleChange::BeginCeremony(Box::new(ceremony.clone())))
}

pub fn note(entry: &AdminEntry) -> Change {
    Change::People(PeopleChange::Note(Box::new(entry.clone())))
}

/// One of at most two attempts within a minute.
pub fn count_try(of: &str, wall: Timestamp) -> Change {
    let (of, resets_at) = (Clear::new(of.to_owned()), shifted(wall, 60));
    Change::People(PeopleChange::CountTry { of, wall, resets_at, limit: 2 })
}

impl Sample {
    pub fn member(&mut self, name: &str, role: Role) -> Member {
        Member {
            id: MemberId::new(self.wall, &mut self.entropy),
            email: email(name),
            name: MemberName::parse("name", "Zoë 🦀").unwrap(),
            role,
            created_at: self.wall,
        }
    }

    /// A session that is over in an hour, or in half of one if it is not used.
    pub fn session(&mut self, of: &Member, token: &str) -> Session {
        Session {
            id: SessionId::new(self.wall, &mut self.entropy),
            token: digest(token),
            member: of.id,
            created_at: self.wall,
            used_at: self.wall,
            expires_at: shifted(self.wall, 3600),
            ends_at: shifted(self.wall, 1800),
            agent: "Firefox 🦊".into(),
        }
    }

    /// An invitation for an hour.
    pub fn invitation(&mut self, by: &Member, token: &str) -> Invitation {
        Invitation {
            id: InvitationId::new(self.wall, &mut self.entropy),
            token: digest(token),
            email: email(token),
            role: Role::Analyst,
            by: Some(by.id),
            created_at: self.wall,
            expires_at: shifted(self.wall, 3600),
            state: InvitationState::Open,
        }
    }

    /// A link for an hour.
    pub fn sign_in_link(&self, member: Option<&Member>, token: &str) -> SignInLink {
        let member = member.map(|member| member.id);
        SignInLink { token: digest(token), member, expires_at: shifted(self.wall, 3600) }
    }

    /// An access key for an hour.
    pub fn access_key(&mut self, by: Option<&Member>, token: &str) -> AccessKey {
        AccessKey {
            id: AccessKeyId::new(self.wall, &mut self.entropy),
            token: digest(token),
            name: Label::parse("name", "Terraform 🦀").unwrap(),
            role: Role::Developer,
            maker: by.map(|by| by.id),
            created_at: self.wall,
            expires_at: shifted(self.wall, 3600),
            used_at: None,
        }
    }

    pub fn passkey(&self, of: &Member, id: &str) -> Passkey {
        Passkey {
            id: digest(id),
            member: of.id,
            name: "Schlüssel".into(),
            credential: Clear::new("{\"counter\":1}".into()),
            created_at: self.wall,
            used_at: None,
        }
    }

    /// A ceremony for an hour.
    pub fn ceremony(&self, of: Option<&Member>, token: &str) -> Ceremony {
        Ceremony {
            token: digest(token),
            purpose: of.map_or(Purpose::SingleSignOn, |member| Purpose::AddPasskey(member.id)),
            state: Clear::new("{\"challenge\":\"é\"}".into()),
            expires_at: shifted(self.wall, 3600),
        }
    }

    pub fn admin_entry(&mut self, of: &Member, deed: Deed) -> AdminEntry {
        let id = AdminEntryId::new(self.wall, &mut self.entropy);
        AdminEntry { id, at: self.wall, who: Actor::Member(of.id), deed }
    }
}

/// The first member, written.
pub(super) async fn owner(store: &Subject, sample: &mut Sample) -> Member {
    let owner = sample.member("ada", Role::Owner);
    commit(store, [put_member(0, &owner)]).await;
    owner
}

pub async fn a_team_is_read_with_its_version(store: Subject) {
    let mut sample = Sample::default();
    assert_eq!(store.team().await.unwrap(), Team { version: 0, members: vec![] });
    let ada = owner(&store, &mut sample).await;
    sample.wall = shifted(sample.wall, 1);
    let bob = sample.member("bob", Role::ReadOnly);
    commit(&store, [put_member(1, &bob)]).await;
    let changed = Member { role: Role::Developer, email: email("rob"), ..bob };
    commit(&store, [put_member(2, &changed)]).await;
    assert_eq!(store.team().await.unwrap(), Team { version: 3, members: vec![ada.clone(), changed] });
    assert_eq!(store.member_by_email(&email("ADA")).await.unwrap(), Some(ada));
    assert_eq!(store.member_by_email(&email("bob")).await.unwrap(), None);
}

pub async fn a_team_of_another_version_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let bob = sample.member("bob", Role::Owner);
    for wrong in [0, 2] {
        conflict(&store, [put_member(wrong, &bob)]).await;
        let remove = PeopleChange::RemoveMember { expect: wrong, id: ada.id };
        conflict(&store, [Change::People(remove)]).await;
    }
    let remove = PeopleChange::RemoveMember { expect: 1, id: bob.id };
    conflict(&store, [Change::People(remove)]).await;
    assert_eq!(store.team().await.unwrap(), Team { version: 1, members: vec![ada] });
}

pub async fn an_address_belongs_to_one_member(store: Subject) {
    let mut sample = Sample::default();
    owner(&store, &mut sample).await;
    let (same, other) = (sample.member("Ada", Role::Analyst), sample.member("bob", Role::Analyst));
    conflict(&store, [put_member(1, &same)]).await;
    commit(&store, [put_member(1, &other)]).await;
    conflict(&store, [put_member(2, &Member { email: email("ADA"), ..other })]).await;
}

pub async fn a_session_tells_whose_it_is_until_it_ends(store: Subject) {
    let mut sample = Sample::default();
    let (ada, wall) = (owner(&store, &mut sample).await, sample.wall);
    let session = sample.session(&ada, "token");
    commit(&store, [start(&session)]).await;
    conflict(&store, [start(&session)]).await;
    let read = store.signed_in(digest("token"), shifted(wall, 1799)).await.unwrap();
    assert_eq!(read, Some((session.clone(), ada.clone())));
    assert_eq!(store.signed_in(digest("other"), wall).await.unwrap(), None);
    assert_eq!(store.signed_in(digest("token"), shifted(wall, 1800)).await.unwrap(), None);
    // The role is the one of now.
    let ada = Member { role: Role::Analyst, ..ada };
    commit(&store, [put_member(1, &ada)]).await;
    assert_eq!(store.signed_in(digest("token"), wall).await.unwrap(), Some((session, ada)));
}

pub async fn a_session_that_is_used_goes_on(store: Subject) {
    let mut sample = Sample::default();
    let (ada, wall) = (owner(&store, &mut sample).await, sample.wall);
    let session = sample.session(&ada, "token");
    commit(&store, [start(&session)]).await;
    let used = |seconds| {
        let (used_at, ends_at) = (shifted(wall, seconds), shifted(wall, seconds + 1800));
        Change::People(PeopleChange::UseSession { token: digest("token"), used_at, ends_at })
    };
    // The later use counts, whichever is written last.
    commit(&store, [used(600)]).await;
    commit(&store, [used(300)]).await;
    let now = shifted(wall, 2399);
    let (used_at, ends_at) = (shifted(wall, 600), shifted(wall, 2400));
    let expected = Session { used_at, ends_at, ..session };
    assert_eq!(store.signed_in(digest("token"), now).await.unwrap(), Some((expected, ada.clone())));
    let end =
        PeopleChange::EndSession { member: ada.id, id: store.sessions(ada.id, now).await.unwrap()[0].id };
    commit(&store, [Change::People(end)]).await;
    // A use that comes after the end brings nothing back.
    commit(&store, [used(900)]).await;
    assert_eq!(store.signed_in(digest("token"), wall).await.unwrap(), None);
}

pub async fn sessions_are_listed_and_ended_by_their_member(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let bob = sample.member("bob", Role::Analyst);
    commit(&store, [put_member(1, &bob)]).await;
    let foreign = sample.session(&bob, "bob's");
    let mut sessions = Vec::new();
    for token in ["1", "2", "3"] {
        sample.wall = shifted(sample.wall, 1);
        sessions.insert(0, sample.session(&ada, token));
    }
    let wall = sample.wall;
    commit(&store, sessions.iter().chain([&foreign]).map(start)).await;
    assert_eq!(store.sessions(ada.id, wall).await.unwrap(), sessions);
    assert_eq!(store.sessions(ada.id, shifted(wall, 1799)).await.unwrap(), sessions[..1]);
    let end = |member: &Member, id| Change::People(PeopleChange::EndSession { member: member.id, id });
    commit(&store, [end(&bob, sessions[0].id), end(&ada, sessions[2].id)]).await;
    assert_eq!(store.sessions(ada.id, wall).await.unwrap(), sessions[..2]);
    let others = PeopleChange::EndOtherSessions { member: ada.id, kept: sessions[1].id };
    commit(&store, [Change::People(others)]).await;
    assert_eq!(store.sessions(ada.id, wall).await.unwrap(), sessions[1..2]);
    assert_eq!(store.sessions(bob.id, wall).await.unwrap(), [foreign]);
}

pub async fn a_removed_member_takes_all_they_sign_in_with(store: Subject) {
    let mut sample = Sample::default();
    let (ada, wall) = (owner(&store, &mut sample).await, sample.wall);
    let bob = sample.member("bob", Role::Developer);
    commit(&store, [put_member(1, &bob)]).await;
    for (number, member) in [&ada, &bob].into_iter().enumerate() {
        let session = sample.session(member, &format!("session {number}"));
        let link = sample.sign_in_link(Some(member), &format!("link {number}"));
        let passkey = sample.passkey(member, &format!("passkey {number}"));
        let key = sample.access_key(Some(member), &format!("key {number}"));
        let add = Change::People(PeopleChange::AddLink(link));
        let codes = put_codes(member, &["a", "b"]);
        commit(&store, [start(&session), add, add_passkey(&passkey), codes, add_key(&key)]).await;
    }
    let remove = PeopleChange::RemoveMember { expect: 2, id: bob.id };
    commit(&store, [Change::People(remove)]).await;
    assert_eq!(store.team().await.unwrap(), Team { version: 3, members: vec![ada.clone()] });
    for (number, there) in [(0, true), (1, false)] {
        let member = if there { &ada } else { &bob };
        let token = |what| digest(&format!("{what} {number}"));
        assert_eq!(store.signed_in(token("session"), wall).await.unwrap().is_some(), there);
        assert_eq!(store.sessions(member.id, wall).await.unwrap().len(), usize::from(there));
        assert_eq!(store.sign_in_link(token("link")).await.unwrap().is_some(), there);
        assert_eq!(store.passkey(token("passkey")).await.unwrap().is_some(), there);
        assert_eq!(store.access_key(token("key")).await.unwrap().is_some(), there);
        assert_eq!(store.recovery_codes(member.id).await.unwrap(), if there { 2 } else { 0 });
    }
    // Their address is free again, and what was begun meanwhile is nobody's.
    let again = sample.member("bob", Role::Analyst);
    let late = sample.access_key(Some(&bob), "late");
    commit(&store, [put_member(3, &again), start(&sample.session(&bob, "late")), add_key(&late)]).await;
    assert_eq!(store.signed_in(digest("late"), wall).await.unwrap(), None);
    assert_eq!(store.access_key(digest("late")).await.unwrap(), Some((late, None)));
}

pub async fn an_access_key_tells_its_maker_until_it_is_removed(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let mut keys = Vec::new();
    for (token, maker) in [("a", Some(&ada)), ("b", None), ("c", Some(&ada))] {
        sample.wall = shifted(sample.wall, 1);
        keys.insert(0, sample.access_key(maker, token));
    }
    commit(&store, keys.iter().map(add_key)).await;
    conflict(&store, [add_key(&keys[1])]).await;
    assert_eq!(store.access_keys(None, None, 9).await.unwrap(), keys);
    assert_eq!(store.access_keys(None, None, 2).await.unwrap(), keys[..2]);
    assert_eq!(store.access_keys(None, Some(keys[1].id), 9).await.unwrap(), keys[2..]);
    assert_eq!(store.access_keys(None, Some(keys[2].id), 9).await.unwrap(), []);
    let adas = [keys[0].clone(), keys[2].clone()];
    assert_eq!(store.access_keys(Some(ada.id), None, 9).await.unwrap(), adas);
    assert_eq!(store.access_keys(Some(ada.id), None, 1).await.unwrap(), adas[..1]);
    assert_eq!(store.access_keys(Some(ada.id), Some(keys[0].id), 9).await.unwrap(), adas[1..]);
    let bob = sample.member("bob", Role::Analyst);
    assert_eq!(store.access_keys(Some(bob.id), None, 9).await.unwrap(), []);
    for key in &keys {
        assert_eq!(store.access_key_by_id(key.id).await.unwrap().as_ref(), Some(key));
    }
    assert_eq!(store.access_key(digest("c")).await.unwrap(), Some((keys[0].clone(), Some(ada.clone()))));
    assert_eq!(store.access_key(digest("b")).await.unwrap(), Some((keys[1].clone(), None)));
    assert_eq!(store.access_key(digest("d")).await.unwrap(), None);
    for (seconds, last) in [(5, 5), (3, 5), (9, 9)] {
        let at = shifted(sample.wall, seconds);
        commit(&store, [Change::People(PeopleChange::UseAccessKey { id: keys[1].id, at })]).await;
        keys[1].used_at = Some(shifted(sample.wall, last));
        assert_eq!(store.access_keys(None, None, 9).await.unwrap(), keys);
    }
    let remove = |key: &AccessKey| Change::People(PeopleChange::RemoveAccessKey { id: key.id });
    commit(&store, [remove(&keys[1])]).await;
    conflict(&store, [remove(&keys[1])]).await;
    assert_eq!(store.access_key(digest("b")).await.unwrap(), None);
    assert_eq!(store.access_key_by_id(keys[1].id).await.unwrap(), None);
    assert_eq!(store.access_keys(None, None, 9).await.unwrap(), [keys[0].clone(), keys[2].clone()]);
}

pub async fn an_invitation_is_closed_once(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let mut invitations = Vec::new();
    for token in ["a", "b", "c"] {
        sample.wall = shifted(sample.wall, 1);
        invitations.insert(0, sample.invitation(&ada, token));
    }
    commit(&store, invitations.iter().map(invite)).await;
    assert_eq!(store.invitations(None, 9).await.unwrap(), invitations);
    assert_eq!(store.invitations(None, 2).await.unwrap(), invitations[..2]);
    assert_eq!(store.invitations(Some(invitations[1].id), 9).await.unwrap(), invitations[2..]);
    for invitation in &invitations {
        assert_eq!(store.invitation_by_id(invitation.id).await.unwrap().as_ref(), Some(invitation));
    }
    assert_eq!(store.invitation(digest("a")).await.unwrap().as_ref(), invitations.last());
    assert_eq!(store.invitation(digest("d")).await.unwrap(), None);
    let accepted = InvitationState::Accepted { member: ada.id, at: sample.wall };
    let revoked = InvitationState::Revoked { at: sample.wall };
    commit(&store, [close(&invitations[0], accepted), close(&invitations[1], revoked)]).await;
    for invitation in &invitations[..2] {
        conflict(&store, [close(invitation, accepted)]).await;
        conflict(&store, [close(invitation, revoked)]).await;
    }
    conflict(&store, [close(&sample.invitation(&ada, "unknown"), revoked)]).await;
    conflict(&store, [invite(&invitations[2])]).await;
    let states: Vec<_> = store.invitations(None, 9).await.unwrap().iter().map(|one| one.state).collect();
    assert_eq!(states, [accepted, revoked, InvitationState::Open]);
}

pub async fn a_link_is_taken_once(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    for link in [sample.sign_in_link(None, "first"), sample.sign_in_link(Some(&ada), "hers")] {
        commit(&store, [Change::People(PeopleChange::AddLink(link))]).await;
        assert_eq!(store.sign_in_link(link.token).await.unwrap(), Some(link));
    }
    commit(&store, [take_link("first")]).await;
    assert_eq!(store.sign_in_link(digest("first")).await.unwrap(), None);
    conflict(&store, [take_link("first")]).await;
    conflict(&store, [take_link("unknown")]).await;
    assert!(store.sign_in_link(digest("hers")).await.unwrap().is_some());
}

pub async fn a_recovery_code_is_taken_once(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let bob = sample.member("bob", Role::Analyst);
    commit(&store, [put_member(1, &bob), put_codes(&ada, &["a", "b"]), put_codes(&bob, &["c"])]).await;
    assert_eq!(store.recovery_codes(ada.id).await.unwrap(), 2);
    commit(&store, [take_code(&ada, "a")]).await;
    assert_eq!(store.recovery_codes(ada.id).await.unwrap(), 1);
    for (member, code) in [(&ada, "a"), (&ada, "c"), (&bob, "b")] {
        conflict(&store, [take_code(member, code)]).await;
    }
    commit(&store, [put_codes(&ada, &["d", "e", "f"])]).await;
    assert_eq!(store.recovery_codes(ada.id).await.unwrap(), 3);
    conflict(&store, [take_code(&ada, "b")]).await;
    commit(&store, [take_code(&bob, "c")]).await;
}

pub async fn attempts_are_counted_up_to_the_limit(store: Subject) {
    let wall = Sample::default().wall;
    commit(&store, [count_try("ada", wall)]).await;
    commit(&store, [count_try("ada", shifted(wall, 30))]).await;
    conflict(&store, [count_try("ada", shifted(wall, 31))]).await;
    // Another one is counted by themselves; what is refused does not make it longer.
    commit(&store, [count_try("bob", wall)]).await;
    conflict(&store, [count_try("ada", shifted(wall, 59))]).await;
    commit(&store, [count_try("ada", shifted(wall, 60))]).await;
    commit(&store, [count_try("ada", shifted(wall, 119))]).await;
    conflict(&store, [count_try("ada", shifted(wall, 119))]).await;
}

pub async fn passkeys_are_kept_and_removed_by_their_member(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let bob = sample.member("bob", Role::Analyst);
    let first = sample.passkey(&ada, "first");
    sample.wall = shifted(sample.wall, 1);
    let second = sample.passkey(&ada, "second");
    commit(&store, [put_member(1, &bob), add_passkey(&second), add_passkey(&first)]).await;
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [first.clone(), second.clone()]);
    let used = Passkey { used_at: Some(sample.wall), credential: Clear::new("{}".into()), ..first };
    let keep = |passkey: &Passkey| Change::People(PeopleChange::UsePasskey(Box::new(passkey.clone())));
    commit(&store, [keep(&used)]).await;
    conflict(&store, [add_passkey(&used)]).await;
    assert_eq!(store.passkey(digest("first")).await.unwrap().as_ref(), Some(&used));
    conflict(&store, [keep(&Passkey { member: bob.id, ..used.clone() })]).await;
    let remove =
        |member: &Member, id: Digest| Change::People(PeopleChange::RemovePasskey { member: member.id, id });
    conflict(&store, [remove(&bob, used.id)]).await;
    commit(&store, [remove(&ada, used.id)]).await;
    conflict(&store, [remove(&ada, used.id)]).await;
    // Somebody signed in with it meanwhile: it does not come back.
    conflict(&store, [keep(&used)]).await;
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [second]);
    assert_eq!(store.passkeys(bob.id).await.unwrap(), []);
}

pub async fn a_ceremony_is_taken_once(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    for ceremony in [sample.ceremony(Some(&ada), "adding"), sample.ceremony(None, "signing in")] {
        commit(&store, [begin_ceremony(&ceremony)]).await;
        conflict(&store, [begin_ceremony(&ceremony)]).await;
        assert_eq!(store.ceremony(ceremony.token).await.unwrap().as_ref(), Some(&ceremony));
        let take = || Change::People(PeopleChange::TakeCeremony { token: ceremony.token });
        commit(&store, [take()]).await;
        conflict(&store, [take()]).await;
        assert_eq!(store.ceremony(ceremony.token).await.unwrap(), None);
    }
}

pub async fn what_is_over_goes(store: Subject) {
    const DAY: i64 = 86_400;
    let mut sample = Sample::default();
    let (ada, wall) = (owner(&store, &mut sample).await, sample.wall);
    let session = sample.session(&ada, "token");
    let link = Change::People(PeopleChange::AddLink(sample.sign_in_link(None, "link")));
    let ceremony = begin_ceremony(&sample.ceremony(None, "ceremony"));
    let (invitation, note) =
        (sample.invitation(&ada, "a"), sample.admin_entry(&ada, Deed::LinkMade { member: None }));
    commit(&store, [start(&session), link, ceremony, invite(&invitation), self::note(&note)]).await;
    commit(&store, [count_try("ada", wall), add_key(&sample.access_key(Some(&ada), "key"))]).await;
    // The count after a minute, the session after half an hour, the link and the ceremony after one, the invitation
    // and the access key thirty days after that.
    for (seconds, gone) in
        [(59, 0), (60, 1), (1799, 0), (1800, 1), (3599, 0), (3600, 2), (30 * DAY, 0), (30 * DAY + 3600, 2)]
    {
        assert_eq!(store.purge(shifted(wall, seconds), 10).await.unwrap(), gone, "after {seconds} s");
    }
    assert_eq!(store.sign_in_link(digest("link")).await.unwrap(), None);
    assert_eq!(store.invitations(None, 9).await.unwrap(), []);
    assert_eq!(store.access_keys(None, None, 9).await.unwrap(), []);
    assert_eq!(store.admin_entries(None, 9).await.unwrap(), [note]);
    assert_eq!(store.team().await.unwrap().members, [ada]);
}
