//! `POST /feed/NAME`

use std::fmt::Write as _;

use aws_lc_rs::digest;
use http::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{NUMBER, OLD_SECRET, Post, STRANGER, but_for_once, events, serve, swaps};
use crate::client::Process;

const PATH: &str = "/feed/carrier";

#[tokio::test]
async fn a_signed_file_is_taken_in_once() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "").await;
    let file = format!(
        "phoneNumber,eventType,newCarrier,lineType,newLineType,theirOwn\r\n\
         {NUMBER},PORT,Carrier B,,,1\r\n\
         +14155552672,SIM_SWAP,,,,2\r\n\
         Zq7Marker,PORT,,,,3\r\n\
         {NUMBER},LINE_TYPE_CHANGE,,mobile,voip,4\r\n\
         {NUMBER},LINE_TYPE_CHANGE,,mobile,,5\r\n\
         {NUMBER},DISCONNECT,,,,6\r\n\
         {NUMBER},SIM_SWAP,,,,7\r\n"
    );
    let post = Post::csv(&file);
    let first = post.send(&server).await;
    assert_eq!(first.header("cache-control"), "no-store");
    let answer = first.ok();
    let hash = digest::digest(&digest::SHA256, file.as_bytes());
    let hash = hash.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    assert_eq!(
        answer,
        json!({
            "file": hash, "rows": 7, "rejected": 2, "events": 3, "alreadyTaken": false,
            "errors": [
                { "line": 4, "rule": "phoneNumber: must be a phone number in E.164, such as +14155550123" },
                { "line": 6, "rule": "newLineType: is required" },
            ],
        })
    );
    let told = ["PORT", "LINE_TYPE_CHANGE", "DISCONNECT"];
    assert_eq!(events(&api).await, told);
    // Sent once more as it was, and once more under another id.
    for post in [post.clone(), Post { id: "msg_2", at: 5, ..post }] {
        let again = post.send(&server).await.ok();
        assert_eq!(again["alreadyTaken"], true);
        assert_eq!(but_for_once(again), but_for_once(answer.clone()));
    }
    assert_eq!(events(&api).await, told);
    let lines = format!("{{\"phoneNumber\":\"{NUMBER}\",\"eventType\":\"PORT\"}}\n[]\n");
    let answer = Post::json_lines(lines).send(&server).await.ok();
    assert_eq!((&answer["rows"], &answer["rejected"], &answer["events"]), (&json!(2), &json!(1), &json!(0)));
}

#[tokio::test]
async fn who_cannot_sign_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "").await;
    let good = Post::csv(swaps(1));
    let wrong = "webhook-signature: is not that of this file";
    let late = "webhook-timestamp: must be within five minutes of now";
    for (post, message) in [
        (Post { key: STRANGER, ..good.clone() }, wrong),
        (Post { sent: Some(swaps(2)), ..good.clone() }, wrong),
        (Post { sent: Some(String::new()), ..good.clone() }, wrong),
        (Post { at: -400, ..good.clone() }, late),
        (Post { at: 400, ..good.clone() }, late),
    ] {
        let answer = post.send(&server).await;
        assert_eq!(answer.refused(401, 8002), message);
        assert_eq!(answer.header("www-authenticate"), "Standard-Webhooks");
    }
    for (missing, message) in [
        ("webhook-id", "webhook-id: is required, 255 characters at most"),
        ("webhook-timestamp", "webhook-timestamp: must be seconds since 1970"),
        ("webhook-signature", "webhook-signature: must be v1, and the base64 of a signature"),
    ] {
        assert_eq!(good.send_without(&server.api, missing).await.unwrap().refused(401, 8002), message);
    }
    // A back end's token is none for feeds.
    api.post(PATH, &json!({})).await.refused(401, 8002);
    for feed in ["nobody", "silent", "carrier%2F"] {
        assert_eq!(Post { feed, ..good.clone() }.send(&server).await.refused(404, 8404), "no such feed");
    }
    assert_eq!(events(&api).await, Vec::<String>::new());
    // While the sender changes its secret, both are good; and so is a file that is sent after it was refused.
    assert_eq!(Post { key: OLD_SECRET, ..good }.send(&server).await.ok()["events"], 1);
}

