//! `ringtrue subscribers`: what it says of changes of watched numbers.

use std::fs;

use serde_json::{Value, json};

use super::Project;
use crate::client::{Api, output, refusal, ringtrue};

const NUMBER: &str = "+14155550123";

async fn events(api: &Api) -> Vec<Value> {
    api.get("/v3/events").await.ok()["events"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_sums_up_what_changed() {
    let project = Project::new(&[]).await;
    let path = project.path();
    let api = project.signed_in("production").await;
    let file = path.join("people.csv");
    let import = |rows: &str| {
        fs::write(&file, format!("phoneNumber,firstName,lastName,carrier,lineType,status\n{rows}")).unwrap();
        ringtrue(path, &["subscribers", "import", file.to_str().unwrap()])
    };
    let second = "+14155550124";
    let people = format!("{NUMBER},Ann,Lee,One,mobile,active\n{second},Bob,Ray,One,mobile,active\n");
    let first = import(&people);
    assert_eq!(first, json!({ "imported": 2, "unchanged": 0, "rejected": 0, "events": {} }));
    for number in [NUMBER, second] {
        api.post("/v3/identity", &json!({ "phoneNumber": number })).await.ok();
    }

    let changed =
        format!("{NUMBER},Ann,Lee,Two,voip,active\n{second},Bob,Ray,One,mobile,disconnected\nx,,,,,\n");
    let summary = import(&changed);
    let kinds = json!({ "PORT": 1, "LINE_TYPE_CHANGE": 1, "DISCONNECT": 1 });
    assert_eq!(summary, json!({ "imported": 2, "unchanged": 0, "rejected": 1, "events": kinds }));
    assert_eq!(events(&api).await.len(), 3);

    let again = output(path, &["subscribers", "import", file.to_str().unwrap()]);
    let said = String::from_utf8(again.stdout).unwrap();
    assert_eq!(said, "0 imported, 2 unchanged, 1 rejected\n");
    assert!(String::from_utf8(again.stderr).unwrap().contains("line 4: phoneNumber: "));
    assert_eq!(events(&api).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_subscriber_is_set() {
    let project = Project::new(&[]).await;
    let path = project.path();
    let api = project.signed_in("production").await;
    let set = |carrier: &str| {
        let known =
            ["--first-name", "Ann", "--last-name", "Lee", "--line-type", "mobile", "--carrier", carrier];
        output(path, &[&["subscribers", "set", "--phone-number", NUMBER][..], &known[..]].concat())
    };
    assert_eq!(set("One").stdout, b"1 imported, 0 unchanged, 0 rejected\n");
    api.post("/v3/identity", &json!({ "phoneNumber": NUMBER })).await.ok();
    assert_eq!(set("One").stdout, b"0 imported, 1 unchanged, 0 rejected\n");
    let ported = String::from_utf8(set("Two").stdout).unwrap();
    assert_eq!(ported, "1 imported, 0 unchanged, 0 rejected\n1 × PORT\n");
    let event = events(&api).await.remove(0);
    assert_eq!((&event["carrier"], &event["newCarrier"]), (&json!("One"), &json!("Two")));

    let said = refusal(path, &["subscribers", "set", "--phone-number", "12"], &[]);
    assert!(said.contains("phoneNumber: "), "{said}");
}
