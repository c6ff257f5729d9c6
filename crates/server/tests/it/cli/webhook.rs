//! `ringtrue webhook`

use serde_json::{Value, json};

use super::{Project, receiver::Receiver, word};
use crate::client::{Api, LORANT, eventually, output, ringtrue};

/// A project whose webhook leads to a receiver.
struct Scene {
    project: Project,
    api: Api,
    identity: String,
    receiver: Receiver,
}

/// What a command said, and its exit code.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Scene {
    async fn new(status: u16) -> Self {
        let project = Project::new(&[]).await;
        let api = project.signed_in("sandbox").await;
        let enrolled = api.post("/v3/identity", &json!({ "phoneNumber": LORANT.number })).await.ok();
        let receiver = Receiver::answering(status).await;
        Self { identity: word(&enrolled["identityId"]), project, api, receiver }
    }

    fn words<'a>(&'a self, command: &[&'a str]) -> Vec<&'a str> {
        let which = ["--project", &self.project.id, "--environment", "sandbox"];
        [&["webhook"], command, &which].concat()
    }

    /// Runs a command that must succeed.
    fn json(&self, command: &[&str]) -> Value {
        ringtrue(self.project.path(), &self.words(command))
    }

    fn say(&self, command: &[&str]) -> Said {
        let output = output(self.project.path(), &self.words(command));
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    async fn swap_sim(&self) {
        let swap = json!({ "identityId": self.identity, "eventType": "SIM_SWAP" });
        self.api.post("/v3/sandbox/events", &swap).await.ok();
    }

    async fn advance(&self, seconds: u32) {
        self.api.post("/v3/sandbox/clock", &json!({ "advanceSeconds": seconds })).await.ok();
    }

    /// Asks until the report has what is wanted.
    async fn shown(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(what, || async { Some(self.json(&["show"])).filter(&wanted) }).await
    }

    /// Waits until all deliveries of events are in a state; their ids, newest first.
    async fn all(&self, state: &str, count: usize) -> Vec<String> {
        let list = || async {
            let found = self.json(&["deliveries", "--state", state]);
            let found = found["deliveries"].as_array().unwrap().clone();
            (found.len() == count).then(|| found.iter().map(|one| word(&one["id"])).collect())
        };
        eventually(&format!("{count} deliveries that are {state}"), list).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_saved_tested_and_removed() {
    let scene = Scene::new(500).await;
    assert!(scene.say(&["show"]).err.contains("webhook: is not set"));
    let saved = scene.json(&["set", &scene.receiver.url]);
    let secret = word(&saved["secret"]);
    assert_eq!((&saved["created"], &saved["test"]["status"]), (&json!(true), &json!(500)));
    assert_eq!(saved["test"]["delivered"], false);
    assert_eq!(scene.receiver.got()[0].types(), ["TEST"]);

    let failed = scene.say(&["test"]);
    assert_eq!(failed.code, 1, "{}", failed.out);
    assert!(failed.out.starts_with("answered 500 in "), "{}", failed.out);
    assert_eq!(failed.err, "", "nothing to be said of networks");
    scene.receiver.answer(204);
    let passed = scene.say(&["test"]);
    assert_eq!(passed.code, 0);
    assert!(passed.out.starts_with("answered 204 in "), "{}", passed.out);

    let again = scene.json(&["set", &scene.receiver.url, "--no-test"]);
    assert_eq!((&again["created"], again.get("secret")), (&json!(false), None));
    assert_eq!(scene.json(&["secret"])["secrets"][0]["secret"], json!(secret));
    assert_eq!(scene.say(&["remove"]).code, 2, "it has to be confirmed");
    assert_eq!(scene.json(&["remove", "--yes"]), json!({ "removed": true }));
    assert!(scene.say(&["test"]).err.contains("webhook: is not set"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_wrong_is_said_once() {
    let scene = Scene::new(200).await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, words, hint) in [
        (
            format!("http://{}/hook", silent.local_addr().unwrap()),
            "no complete answer within the time limit",
            false,
        ),
        (format!("http://{gone}/hook"), "the connection was refused", false),
        ("http://nobody.invalid/hook".to_owned(), "the host name has no address", false),
        ("http://10.9.8.7/hook".to_owned(), "the host's address is not allowed", true),
    ] {
        let saved = scene.say(&["set", &url]);
        assert!(saved.out.contains(&format!("test     {words}\n")), "{}", saved.out);
        assert_eq!(saved.err.contains("webhook.allow_networks"), hint, "{}", saved.err);
    }
    assert!(scene.say(&["test"]).err.contains("webhook.allow_networks"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_endpoint_is_shown_and_its_deliveries_are_replayed() {
    let scene = Scene::new(500).await;
    scene.json(&["set", &scene.receiver.url, "--no-test"]);
    scene.swap_sim().await;
    // One that is in a delivery already waits too.
    let failing = scene.shown("a failed attempt", |shown| shown["failures"].as_u64() >= Some(1)).await;
    assert_eq!((&failing["waiting"], &failing["warnings"]), (&json!(1), &json!(0)));
    assert!(!scene.say(&["show"]).out.contains("warnings"));
    scene.advance(2 * 60 * 60).await;
    scene.shown("a warning", |shown| shown["warnings"] == 1).await;
    let shown = scene.say(&["show"]).out;
    assert!(shown.contains("warnings   1 so far") && shown.contains("waiting    1 events"), "{shown}");

    scene.receiver.answer(200);
    scene.advance(2 * 60 * 60).await;
    let delivered = scene.all("delivered", 1).await;
    let shown = scene.shown("nothing that waits", |shown| shown["waiting"] == 0).await;
    assert_eq!(shown["warnings"], 0);
    let one = scene.json(&["delivery", &delivered[0]]);
    assert_eq!((one["eventIds"].as_array().unwrap().len(), &one["state"]), (1, &json!("delivered")));
    let attempts = one["attemptList"].as_array().unwrap();
    assert_eq!((&attempts[0]["status"], &attempts.last().unwrap()["status"]), (&json!(500), &json!(200)));
    let said = scene.say(&["delivery", &delivered[0]]).out;
    assert!(said.contains("SIM_SWAP") && said.contains("answered 500"), "{said}");

    scene.swap_sim().await;
    let both = scene.all("delivered", 2).await;
    let before = scene.receiver.got().len();
    let said = scene.say(&["replay", &both[0]]);
    assert_eq!(said.out, "1 delivery was opened again\n");
    assert_eq!(said.err, "the running server sends them, under the ids that they have\n");
    let repeated = eventually("the replay", || async { scene.receiver.got().get(before).cloned() }).await;
    assert_eq!(repeated.id(), both[0]);
    scene.all("delivered", 2).await;
    let none = scene.json(&["replay", "--failed"]);
    assert_eq!(none, json!({ "opened": 0, "paused": false }));

    scene.json(&["pause"]);
    let said = scene.say(&["replay", "--from", "2020-01-01T00:00:00Z"]);
    assert_eq!(said.out, "2 deliveries were opened again\n");
    assert!(said.err.contains("the webhook is paused: nothing is sent until `ringtrue webhook resume`"));
    assert_eq!(scene.json(&["show"])["waiting"], 2);
    scene.json(&["resume"]);
    scene.all("delivered", 2).await;
    assert_eq!(scene.receiver.got().len(), before + 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_rotated_with_an_overlap() {
    let scene = Scene::new(200).await;
    scene.json(&["set", &scene.receiver.url, "--no-test"]);
    let secrets = |answer: Value| answer["secrets"].as_array().unwrap().clone();
    let signatures = || {
        scene.json(&["test"]);
        scene.receiver.got().pop().unwrap().header("webhook-signature").split(' ').count()
    };
    let old = secrets(scene.json(&["secret"]));
    assert_eq!((old.len(), signatures()), (1, 1));
    let two = secrets(scene.json(&["rotate", "--overlap", "1h"]));
    assert_eq!((two.len(), &two[0]["secret"], signatures()), (2, &old[0]["secret"], 2));
    let refused = scene.say(&["rotate", "--finish", "--overlap", "1h"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("cannot be used with"), "{}", refused.err);
    let new = secrets(scene.json(&["rotate", "--finish"]));
    assert_eq!((new.len(), &new[0]["secret"], signatures()), (1, &two[1]["secret"], 1));
}
