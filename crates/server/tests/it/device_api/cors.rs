//! §14: any page may call the device API, and may read every answer, errors too.

use http::Method;
use serde_json::json;

use super::calls;
use crate::client::{LORANT, World};

/// As browsers write it: lower case, alphabetical.
const PLAIN: &str = "authorization,content-type,pa-version";
const SIGNED: &str = "authorization,content-type,pa-challenge,pa-kid,pa-sig-version,pa-signature,pa-version";

#[tokio::test]
async fn every_path_answers_its_preflight() {
    let world = World::start().await;
    let mut paths: Vec<String> = calls().iter().map(|(step, _)| format!("/v1/client/{step}")).collect();
    paths.extend(
        ["/v1/client/no/such/path", "/v1/client/", "/v1/sandbox/network?handle=x"].map(str::to_owned),
    );
    for path in paths {
        for asked in [PLAIN, SIGNED, "content-type,pa-version"] {
            let call = world.api.anonymous().call(Method::OPTIONS, &path);
            let call =
                call.header("origin", "https://shop.example").header("access-control-request-method", "POST");
            let answer = call.header("access-control-request-headers", asked).send().await;
            assert!(answer.status.is_success(), "{path}: {}", answer.status);
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            let allowed: Vec<&str> = answer.header("access-control-allow-headers").split(", ").collect();
            assert!(asked.split(',').all(|name| allowed.contains(&name)), "{path}: {allowed:?}");
            assert!(answer.header("access-control-max-age").parse::<u32>().unwrap() > 60);
            assert!(answer.headers.get("access-control-allow-credentials").is_none());
        }
    }
}

#[tokio::test]
async fn answers_and_errors_can_be_read_from_any_origin() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let device = session.device();
    let large = json!({ "otp": "1".repeat(5000) });
    for (answer, status) in [
        (device.call("mobile/otp/start", &json!({})).await, 200),
        (device.call("mobile/otp/start", &json!({ "mobileNumber": 1 })).await, 400),
        (device.call("mobile/otp/finish", &large).await, 413),
        (device.call("no/such/path", &json!({})).await, 404),
        (world.api.anonymous().post("/v1/client/mobile/otp/start", &json!({})).await, 401),
        (world.api.anonymous().call(Method::DELETE, "/v1/client/mobile/otp/start").send().await, 405),
        (world.api.anonymous().get("/v1/client/status").await, 401),
        (world.api.anonymous().get("/v1/sandbox/network?handle=unknown").await, 404),
    ] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn the_server_api_and_pages_are_not_open_to_other_origins() {
    let world = World::start().await;
    for path in ["/token", "/v3/verify", "/v3/sandbox/messages", "/", "/l/x", "/v1/handset/messages"] {
        for method in [Method::OPTIONS, Method::GET, Method::POST] {
            let call = world.api.call(method, path).header("origin", "https://evil.example");
            let answer = call.header("access-control-request-method", "POST").send().await;
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{path}");
        }
    }
}
