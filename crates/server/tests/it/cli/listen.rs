//! `ringtrue listen`

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use super::{
    Project,
    keyboard::Listening,
    receiver::{Got, Receiver},
    word,
};
use crate::client::{Api, LORANT, eventually};

const ISSUER: &str = "Example Issuer";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A project with an enrolled persona, and a receiver.
struct Scene {
    project: Project,
    origin: String,
    credential: [String; 2],
    api: Api,
    identity: String,
    receiver: Receiver,
}

impl Scene {
    async fn new(status: u16) -> Self {
        let project = Project::new(&[("RINGTRUE__WEBHOOK__ISSUER", ISSUER)]).await;
        let origin = format!("http://{}", project.server.address);
        let credential = project.credential("sandbox");
        let api = project.server.api.signed_in(&credential[0], &credential[1]).await;
        let enrolled = api.post("/v3/identity", &json!({ "phoneNumber": LORANT.number })).await.ok();
        let identity = word(&enrolled["identityId"]);
        Self { project, origin, credential, api, identity, receiver: Receiver::answering(status).await }
    }

    /// Lets the number be ported; its event's id.
    async fn port(&self, carrier: &str) -> String {
        let port = json!({ "identityId": self.identity, "eventType": "PORT", "newCarrier": carrier });
        word(&self.api.post("/v3/sandbox/events", &port).await.ok()["eventIds"][0])
    }

    async fn listen(&self, more: &[&str]) -> Listening {
        let listening = Listening::start(&self.origin, &self.receiver.url, &self.credential, more);
        listening.starts().await;
        listening
    }

    async fn got(&self, count: usize) -> Vec<Got> {
        eventually(&format!("{count} posts"), || async {
            let got = self.receiver.got();
            (got.len() >= count).then_some(got)
        })
        .await
    }
}

/// The claims of a delivery's JWT, which must be good.
fn claims(got: &Got, secret: &str) -> Value {
    let token = got.header("x-prove-authorization");
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[ISSUER]);
    let token = token.strip_prefix("Bearer ").unwrap();
    decode::<Value>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules).unwrap().claims
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_is_forwarded_as_the_server_would() {
    let scene = Scene::new(200).await;
    scene.port("Before").await;
    let mut listening = scene.listen(&[]).await;
    let secret = word(&listening.lines()[0]["secret"]);
    let event = scene.port("Other Mobile").await;
    let line = listening.says(2).await.remove(1);
    assert_eq!((&line["number"], &line["taken"], &line["attempt"]), (&json!(1), &json!(true), &json!(1)));
    assert_eq!(
        (&line["event"]["eventId"], &line["event"]["newCarrier"]),
        (&json!(event), &json!("Other Mobile"))
    );
    let got = scene.got(1).await;
    assert_eq!((got.len(), got[0].types()), (1, vec!["PORT".to_owned()]), "nothing from before");
    assert_eq!(got[0].id(), word(&line["webhookId"]));
    let claims = claims(&got[0], &secret);
    assert_eq!(claims["sub"], json!(scene.project.id), "as the server signs");
    let hash = digest::digest(&digest::SHA256, &got[0].body);
    assert_eq!(claims["bsh"], json!(URL_SAFE_NO_PAD.encode(hash)));

    listening.interrupt();
    let (status, took) = listening.ended().await;
    assert!(status.success(), "{}", listening.noted());
    // It waits up to 25 seconds for an event, and for a line from the terminal without end.
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_tried_again_under_the_same_id() {
    let scene = Scene::new(503).await;
    let mut listening = scene.listen(&["--secret", SECRET]).await;
    assert!(!listening.lines()[0].to_string().contains("whsec_"), "a secret that was given is not shown");
    let event = scene.port("One").await;
    listening.notes("tried again every 2 s with the same webhook-id").await;
    let refused = listening.says(2).await.remove(1);
    assert_eq!((&refused["taken"], &refused["outcome"]), (&json!(false), &json!("answered 503")));
    scene.got(2).await;
    scene.receiver.answer(200);
    let taken = listening.says(3).await.remove(2);
    assert_eq!((&taken["number"], &taken["taken"]), (&json!(1), &json!(true)));
    assert_eq!(taken["event"]["eventId"], json!(event));
    assert!(taken["attempt"].as_u64().unwrap() >= 3, "{taken}");
    let got = scene.receiver.got();
    assert!(got.iter().all(|one| one.id() == got[0].id() && one.body == got[0].body), "{got:?}");
    let attempts: std::collections::BTreeSet<_> =
        got.iter().map(|one| one.header("x-correlation-id")).collect();
    assert_eq!(attempts.len(), got.len(), "each attempt has an id of its own");
    for one in &got {
        claims(one, SECRET);
    }

    // What will never be taken is skipped, and does not stand in the way of the next.
    scene.receiver.answer(500);
    scene.port("Two").await;
    assert_eq!(listening.says(4).await[3]["outcome"], "answered 500");
    listening.types("s");
    listening.notes("skipped").await;
    scene.receiver.answer(200);
    scene.port("Three").await;
    let line = listening.says(5).await.remove(4);
    assert_eq!((&line["number"], &line["event"]["newCarrier"]), (&json!(3), &json!("Three")));
    listening.types("q");
    assert!(listening.ended().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_is_repeated_under_its_id() {
    let scene = Scene::new(200).await;
    scene.port("One").await;
    let mut listening = scene.listen(&["--from-start"]).await;
    assert_eq!(listening.says(2).await[1]["event"]["newCarrier"], "One", "what happened before comes too");
    scene.port("Two").await;
    listening.says(3).await;
    for (typed, number) in [("r 1", 1), ("r", 2), ("r 2", 2)] {
        let before = listening.lines().len();
        listening.types(typed);
        let line = listening.says(before + 1).await.remove(before);
        assert_eq!((&line["number"], &line["taken"]), (&json!(number), &json!(true)), "{typed}");
    }
    let got = scene.got(5).await;
    let ids: Vec<_> = got.iter().map(Got::id).collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[2..], [ids[0].clone(), ids[1].clone(), ids[1].clone()]);
    assert_eq!((&got[2].body, &got[3].body), (&got[0].body, &got[1].body));
    listening.types("r 3");
    listening.notes("no such event").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_it_at_once_whatever_it_waits_for() {
    let scene = Scene::new(503).await;
    let mut listening = scene.listen(&[]).await;
    scene.port("One").await;
    listening.notes("tried again").await;
    listening.interrupt();
    let (status, took) = listening.ended().await;
    assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
    listening.notes("events that were not taken: 1").await;

    // A server that takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", silent.local_addr().unwrap());
    let mut listening = Listening::start(&origin, &scene.receiver.url, &scene.credential, &[]);
    let connection = tokio::task::spawn_blocking(move || silent.accept().unwrap()).await.unwrap();
    listening.interrupt();
    let (status, took) = listening.ended().await;
    assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
    drop(connection);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_of_production_are_refused() {
    let scene = Scene::new(200).await;
    let production = scene.project.credential("production");
    let mut listening = Listening::start(&scene.origin, &scene.receiver.url, &production, &[]);
    assert!(!listening.ended().await.0.success());
    listening.notes("listening needs a credential of the sandbox: the server answered 403").await;
}
