//! What proves to a receiver that a delivery is ours: two signatures, so that either kind of receiver works
//! (webhooks.md, "Authentication of a delivery").

use aws_lc_rs::{digest, hmac};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ringtrue_domain::{DeliveryId, webhook_secret};
use ringtrue_engine::{model::SigningSecret, ports::Post};
use serde::Serialize;
use uuid::Uuid;

/// The delivery's id, the same at every attempt (Standard Webhooks 1.0.0).
const ID: HeaderName = HeaderName::from_static("webhook-id");
/// Seconds since 1970 of the attempt (Standard Webhooks 1.0.0).
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// One signature per secret, separated by spaces (Standard Webhooks 1.0.0).
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// A JWT by the oldest secret that has not retired.
const AUTHORIZATION: HeaderName = HeaderName::from_static("x-prove-authorization");
/// During a rotation's overlap: a JWT by the newer secret.
const AUTHORIZATION_NEXT: HeaderName = HeaderName::from_static("x-prove-authorization-next");
/// The attempt.
const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// Seconds for which a JWT is good.
const JWT_SECONDS: i64 = 300;

/// Signs deliveries.
#[derive(Debug, Clone)]
pub struct Signer {
    issuer: String,
}

/// The claims of a JWT that proves a delivery.
#[derive(Debug, Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    /// Ours: base64url of the body's SHA-256.
    bsh: &'a str,
}

impl Signer {
    /// A signer whose JWTs say that they come from `issuer`.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into() }
    }

    /// The header fields that prove a delivery. Fails on a secret that is none, which is never repeated.
    pub fn headers(&self, post: &Post<'_>) -> anyhow::Result<HeaderMap> {
        let attempt = Uuid::from_bytes(post.attempt).to_string();
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(ID, value(&post.delivery.to_string())?);
        headers.insert(TIMESTAMP, post.wall.as_second().into());
        headers.insert(SIGNATURE, value(&standard(post.delivery, post.wall, post.body, post.secrets)?)?);
        headers.insert(CORRELATION, value(&attempt)?);

        // One JWT has one key. Receivers learn of a new secret at different times, so the old one goes on signing where
        // they look until it retires, and the new one signs beside it.
        let mut secrets = post.secrets.iter();
        let (oldest, newest) = (secrets.next(), secrets.next_back());
        if let Some(secret) = oldest {
            headers.insert(AUTHORIZATION, self.bearer(post, &attempt, secret)?);
        }
        if let Some(secret) = newest {
            headers.insert(AUTHORIZATION_NEXT, self.bearer(post, &attempt, secret)?);
        }
        Ok(headers)
    }

    fn bearer(&self, post: &Post<'_>, attempt: &str, secret: &SigningSecret) -> anyhow::Result<HeaderValue> {
        let issued = post.wall.as_second();
        let claims = Claims {
            iss: &self.issuer,
            sub: &post.project.to_string(),
            iat: issued,
            exp: issued.saturating_add(JWT_SECONDS),
            jti: attempt,
            bsh: &URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, post.body)),
        };
        // The whole text is the key, its prefix included.
        let key = EncodingKey::from_secret(secret.value.expose().as_bytes());
        let token = encode(&Header::new(Algorithm::HS256), &claims, &key)?;
        let mut value = value(&format!("Bearer {token}"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// `webhook-signature`: HMAC-SHA256 over `id.timestamp.body` by each secret.
fn standard(id: DeliveryId, at: Timestamp, body: &[u8], secrets: &[SigningSecret]) -> anyhow::Result<String> {
    let head = format!("{id}.{}.", at.as_second());
    let mut signatures = String::new();
    for secret in secrets {
        let key = webhook_secret::key(secret.value.expose())?;
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
        context.update(head.as_bytes());
        context.update(body);
        signatures.push_str(if signatures.is_empty() { "v1," } else { " v1," });
        STANDARD.encode_string(context.sign(), &mut signatures);
    }
    Ok(signatures)
}

fn value(text: &str) -> anyhow::Result<HeaderValue> {
    Ok(HeaderValue::from_str(text)?)
}
