//! The demo's shop, a customer like any other: over HTTP, with a back end of its own.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Api, KURT, LORANT, Persona, Process, ringtrue};

async fn sign_up(api: &Api, persona: Persona, device: &str) -> Answer {
    let form = json!({
        "firstName": persona.first, "lastName": persona.last, "phoneNumber": persona.number, "device": device,
    });
    api.post("/shop/api/verify", &form).await
}

/// What the shop knows of the visitor with this cookie.
async fn result(api: &Api, cookie: &str) -> Answer {
    api.call(Method::GET, "/shop/api/result").header("cookie", cookie).send().await
}

#[tokio::test]
async fn a_visitor_is_verified() {
    let server = Process::demo().await;
    let sandbox = server.sandbox().await;
    for (persona, success) in [(LORANT, "true"), (KURT, "false")] {
        let begun = sign_up(&server.api, persona, "mobile").await;
        let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(begun.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
        let begun = begun.ok();
        assert_eq!(begun["phoneNumber"], persona.number);
        assert!(begun.get("correlationId").is_none(), "that stays with the back end");
        assert_eq!(result(&server.api, &cookie).await.ok()["success"], "pending");
        let device = server.api.bearing(begun["authToken"].as_str().unwrap());
        device.post("/v1/client/mobile/otp/start", &json!({})).await.ok();
        let code = sandbox.code(persona).await;
        device.post("/v1/client/mobile/otp/finish", &json!({ "otp": code })).await.ok();
        assert_eq!(result(&server.api, &cookie).await.ok()["success"], success);
    }
    for cookie in ["", "shop_session=", "shop_session=AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(result(&server.api, cookie).await.status, 404);
    }
}

#[tokio::test]
async fn the_demos_own_page_may_call_whatever_origins_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::demo_on(directory.path()).await;
    let key = ringtrue(directory.path(), &["access-key", "create", "T", "--role", "developer"]);
    let account = std::fs::read_to_string(directory.path().join("demo.json")).unwrap();
    let account: Value = serde_json::from_str(&account).unwrap();
    let path = format!("/admin/v1/projects/{}/origins", account["projectId"].as_str().unwrap());
    let automation = server.api.bearing(key["token"].as_str().unwrap());
    let named = json!({ "origins": ["https://shop.example"] });
    automation.call(Method::PUT, &path).json(&named).send().await.ok();
    let begun = sign_up(&server.api, LORANT, "mobile").await.ok();
    let device = server.api.bearing(begun["authToken"].as_str().unwrap());
    let ours = format!("http://{}", server.address);
    let other = ours.replace("http:", "https:");
    for (origin, status) in [(ours.as_str(), 200), (&other, 403), ("http://127.0.0.1:1", 403)] {
        let call = device.call(Method::POST, "/v1/client/status").header("origin", origin);
        assert_eq!(call.json(&json!({})).send().await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn mistakes_are_shown_beside_their_field() {
    let server = Process::demo().await;
    let field = async |persona: Persona| -> Value {
        let answer = sign_up(&server.api, persona, "mobile").await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        answer.value()["error"]["field"].clone()
    };
    assert_eq!(field(Persona { number: "+14155552671", ..LORANT }).await, "phoneNumber");
    assert_eq!(field(Persona { number: "x", ..LORANT }).await, "phoneNumber");
    assert_eq!(field(Persona { first: "", ..LORANT }).await, "firstName");
    assert_eq!(field(Persona { last: " ", ..LORANT }).await, "lastName");
    let personas = server.api.get("/shop/api/personas").await.ok();
    assert_eq!(personas.as_array().unwrap().len(), 11);
}

#[tokio::test]
async fn a_real_server_has_no_shop() {
    let directory = tempfile::tempdir().unwrap();
    ringtrue(directory.path(), &["project", "create", "Real"]);
    let server = Process::serve(directory.path(), &[]).await;
    for path in ["/shop/", "/shop/api/personas", "/demo.json"] {
        server.api.get(path).await.refused(404, 8404);
    }
    let page = server.api.get("/").await.text();
    assert!(!page.contains("/shop/") && page.contains("/handset/"));
}
