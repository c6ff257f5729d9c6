//! Bodies as earlier versions stored them: each must still load. A fixture is never changed once released; a new state or
//! field gets new ones (`RINGTRUE_WRITE_FIXTURES=1 cargo test -p ringtrue-store fixtures`).

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use ringtrue_domain::{
    Flow, LineType,
    identity::{EventType, Line, What},
};
use ringtrue_engine::{
    conformance::{
        sample::{PRODUCTION, Sample, phone},
        watching::attempt,
    },
    model::{Answer, ChangeEvent, Identity, NoAnswer, Outcome, PauseReason, Paused, Webhook},
};

fn dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/flow-v1")
}

/// Possession's tags, so that none is forgotten.
const STATES: &[&str] =
    &["awaiting_device", "code_sent", "failed", "link_sent", "network_check", "not_required", "proven"];

#[test]
fn every_flow_ever_stored_loads() {
    if env::var_os("RINGTRUE_WRITE_FIXTURES").is_some() {
        write();
    }
    let mut states = Vec::new();
    for entry in fs::read_dir(dir()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let flow: Flow =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // Whatever is stored again loads again, as the same flow.
        let again: Flow = serde_json::from_str(&serde_json::to_string(&flow).unwrap()).unwrap();
        assert_eq!(flow, again, "{}", path.display());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        states.push(json["possession"]["state"].as_str().unwrap().to_owned());
    }
    states.sort();
    states.dedup();
    assert_eq!(states, STATES);
}

fn write() {
    for (name, flow) in Sample::default().every_state() {
        let path = dir().join(format!("{name}.json"));
        if !path.exists() {
            fs::write(path, serde_json::to_string_pretty(&flow).unwrap() + "\n").unwrap();
        }
    }
}

/// A body of each kind about watched numbers, as the first version that had it wrote it.
const WATCHED: &str = "watched-v1";

#[test]
fn every_body_about_watched_numbers_loads() {
    let dir = dir().with_file_name(WATCHED);
    if env::var_os("RINGTRUE_WRITE_FIXTURES").is_some() {
        write_watched(&dir);
    }
    let read = |name: &str| fs::read_to_string(dir.join(name)).unwrap();
    let from_before: Identity = serde_json::from_str(&read("identity-before.json")).unwrap();
    assert!(from_before.is_watched() && from_before.line == Line::default());
    assert!(serde_json::from_str::<Identity>(&read("identity.json")).unwrap().is_watched());
    for (number, kind) in EventType::CHANGES.into_iter().enumerate() {
        let event: ChangeEvent = serde_json::from_str(&read(&format!("event-{number}.json"))).unwrap();
        assert_eq!(event.what.event_type(), kind);
    }
    let webhook: Webhook = serde_json::from_str(&read("webhook.json")).unwrap();
    assert!(matches!(webhook.paused, Some(Paused { why: PauseReason::Failing { .. }, .. })));
    let answered: Outcome = serde_json::from_str(&read("outcome-answered.json")).unwrap();
    assert!(matches!(answered, Outcome::Answered(Answer { status: 500, retry_after_seconds: Some(7), .. })));
    let none: Outcome = serde_json::from_str(&read("outcome-none.json")).unwrap();
    assert!(matches!(none, Outcome::NoAnswer { why: NoAnswer::TimedOut, .. }));
}

fn write_watched(dir: &Path) {
    let put = |name: &str, value: serde_json::Value| {
        let path = dir.join(name);
        if !path.exists() {
            fs::write(path, serde_json::to_string_pretty(&value).unwrap() + "\n").unwrap();
        }
    };
    fs::create_dir_all(dir).unwrap();
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "customer-1");
    let json = serde_json::to_value(&identity).unwrap();
    let mut before = json.clone();
    for added in ["line", "details", "active", "stream"] {
        before.as_object_mut().unwrap().remove(added);
    }
    put("identity-before.json", before);
    put("identity.json", json);
    let kinds = [
        What::PhoneNumberChange { new: Some(phone(2)) },
        What::Disconnect,
        What::Port { carrier: None, new_carrier: Some("Ünïcode Mobile".into()) },
        What::LineTypeChange { from: None, to: LineType::Voip },
        What::MovedOutOfCoverage,
        What::SimSwap,
    ];
    for (number, what) in kinds.into_iter().enumerate() {
        let event = ChangeEvent { what, ..sample.event(&identity) };
        put(&format!("event-{number}.json"), serde_json::to_value(event).unwrap());
    }
    let why = PauseReason::Failing { since: sample.wall };
    let webhook = Webhook { paused: Some(Paused { why, at: sample.wall }), ..sample.webhook(PRODUCTION) };
    put("webhook.json", serde_json::to_value(webhook).unwrap());
    let answered = attempt(&sample.test_delivery(PRODUCTION), 1).outcome;
    put("outcome-answered.json", serde_json::to_value(answered).unwrap());
    let none = Outcome::NoAnswer { why: NoAnswer::TimedOut, detail: "nobody answered".into() };
    put("outcome-none.json", serde_json::to_value(none).unwrap());
}
