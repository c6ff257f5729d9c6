// cargo add axum serde_json standardwebhooks; cargo add tokio --features macros,net,rt
use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use standardwebhooks::Webhook;

/// One secret; two while it is rotated.
fn verified(headers: &HeaderMap, body: &[u8]) -> bool {
    let secrets = std::env::var("WEBHOOK_SECRETS").unwrap_or_default();
    let good = |secret: &str| Webhook::new(secret).is_ok_and(|hook| hook.verify(body, headers).is_ok());
    secrets.split(',').any(good)
}

async fn hook(headers: HeaderMap, body: Bytes) -> StatusCode {
    if !verified(&headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(events) = serde_json::from_slice::<Vec<serde_json::Value>>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    // Remember the webhook-id together with what the events cause, and skip one that is known.
    for event in events {
        println!("{} {}", event["eventType"], event["identityId"]);
    }
    StatusCode::OK
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, Router::new().route("/hook", post(hook))).await
}
