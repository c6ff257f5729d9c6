//! Files in a directory, worked off by the server itself.

use std::fs;

use super::{events, serve, swaps};
use crate::client::{eventually, ringtrue};

#[tokio::test]
async fn the_server_works_a_directory_off() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "").await;
    let dropped = directory.path().join("dropped");
    // As senders are asked to: written under another name, then moved.
    fs::write(dropped.join("day.csv.part"), swaps(2) + "Zq7Marker,SIM_SWAP\n").unwrap();
    fs::rename(dropped.join("day.csv.part"), dropped.join("day.csv")).unwrap();
    let names = |directory: &str| -> Vec<String> {
        let entries = fs::read_dir(dropped.join(directory)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let away = async || names("taken").iter().any(|name| name.ends_with("-day.csv")).then_some(());
    eventually("the file to be put away", away).await;
    assert_eq!(events(&api).await, ["SIM_SWAP"; 2]);
    assert!(
        names("taken").iter().any(|name| name.ends_with("-day.csv.report.jsonl")),
        "{:?}",
        names("taken")
    );
    let log = server.log();
    assert!(log.contains("a file of changes was taken in") && !log.contains("Zq7Marker"), "{log}");
}

#[test]
fn the_doctor_looks_at_directories() {
    let directory = tempfile::tempdir().unwrap();
    super::configure(directory.path(), "");
    ringtrue(directory.path(), &["project", "create", "Shop"]);
    let feeds = || -> Vec<(String, String)> {
        let found = ringtrue(directory.path(), &["doctor"]);
        let feeds = found["checks"].as_array().unwrap().iter().filter(|one| one["check"] == "feed");
        let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
        feeds.map(|one| (text(one, "result"), text(one, "text"))).collect()
    };
    let said = feeds();
    assert_eq!((said[0].0.as_str(), said[1].0.as_str()), ("ok", "note"), "{said:?}");
    assert!(said[0].1.contains("posted to /feed/carrier, or dropped into "), "{said:?}");
    assert!(said[1].1.contains("silent: has neither secret nor directory"), "{said:?}");
    fs::remove_dir(directory.path().join("dropped")).unwrap();
    let refused = crate::client::refusal(directory.path(), &["doctor", "--json"], &[]);
    assert_eq!(refused, "", "a finding is a result");
}
