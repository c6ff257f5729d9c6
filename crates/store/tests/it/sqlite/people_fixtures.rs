//! Bodies about the people of the portal as the first version that had them wrote them; see `fixtures`.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use ringtrue_domain::member::{AccessKeyId, InvitationState, Role};
use ringtrue_engine::{
    conformance::{
        people::every_deed,
        sample::{Sample, digest},
    },
    model::{AccessKey, Actor, AdminEntry, Invitation, Member, Passkey},
};
use serde::{Serialize, de::DeserializeOwned};

fn dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/people-v1")
}

#[test]
fn every_body_about_people_loads() {
    if env::var_os("RINGTRUE_WRITE_FIXTURES").is_some() {
        write(&dir());
    }
    let member: Member = read("member.json");
    assert_eq!((member.role, member.email.expose()), (Role::Owner, "ada@team.example"));
    let states = ["open", "accepted", "revoked"].map(|state| {
        let invitation: Invitation = read(&format!("invitation-{state}.json"));
        invitation.state
    });
    assert!(matches!(
        states,
        [InvitationState::Open, InvitationState::Accepted { .. }, InvitationState::Revoked { .. }]
    ));
    let passkey: Passkey = read("passkey.json");
    assert_eq!((passkey.id, passkey.member), (digest("passkey"), member.id));
    let key: AccessKey = read("access_key.json");
    assert_eq!((key.token, key.maker), (digest("key"), Some(member.id)));
    let deeds = every_deed(&Sample::default(), &member);
    for (number, deed) in deeds.iter().enumerate() {
        let entry: AdminEntry = read(&format!("entry-{number:02}.json"));
        assert_eq!(std::mem::discriminant(&entry.deed), std::mem::discriminant(deed));
    }
    let actors = (15..19).map(|number| read::<AdminEntry>(&format!("entry-{number:02}.json")).who);
    assert!(matches!(
        &*actors.collect::<Vec<_>>(),
        [Actor::Key(_), Actor::Member(_), Actor::Operator, Actor::Nobody]
    ));
    let files = fs::read_dir(dir()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(files.collect::<BTreeSet<_>>().len(), 6 + deeds.len(), "each one is read");
}

/// Reads a fixture; whatever is stored again loads again, as the same.
fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str) -> T {
    let text = fs::read_to_string(dir().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let value: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let again: T = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
    assert_eq!(value, again, "{name}");
    value
}

fn write(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    let put = |name: &str, value: serde_json::Value| {
        let path = dir.join(name);
        if !path.exists() {
            fs::write(path, serde_json::to_string_pretty(&value).unwrap() + "\n").unwrap();
        }
    };
    let mut sample = Sample::default();
    let member = sample.member("ada", Role::Owner);
    let at = sample.wall;
    put("member.json", serde_json::to_value(&member).unwrap());
    let states = [
        ("open", InvitationState::Open),
        ("accepted", InvitationState::Accepted { member: member.id, at }),
        ("revoked", InvitationState::Revoked { at }),
    ];
    for (name, state) in states {
        let invitation = Invitation { state, ..sample.invitation(&member, "invitation") };
        put(&format!("invitation-{name}.json"), serde_json::to_value(invitation).unwrap());
    }
    put("passkey.json", serde_json::to_value(sample.passkey(&member, "passkey")).unwrap());
    put("access_key.json", serde_json::to_value(sample.access_key(Some(&member), "key")).unwrap());
    let key = Actor::Key(AccessKeyId::from_bytes([13; 16]));
    for (number, deed) in every_deed(&sample, &member).into_iter().enumerate() {
        let who = [Actor::Member(member.id), Actor::Operator, Actor::Nobody, key][number % 4];
        let entry = AdminEntry { who, ..sample.admin_entry(&member, deed) };
        put(&format!("entry-{number:02}.json"), serde_json::to_value(entry).unwrap());
    }
}
