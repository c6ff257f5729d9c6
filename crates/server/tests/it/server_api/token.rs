//! §2: `POST /token`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

use super::MARKER;
use crate::client::{Answer, Api, World, form};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn by_form(api: &Api, fields: &[(&str, &str)]) -> Answer {
    api.anonymous().call(Method::POST, "/token").form(form(fields)).send().await
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A token that works.
async fn good(api: &Api, answer: &Answer) -> String {
    let body = answer.ok();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = body["access_token"].as_str().unwrap().to_owned();
    api.bearing(&token).get("/v3/sandbox/clock").await.ok();
    token
}

/// A refusal in both languages: the contract's and OAuth's (RFC 6749 §5.2).
#[track_caller]
fn bad(answer: &Answer, status: u16, code: u64, error: &str, text: &str) {
    let message = answer.refused(status, code);
    let body = answer.value();
    assert_eq!(body["error"], error, "{body}");
    assert_eq!((message.as_str(), &body["error_description"]), (text, &json!(text)));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.text().contains(MARKER), "{body}");
}

#[tokio::test]
async fn client_credentials_by_form_json_and_basic() {
    let world = World::start().await;
    let (id, secret) = world.credentials();
    let api = world.api.anonymous();
    let call = || api.call(Method::POST, "/token");
    let all = [GRANT, ("client_id", id), ("client_secret", secret), ("scope", "anything")];
    let in_json =
        json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret, "scope": 1 });
    let mut tokens = vec![
        good(&api, &by_form(&api, &all).await).await,
        good(&api, &call().json(&in_json).send().await).await,
        good(
            &api,
            &call()
                .header("content-type", "application/json; charset=utf-8")
                .body(in_json.to_string())
                .send()
                .await,
        )
        .await,
        // Without a content type a body is read as a form.
        good(&api, &call().body(form(&all)).send().await).await,
    ];
    for authorization in [basic(id, secret), basic(id, secret).replace("Basic", "bAsIc")] {
        let call = call().header("authorization", &authorization).form(form(&[GRANT]));
        tokens.push(good(&api, &call.send().await).await);
    }
    let twice = call().header("authorization", &basic(id, secret)).form(form(&[GRANT, ("client_id", id)]));
    tokens.push(good(&api, &twice.send().await).await);
    let count = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), count, "every token is fresh");
}

#[tokio::test]
async fn missing_and_unknown_parameters() {
    let world = World::start().await;
    let (id, secret) = world.credentials();
    let client = [("client_id", id), ("client_secret", secret)];
    let api = &world.api;
    bad(&by_form(api, &client).await, 400, 8001, "invalid_request", "grant_type: is required");
    bad(&by_form(api, &[]).await, 400, 8001, "invalid_request", "grant_type: is required");
    bad(&by_form(api, &[GRANT, client[1]]).await, 400, 8001, "invalid_request", "client_id: is required");
    bad(&by_form(api, &[GRANT, client[0]]).await, 400, 8001, "invalid_request", "client_secret: is required");
    bad(
        &by_form(api, &[GRANT, client[0], ("client_secret", "")]).await,
        400,
        8001,
        "invalid_request",
        "client_secret: is required",
    );
    for grant in ["password", "authorization_code", "Client_Credentials", MARKER] {
        let answer = by_form(api, &[("grant_type", grant), client[0], client[1]]).await;
        bad(&answer, 400, 8001, "unsupported_grant_type", "grant_type: must be client_credentials");
    }
    let twice = by_form(api, &[GRANT, client[0], client[1], ("client_secret", MARKER)]).await;
    bad(&twice, 400, 8001, "invalid_request", "client_secret: must not be given twice");
    let call = world.api.anonymous().call(Method::POST, "/token");
    let answer =
        call.json(&json!({ "grant_type": "client_credentials", "client_id": 7, "client_secret": MARKER }));
    bad(&answer.send().await, 400, 8001, "invalid_request", "client_id: must be a string");
}

#[tokio::test]
async fn wrong_clients_look_alike() {
    let world = World::start().await;
    let (id, secret) = world.credentials();
    let other = format!("{secret}{MARKER}");
    let mut bodies: Vec<Value> = Vec::new();
    for (id, secret) in [
        (id, MARKER),
        (id, other.as_str()),
        (id, &secret[1..]),
        ("01900000-0000-7000-8000-000000000000", secret),
        (MARKER, secret),
        ("'; drop table credentials; --", secret),
    ] {
        let answer = by_form(&world.api, &[GRANT, ("client_id", id), ("client_secret", secret)]).await;
        let text = "client_id and client_secret do not name a credential";
        bad(&answer, 401, 8002, "invalid_client", text);
        bodies.push(answer.value());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn wrong_basic_authentication_names_the_scheme() {
    let world = World::start().await;
    let (id, secret) = world.credentials();
    let api = world.api.anonymous();
    let wrong_form = "Authorization: is not valid HTTP Basic";
    let wrong_client = "client_id and client_secret do not name a credential";
    for (authorization, text) in [
        (basic(id, MARKER), wrong_client),
        (format!("Basic {}", STANDARD.encode(id)), wrong_form),
        (format!("Basic {MARKER}!"), wrong_form),
        (format!("Basic {}", STANDARD.encode([0xff, 0xfe, b':'])), wrong_form),
        (format!("Bearer {MARKER}"), wrong_form),
        ("Basic".to_owned(), wrong_form),
    ] {
        let call = api.call(Method::POST, "/token").header("authorization", &authorization);
        let answer = call.form(form(&[GRANT])).send().await;
        bad(&answer, 401, 8002, "invalid_client", text);
        // RFC 6749 §5.2: the challenge matches the scheme that the client used.
        assert!(answer.header("www-authenticate").starts_with("Basic"), "{authorization}");
    }
    let mixed = form(&[GRANT, ("client_id", MARKER)]);
    let call = api.call(Method::POST, "/token").header("authorization", &basic(id, secret)).form(mixed);
    bad(
        &call.send().await,
        400,
        8001,
        "invalid_request",
        "client_id: must be the one of the Authorization header",
    );
}

#[tokio::test]
async fn too_large_and_unreadable_bodies() {
    let world = World::start().await;
    let api = world.api.anonymous();
    let large = api.call(Method::POST, "/token").form("x".repeat(4097)).send().await;
    bad(&large, 413, 8001, "invalid_request", "body: must be at most 4096 bytes");
    let broken = api.call(Method::POST, "/token").raw_json("{").send().await;
    bad(&broken, 400, 8001, "invalid_request", "body: is not valid JSON (line 1, column 1)");
    let binary = api.call(Method::POST, "/token").form(vec![0xff, 0, 0xfe, b'=', b'&']).send().await;
    bad(&binary, 400, 8001, "invalid_request", "grant_type: is required");
}
