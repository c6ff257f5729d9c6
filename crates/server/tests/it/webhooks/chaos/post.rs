//! A post as it comes over the wire, and whether its signatures are right.

use std::collections::HashMap;

use aws_lc_rs::{digest, hmac};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// Request line and header fields; names in lower case.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) line: String,
    fields: HashMap<String, String>,
}

impl Head {
    /// Reads one; `inbox` is what has been read beyond it. `None` at the connection's end.
    pub(super) async fn read(stream: &mut TcpStream, inbox: &mut Vec<u8>) -> Option<Self> {
        let end = loop {
            match inbox.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(at) => break at,
                None => more(stream, inbox).await?,
            }
        };
        let head: Vec<u8> = inbox.drain(..end + 4).collect();
        let text = String::from_utf8(head).ok()?;
        let mut lines = text.lines();
        let line = lines.next()?.to_owned();
        let field = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_owned()))
        };
        Some(Self { line, fields: lines.filter_map(field).collect() })
    }

    /// Reads the body that belongs to it. `None` when the connection ends before that.
    pub(super) async fn body(&self, stream: &mut TcpStream, inbox: &mut Vec<u8>) -> Option<Vec<u8>> {
        let length = self.field("content-length").parse().ok()?;
        while inbox.len() < length {
            more(stream, inbox).await?;
        }
        Some(inbox.drain(..length).collect())
    }

    /// A field's value; empty when it is missing.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

async fn more(stream: &mut TcpStream, inbox: &mut Vec<u8>) -> Option<()> {
    matches!(stream.read_buf(inbox).await, Ok(1..)).then_some(())
}

/// Checks both signatures as a receiver would that knows the specification and the secret alone; says what is wrong.
pub(super) fn verify(head: &Head, body: &[u8], secret: &str, project: &str) -> Result<(), String> {
    let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok()).ok_or("no secret")?;
    let (id, sent_at) = (head.field("webhook-id"), head.field("webhook-timestamp"));
    let signed = [id.as_bytes(), b".", sent_at.as_bytes(), b".", body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let is_good = |signature: &str| {
        let mac = signature.strip_prefix("v1,").and_then(|mac| STANDARD.decode(mac).ok());
        mac.is_some_and(|mac| hmac::verify(&key, &signed, &mac).is_ok())
    };
    if !head.field("webhook-signature").split(' ').any(is_good) {
        return Err("webhook-signature is wrong".to_owned());
    }
    let token = head.field("x-prove-authorization").strip_prefix("Bearer ").ok_or("no bearer token")?;
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&["Prove Identity"]);
    let claims = decode::<Value>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules)
        .map_err(|error| format!("the JWT: {error}"))?
        .claims;
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, body));
    let expected = [("sub", project), ("bsh", hash.as_str()), ("jti", head.field("x-correlation-id"))];
    for (claim, value) in expected {
        if claims[claim] != value {
            return Err(format!("{claim} is {} instead of {value}", claims[claim]));
        }
    }
    if claims["iat"].as_i64() != sent_at.parse().ok() {
        return Err(format!("iat is {}, webhook-timestamp {sent_at}", claims["iat"]));
    }
    Ok(())
}
