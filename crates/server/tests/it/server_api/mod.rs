//! The server API, rule by rule (contract `server-api.md`).

mod answers;
mod anything;
mod bodies;
mod events;
mod expiry;
mod fields;
mod idempotency;
mod identities;
mod isolation;
mod limits;
mod optional_fields;
mod personas;
mod phone_numbers;
mod public_origin;
mod rate_limit;
mod sandbox;
mod sockets;
mod token;
mod token_end;
mod unavailable;

use serde_json::Value;

use crate::client::Api;

/// Part of a refused value, which no answer may repeat.
const MARKER: &str = "Zq7Marker";

/// The request is refused with exactly this message.
async fn refuses(api: &Api, path: &str, request: &Value, message: &str) {
    let answer = api.post(path, request).await;
    assert_eq!(answer.refused(400, 8001), message, "for {request}");
    assert!(!answer.text().contains(MARKER), "{} quotes the value", answer.text());
}
