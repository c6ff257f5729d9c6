//! `ringtrue feed take`

use std::fs;

use serde_json::json;

use super::{NUMBER, Post, configure, events, serve, swaps};
use crate::client::{refusal, ringtrue, succeeds};

#[tokio::test]
async fn a_command_takes_files_beside_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "").await;
    let file = directory.path().join("day.jsonl");
    let row = |number: &str| json!({ "phoneNumber": number, "eventType": "SIM_SWAP", "theirs": 1 });
    fs::write(&file, format!("{}\n{}\n\n", row(NUMBER), row("Zq7Marker"))).unwrap();
    let take = |feed: &str| ringtrue(directory.path(), &["feed", "take", feed, file.to_str().unwrap()]);
    let first = take("silent");
    assert_eq!((&first["rows"], &first["rejected"], &first["events"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(first["alreadyTaken"], false);
    let again = take("carrier");
    assert_eq!(
        (&again["file"], &again["events"], &again["alreadyTaken"]),
        (&first["file"], &json!(1), &json!(true))
    );
    // The same content by the other door.
    let posted = Post::json_lines(fs::read_to_string(&file).unwrap()).send(&server).await.ok();
    assert_eq!((&posted["file"], &posted["alreadyTaken"]), (&first["file"], &json!(true)));
    assert_eq!(events(&api).await, ["SIM_SWAP"]);
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    configure(directory.path(), "");
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = file("good.csv", &swaps(1));
    for (feed, path, said) in [
        ("nobody", good.clone(), "the configuration has no feed of this name"),
        ("carrier", file("good.txt", &swaps(1)), "must end in .csv or .jsonl"),
        ("carrier", file("bad.csv", "a,b\n"), "line 1: the header needs a column phoneNumber"),
        ("carrier", "nothing.csv".to_owned(), "nothing.csv cannot be read"),
    ] {
        let text = refusal(directory.path(), &["feed", "take", feed, &path], &[]);
        assert!(text.contains(said), "{text}");
    }
    succeeds(directory.path(), &["feed", "take", "carrier", &good], &[]);
}
