//! An installation with enrolled numbers, a webhook, and a registry whose carriers change.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::receiver::Receiver;
use crate::client::{Process, eventually, ringtrue};

/// Identities that one call enrols at most.
const BATCH: usize = 100;

/// What the nodes of a test share.
pub(super) struct Scene {
    directory: TempDir,
    /// The URL of a PostgreSQL database; empty for the embedded store.
    store: String,
    project: String,
    client: (String, String),
    people: usize,
    pub(super) receiver: Receiver,
}

impl Scene {
    /// A project with a webhook and so many people in the registry, none of them enrolled.
    pub(super) async fn set(store: String, people: usize) -> Self {
        let (directory, receiver) = (tempfile::tempdir().unwrap(), Receiver::new().await);
        let (project, client) = (String::new(), (String::new(), String::new()));
        let mut scene = Self { directory, store, project, client, people, receiver };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        scene.project = text(&scene.run(&["project", "create", "Shop"])["projectId"]);
        let which = ["--project", &scene.project, "--environment", "production"];
        let fresh = scene.run(&[&["credentials", "create"][..], &which].concat());
        scene.client = (text(&fresh["clientId"]), text(&fresh["clientSecret"]));
        let saved =
            scene.run(&[&["webhook", "set", &scene.receiver.url(), "--no-test"][..], &which].concat());
        assert_eq!(saved["created"], true);
        scene.receiver.learn(saved["secret"].as_str().unwrap(), &scene.project);
        scene.change_carriers(0).await.unwrap();
        scene
    }

    /// A node.
    pub(super) async fn node(&self) -> Process {
        let mut environment = vec![
            ("RINGTRUE__WEBHOOK__ALLOW_NETWORKS", "[\"127.0.0.0/8\"]"),
            ("RINGTRUE__WEBHOOK__TIMEOUT_SECONDS", "1"),
            ("RINGTRUE__DELIVERY__RETRY_PAUSES_SECONDS", "[1]"),
            ("RINGTRUE__DELIVERY__PARALLEL", "24"),
            ("RINGTRUE__DELIVERY__MAX_EVENTS", "4"),
            ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "0"),
        ];
        if !self.store.is_empty() {
            environment.push(("RINGTRUE__STORE", &self.store));
        }
        Process::serve(self.directory.path(), &environment).await
    }

    /// Enrols everybody.
    pub(super) async fn enrol(&self, node: &Process) {
        let api = node.api.signed_in(&self.client.0, &self.client.1).await;
        for from in (0..self.people).step_by(BATCH) {
            let numbers = (from..self.people.min(from + BATCH)).map(number);
            let items: Vec<_> = numbers.map(|number| json!({ "phoneNumber": number })).collect();
            let answer = api.post("/v3/identity/batch", &json!({ "items": items })).await.ok();
            for result in answer["results"].as_array().unwrap() {
                assert!(result["identityId"].is_string(), "{result}");
            }
        }
    }

    /// Everybody changes the carrier, by an import in a process of its own that runs beside the nodes.
    pub(super) fn change_carriers(&self, round: usize) -> JoinHandle<()> {
        let mut rows = "phoneNumber,firstName,lineType,carrier\n".to_owned();
        for person in 0..self.people {
            writeln!(rows, "{},Ada,mobile,Carrier {round}", number(person)).unwrap();
        }
        let file = self.directory.path().join(format!("{round}.csv"));
        fs::write(&file, rows).unwrap();
        let (directory, store, people) = (self.directory.path().to_owned(), self.store.clone(), self.people);
        tokio::task::spawn_blocking(move || {
            let words = ["subscribers", "import", file.to_str().unwrap()];
            let counts = run(&directory, &store, &words);
            assert_eq!((&counts["imported"], &counts["rejected"]), (&json!(people), &json!(0)), "{counts}");
        })
    }

    /// A command about the webhook.
    pub(super) fn webhook(&self, verb: &str) -> Value {
        self.run(&["webhook", verb, "--project", &self.project, "--environment", "production"])
    }

    /// Waits for so many more posts.
    pub(super) async fn posts(&self, more: usize) {
        let wanted = self.receiver.book().posts() + more;
        let enough = || async { (self.receiver.book().posts() >= wanted).then_some(()) };
        eventually("posts", enough).await;
    }

    /// Waits until so many events have been taken.
    pub(super) async fn taken(&self, events: usize) {
        let all = || async { (self.receiver.book().count_taken() >= events).then_some(()) };
        eventually("all events", all).await;
    }

    /// All events as they happened.
    pub(super) async fn stream(&self, node: &Process) -> Vec<Value> {
        let api = node.api.signed_in(&self.client.0, &self.client.1).await;
        let (mut stream, mut after) = (Vec::new(), String::new());
        loop {
            let page = api.get(&format!("/v3/events?waitSeconds=0{after}")).await.ok();
            stream.extend(page["events"].as_array().unwrap().iter().cloned());
            if page["more"] != true {
                return stream;
            }
            after = format!("&after={}", page["cursor"].as_str().unwrap());
        }
    }

    fn run(&self, words: &[&str]) -> Value {
        run(self.directory.path(), &self.store, words)
    }
}

fn run(directory: &Path, store: &str, words: &[&str]) -> Value {
    let place: &[&str] = if store.is_empty() { &[] } else { &["--store", store] };
    ringtrue(directory, &[words, place].concat())
}

/// A number that can be mobile.
fn number(person: usize) -> String {
    format!("+1415{}", 2_000_000 + person)
}
