//! Files of changes that carriers and vendors send: posted, dropped into a directory, or taken by a command.

mod dropped;
mod interrupted;
mod posted;
mod taken;

use std::{fmt::Write as _, fs, path::Path};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Api, Process, ringtrue};

/// A number that can be mobile, and that everybody in these tests watches.
const NUMBER: &str = "+14155552671";
const SECRET: [u8; 32] = [1; 32];
const OLD_SECRET: [u8; 32] = [2; 32];
const STRANGER: [u8; 32] = [3; 32];

fn secret(key: [u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// Writes a configuration with the feeds `carrier`, signed and dropped, and `silent`, which only the command takes.
fn configure(directory: &Path, more: &str) {
    let (secret_file, dropped) = (directory.join("feed-secret"), directory.join("dropped"));
    fs::write(&secret_file, secret(SECRET) + "\n").unwrap();
    fs::create_dir_all(&dropped).unwrap();
    let settings = format!(
        "{more}\n[[feed]]\nname = \"carrier\"\nsecret_file = \"{}\"\nold_secret = \"{}\"\n\
         directory = \"{}\"\n[[feed]]\nname = \"silent\"\n",
        secret_file.display(),
        secret(OLD_SECRET),
        dropped.display(),
    );
    fs::write(directory.join("ringtrue.toml"), settings).unwrap();
}

/// `client_id` and `client_secret` of a new project's production environment.
fn credentials(directory: &Path, place: &[&str]) -> (String, String) {
    let project = ringtrue(directory, &[&["project", "create", "Shop"], place].concat());
    let project = project["projectId"].as_str().unwrap();
    let create = ["credentials", "create", "--project", project, "--environment", "production"];
    let fresh = ringtrue(directory, &[&create, place].concat());
    let text = |name: &str| fresh[name].as_str().unwrap().to_owned();
    (text("clientId"), text("clientSecret"))
}

/// The back end, which watches [`NUMBER`].
async fn watching(server: &Process, credentials: &(String, String)) -> Api {
    let api = server.api.signed_in(&credentials.0, &credentials.1).await;
    api.post("/v3/identity", &json!({ "phoneNumber": NUMBER, "clientCustomerId": "c-1" })).await.ok();
    api
}

/// A server with both.
async fn serve(directory: &Path, more: &str) -> (Process, Api) {
    configure(directory, more);
    let credentials = credentials(directory, &[]);
    let server = Process::serve(directory, &[]).await;
    let api = watching(&server, &credentials).await;
    (server, api)
}

/// The types of all events so far.
async fn events(api: &Api) -> Vec<String> {
    let (mut kinds, mut after) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/v3/events?limit=100{after}")).await.ok();
        let events = page["events"].as_array().unwrap();
        kinds.extend(events.iter().map(|event| event["eventType"].as_str().unwrap().to_owned()));
        if page["more"] != true {
            return kinds;
        }
        after = format!("&after={}", page["cursor"].as_str().unwrap());
    }
}

/// A file of that many SIM swaps; taken in again, each would be an event again.
fn swaps(rows: usize) -> String {
    let mut text = "phoneNumber,eventType\n".to_owned();
    for _ in 0..rows {
        writeln!(text, "{NUMBER},SIM_SWAP").unwrap();
    }
    text
}

/// A post that can be spoilt before it is sent.
#[derive(Clone)]
struct Post {
    feed: &'static str,
    key: [u8; 32],
    id: &'static str,
    /// Seconds from now.
    at: i64,
    kind: &'static str,
    body: String,
    /// What is sent instead of what was signed.
    sent: Option<String>,
}

impl Post {
    fn csv(body: impl Into<String>) -> Self {
        let (feed, kind) = ("carrier", "text/csv; charset=utf-8");
        Self { feed, key: SECRET, id: "msg_1", at: 0, kind, body: body.into(), sent: None }
    }

    fn json_lines(body: impl Into<String>) -> Self {
        Self { kind: "application/x-ndjson", ..Self::csv(body) }
    }

    /// The three headers of Standard Webhooks 1.0.0.
    fn headers(&self) -> [(&'static str, String); 3] {
        let at = now() + self.at;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key);
        let tag = hmac::sign(&key, format!("{}.{at}.{}", self.id, self.body).as_bytes());
        [
            ("webhook-id", self.id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", format!("v1,{}", STANDARD.encode(tag))),
        ]
    }

    async fn send_without(&self, api: &Api, missing: &str) -> Option<Answer> {
        let mut call = api.call(Method::POST, &format!("/feed/{}", self.feed));
        for (name, value) in self.headers().into_iter().chain([("content-type", self.kind.to_owned())]) {
            if name != missing {
                call = call.header(name, &value);
            }
        }
        call.body(self.sent.clone().unwrap_or_else(|| self.body.clone())).try_send().await
    }

    async fn send(&self, server: &Process) -> Answer {
        self.send_without(&server.api, "").await.expect("the server answers")
    }
}

#[expect(clippy::disallowed_methods, reason = "the sender has a clock of its own")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An answer without what tells the first time from the others.
fn but_for_once(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("alreadyTaken");
    answer
}
