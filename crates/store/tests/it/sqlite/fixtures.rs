//! Flows as earlier versions stored them: each must still load. A fixture is never changed once released; a new state or
//! field gets new ones (`RINGTRUE_WRITE_FIXTURES=1 cargo test -p ringtrue-store fixtures`).

use std::{env, fs, path::PathBuf};

use ringtrue_domain::Flow;
use ringtrue_engine::conformance::sample::Sample;

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
