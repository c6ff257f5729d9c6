//! §1: 25 requests per second and credential by default, configurable, off for the demo.

use std::{path::Path, time::Instant};

use serde_json::json;

use crate::client::{Answer, Api, Process, eventually, ringtrue};

/// A project with two credentials on a server of its own; the project's id last.
async fn serve(directory: &Path, environment: &[(&str, &str)]) -> (Process, Api, Api, String) {
    let project = ringtrue(directory, &["project", "create", "Shop"]);
    let id = project["projectId"].as_str().unwrap().to_owned();
    let server = Process::serve(directory, environment).await;
    let mut apis = Vec::new();
    for _ in 0..2 {
        let create = ["credentials", "create", "--project", &id, "--environment", "sandbox"];
        let fresh = ringtrue(directory, &create);
        let (id, secret) = (&fresh["clientId"], &fresh["clientSecret"]);
        apis.push(server.api.signed_in(id.as_str().unwrap(), secret.as_str().unwrap()).await);
    }
    let second = apis.pop().unwrap();
    (server, apis.pop().unwrap(), second, id)
}

/// Many calls at once.
async fn burst(api: &Api, n: usize) -> (Vec<Answer>, Vec<Answer>) {
    let calls = (0..n).map(|_| {
        let api = api.clone();
        tokio::spawn(async move { api.get("/v3/sandbox/clock").await })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap());
    }
    answers.into_iter().partition(|answer| answer.status == 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_five_per_second() {
    let directory = tempfile::tempdir().unwrap();
    let (_server, api, other, _) = serve(directory.path(), &[]).await;
    let begun = Instant::now();
    let (good, refused) = burst(&api, 100).await;
    // As many at once as per second, and what came back in the meantime.
    let at_most = 26 + usize::try_from(begun.elapsed().as_millis()).unwrap() * 25 / 1000;
    assert!((25..=at_most).contains(&good.len()), "{} of at most {at_most}", good.len());
    for answer in &good {
        assert_eq!(answer.header("ratelimit-policy"), "\"credential\";q=25;w=1");
        assert!(
            answer.header("ratelimit").starts_with("\"credential\";r="),
            "{}",
            answer.header("ratelimit")
        );
    }
    assert!(!refused.is_empty());
    for answer in &refused {
        assert_eq!(answer.refused(429, 8429), "rate limit: at most 25 requests per second");
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(answer.header("ratelimit-policy"), "\"credential\";q=25;w=1");
        assert_eq!(answer.header("ratelimit"), "\"credential\";r=0;t=1");
    }
    // Another credential has a limit of its own, and this one is let in again.
    other.get("/v3/sandbox/clock").await.ok();
    let again = || async { (api.get("/v3/sandbox/clock").await.status == 200).then_some(()) };
    eventually("the limit to let up", again).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_can_be_set_and_switched_off() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api, ..) = serve(directory.path(), &[("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "3")]).await;
    let (good, refused) = burst(&api, 30).await;
    assert!(good.len() >= 3 && good[0].header("ratelimit-policy") == "\"credential\";q=3;w=1");
    assert!(!refused.is_empty());
    // Calls of devices and for tokens are not the credential's.
    for _ in 0..5 {
        server.api.post("/v1/client/mobile/otp/start", &json!({})).await.refused(401, 8002);
    }
    server.kill();
    let (_server, api, ..) = serve(directory.path(), &[("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "0")]).await;
    let (good, refused) = burst(&api, 100).await;
    assert!(refused.is_empty() && good[0].headers.get("ratelimit").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_refused_is_written_when_the_server_stops() {
    let directory = tempfile::tempdir().unwrap();
    let (server, api, _, project) =
        serve(directory.path(), &[("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "3")]).await;
    let (_, refused) = burst(&api, 30).await;
    assert!(!refused.is_empty());
    server.terminate();
    assert!(server.ended().await.0.success());
    let key = ringtrue(directory.path(), &["access-key", "create", "test", "--role", "read_only"]);
    let server = Process::serve(directory.path(), &[]).await;
    let api = server.api.bearing(key["token"].as_str().unwrap());
    for (environment, count) in [("sandbox", refused.len()), ("production", 0)] {
        let path = format!("/admin/v1/projects/{project}/{environment}/overview");
        let hit = api.get(&path).await.ok()["limitsHit"].clone();
        assert_eq!(hit["all"]["requestsPerSecond"], count, "{hit}");
        // An hour may have ended in between.
        assert_eq!(hit["times"].as_array().unwrap().is_empty(), count == 0, "{hit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_has_no_limit() {
    let server = Process::demo().await;
    let (good, refused) = burst(&server.sandbox().await.api, 100).await;
    assert_eq!((good.len(), refused.len()), (100, 0));
}