#[tokio::test]
async fn what_is_no_file_of_changes_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "").await;
    let good = Post::csv(swaps(1));
    let kinds = "Content-Type: must be text/csv, application/jsonl or application/x-ndjson";
    for kind in ["application/json", "text/plain", ""] {
        assert_eq!(Post { kind, ..good.clone() }.send(&server).await.refused(415, 8001), kinds);
    }
    assert_eq!(good.send_without(&server.api, "content-type").await.unwrap().refused(415, 8001), kinds);
    for (post, message) in [
        (Post::csv("number,event\n"), "body: line 1: the header needs a column phoneNumber"),
        (Post::csv("phoneNumber,event\n"), "body: line 1: the header needs a column eventType"),
        (Post::csv(""), "body: line 1: the header needs a column phoneNumber"),
        (Post::json_lines(swaps(1)), "body: line 1: must be a JSON object: each line is one"),
    ] {
        assert_eq!(post.send(&server).await.refused(400, 8001), message);
    }
    api.get(PATH).await.refused(405, 8405);
    let head = announced(&server, &good, 32 * 1024 * 1024 + 1).await;
    assert!(head.starts_with("HTTP/1.1 413 ") && head.contains("\"code\":8001"), "{head}");
    assert_eq!(events(&api).await, Vec::<String>::new());
    // In the wrong format it was not taken for a file without a good row.
    assert_eq!(good.send(&server).await.ok()["events"], 1);
}

/// The answer to a post that says how long it is, and sends nothing.
async fn announced(server: &Process, post: &Post, bytes: usize) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut head =
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {bytes}\r\n");
    for (name, value) in post.headers().into_iter().chain([("content-type", post.kind.to_owned())]) {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all((head + "\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn nothing_of_a_file_is_logged() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api) = serve(directory.path(), "[log]\nfilter = \"trace\"").await;
    let file = format!(
        "phoneNumber,eventType,newPhoneNumber,newCarrier\n{NUMBER},PORT,,Zephyrcell\nZq7Marker,PORT,,\n\
         {NUMBER},PHONE_NUMBER_CHANGE,+14155552699,\n"
    );
    let post = Post::csv(file);
    let [.., (_, signature)] = post.headers();
    let digest = post.send(&server).await.ok()["file"].as_str().unwrap().to_owned();
    Post { key: STRANGER, ..post }.send(&server).await.refused(401, 8002);
    assert_eq!(events(&api).await, ["PORT", "PHONE_NUMBER_CHANGE"]);
    server.terminate();
    let (_, log) = server.ended().await;
    assert!(log.contains("/feed/{name}"), "{log}");
    let secrets = [super::secret(super::SECRET), super::secret(OLD_SECRET)];
    let personal = ["5552671", "5552699", "Zephyrcell", "Zq7Marker"].map(str::to_owned);
    for found in secrets.into_iter().chain(personal).chain([signature, digest]) {
        let found = found.trim_start_matches("v1,").trim_start_matches("whsec_");
        assert!(!log.contains(found), "{found} is in the log");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not_call() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _) = serve(directory.path(), "").await;
    let asked = server.api.call(Method::OPTIONS, PATH).header("origin", "https://shop.example");
    let answer = asked.header("access-control-request-method", "POST").send().await;
    assert!(!answer.status.is_success() && answer.headers.get("access-control-allow-origin").is_none());
    let answer = Post::csv(swaps(1)).send(&server).await;
    assert!(answer.headers.get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn a_sender_has_the_limit_of_a_credential() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _) = serve(directory.path(), "[limits]\nrequests_per_second = 1").await;
    // Others take nothing of it.
    for _ in 0..5 {
        Post { key: STRANGER, ..Post::csv(swaps(1)) }.send(&server).await.refused(401, 8002);
    }
    let mut refused = None;
    for rows in 1..20 {
        let answer = Post::csv(swaps(rows)).send(&server).await;
        assert_eq!(answer.header("ratelimit-policy"), "\"credential\";q=1;w=1");
        assert!(rows > 1 || answer.status == 200, "{}", answer.text());
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nineteen files took longer than a second each");
    assert_eq!(refused.refused(429, 8429), "rate limit: at most 1 requests per second");
    assert_eq!(refused.header("retry-after"), "1");
}
