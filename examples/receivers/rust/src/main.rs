//! Receives Ringtrue's webhooks: verifies either signature, takes each delivery once.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use standardwebhooks::Webhook;

#[derive(Deserialize)]
struct Claims {
    bsh: String,
}

/// Standard Webhooks: one of our secrets made one of the signatures, at most five minutes ago.
fn verify_standard(secrets: &[String], headers: &HeaderMap, body: &[u8]) -> bool {
    secrets.iter().any(|secret| Webhook::new(secret).is_ok_and(|hook| hook.verify(body, headers).is_ok()))
}

/// The JWT: one of our secrets made it, it has not expired, and it is about this body. While a secret is rotated, the
/// newer one signs `X-Prove-Authorization-Next`.
fn verify_jwt(secrets: &[String], headers: &HeaderMap, body: &[u8]) -> bool {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&["Prove Identity"]);
    let body_hash = URL_SAFE_NO_PAD.encode(Sha256::digest(body));
    ["x-prove-authorization", "x-prove-authorization-next"]
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok()?.strip_prefix("Bearer "))
        .any(|token| {
            secrets.iter().any(|secret| {
                decode::<Claims>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules)
                    .is_ok_and(|data| data.claims.bsh == body_hash)
            })
        })
}

struct Receiver {
    secrets: Vec<String>,
    /// `standard`, `jwt`, or both. One is enough; checking both shows how.
    verify: String,
    /// In earnest a table with a unique column, written together with what the events cause. Whoever verifies the JWT only
    /// remembers each `eventId` instead: that signature does not cover the `webhook-id`.
    seen: Mutex<HashSet<String>>,
}

async fn hook(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Receiver { secrets, verify, seen } = &*receiver;
    let good = (verify == "jwt" || verify_standard(secrets, &headers, &body))
        && (verify == "standard" || verify_jwt(secrets, &headers, &body));
    let Some(id) = headers.get("webhook-id").and_then(|id| id.to_str().ok()).filter(|_| good) else {
        return StatusCode::UNAUTHORIZED;
    };
    // One delivery at a time: a repeat waits for the end of the first.
    let mut seen = seen.lock().expect("nobody panics");
    if !seen.contains(id) {
        let Ok(events) = serde_json::from_slice::<Vec<serde_json::Value>>(&body) else {
            return StatusCode::BAD_REQUEST;
        };
        for event in events {
            println!("{} {}", event["eventType"].as_str().unwrap_or("?"), event["eventId"]);
        }
        // Only now: what failed half way has to come again.
        seen.insert(id.to_owned());
    }
    StatusCode::OK
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let variable = |name| std::env::var(name).ok();
    let secrets = variable("WEBHOOK_SECRETS").expect("WEBHOOK_SECRETS is not set");
    let receiver = Receiver {
        secrets: secrets.split(',').map(ToOwned::to_owned).collect(),
        verify: variable("VERIFY").unwrap_or_default(),
        seen: Mutex::default(),
    };
    let port = variable("PORT").unwrap_or_else(|| "3000".to_owned());
    let listener =
        tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("the port is free");
    println!("listening on {}", listener.local_addr().expect("it is bound").port());
    let app = Router::new().route("/hook", post(hook)).with_state(Arc::new(receiver));
    axum::serve(listener, app).await.expect("the receiver goes on");
}
