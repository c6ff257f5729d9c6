//! Nothing of a person and no secret is ever logged or counted, at whatever level (`style.md` no. 13).
//!
//! A production server with a gateway of ours logs at level `trace` while flows of every kind run; then everything
//! that could have slipped is looked for.

mod gateway;
mod traffic;

use std::{fs, path::Path};

use serde_json::Value;

use crate::client::{Process, Sandbox, free_address, ringtrue};
use gateway::Gateway;
use traffic::Secrets;

const GATEWAY_KEY: &str = "gateway-key-5f1d0c";
/// One subscriber of the registry, whose number and name must not show either.
const SUBSCRIBERS: &str =
    "phoneNumber,firstName,lastName,carrier\n+14155552671,Ottoline,Quackenbush,Zephyrcell\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_and_nobodys_name_shows_in_logs_or_metrics() {
    let directory = tempfile::tempdir().unwrap();
    let gateway = Gateway::start(GATEWAY_KEY).await;
    configure(directory.path(), &gateway);
    let operations = free_address().to_string();
    let mut secrets = Secrets::default();
    secrets.add("gateway key", GATEWAY_KEY);
    secrets.add("subscriber", "Zephyrcell");
    let [sandbox, production] = credentials(directory.path(), &mut secrets);
    let environment =
        [("RINGTRUE__LOG__FILTER", "trace"), ("RINGTRUE__OPERATIONS__LISTEN", operations.as_str())];
    let server = Process::serve(directory.path(), &environment).await;
    let sign_in = async |pair: &[String; 2]| Sandbox { api: server.api.signed_in(&pair[0], &pair[1]).await };
    let (sandbox, production) = (sign_in(&sandbox).await, sign_in(&production).await);
    traffic::tokens(&server, &production, &mut secrets).await;
    traffic::production(&server, &production, &gateway, &mut secrets).await;
    traffic::sandbox(&server, &sandbox, &mut secrets).await;
    traffic::mistakes(&sandbox, &mut secrets).await;
    let metrics = metrics(&operations).await;
    server.terminate();
    let (_, log) = server.ended().await;
    // The places that were looked at are the right ones.
    assert!(
        metrics.contains("ringtrue_flows_started_total")
            && metrics.contains("ringtrue_connector_calls_total")
    );
    assert!(!metrics.contains("ringtrue_bugs_total"), "{metrics}");
    assert!(log.contains("\"level\":\"TRACE\"") && log.contains("/v1/client/mobile/otp/finish"));
    secrets.must_be_absent("the log", &without_timestamps(&log));
    secrets.must_be_absent("the metrics", &metrics);
}

fn configure(directory: &Path, gateway: &Gateway) {
    let settings = format!(
        "[sms]\nkind = \"http\"\n\
         [sms.http]\nurl = \"{}\"\nheaders = {{ Authorization = \"Bearer {{secret.key}}\" }}\n\
         secrets = {{ key = \"{GATEWAY_KEY}\" }}\nbody = {{ json = {{ to = \"{{to}}\", text = \"{{body}}\" }} }}\n",
        gateway.url,
    );
    fs::write(directory.join("ringtrue.toml"), settings).unwrap();
    let file = directory.join("subscribers.csv");
    fs::write(&file, SUBSCRIBERS).unwrap();
    ringtrue(directory, &["subscribers", "import", file.to_str().unwrap()]);
}

/// A credential of each environment.
fn credentials(directory: &Path, secrets: &mut Secrets) -> [[String; 2]; 2] {
    let project = ringtrue(directory, &["project", "create", "Shop"]);
    let project = project["projectId"].as_str().unwrap();
    ["sandbox", "production"].map(|environment| {
        let create = ["credentials", "create", "--project", project, "--environment", environment];
        let fresh = ringtrue(directory, &create);
        let pair = ["clientId", "clientSecret"].map(|name| fresh[name].as_str().unwrap().to_owned());
        secrets.add("client secret", &pair[1]);
        pair
    })
}

async fn metrics(address: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// Fractions of a second look like codes.
fn without_timestamps(log: &str) -> String {
    let lines = log.lines().map(|line| match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("timestamp");
            Value::Object(fields).to_string()
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
