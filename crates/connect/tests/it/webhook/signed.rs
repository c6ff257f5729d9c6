//! What a receiver gets, verified the way it would: from the header fields and the body alone.

use aws_lc_rs::{digest, hmac};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use ringtrue_connect::{HttpWebhooks, WebhookSettings};
use ringtrue_engine::model::{Outcome, SigningSecret};
use serde_json::{Value, json};

use super::{BODY, NEW, OLD, post, secret, sender};
use crate::support::{
    now,
    receiver::{Receiver, Seen},
};

async fn delivered(sender: &HttpWebhooks, secrets: &[SigningSecret]) -> Seen {
    let receiver = Receiver::answering("204 No Content", &[], b"").await;
    let outcome = post(sender, &format!("{}/hook?token=x", receiver.origin), secrets).await;
    assert!(matches!(outcome, Outcome::Answered(answer) if answer.status == 204));
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    seen.into_iter().next().unwrap()
}

fn standard(key: &str) -> String {
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = [b"11111111-1111-1111-1111-111111111111.1795435200.", BODY].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed);
    format!("v1,{}", STANDARD.encode(tag))
}

/// The claims of a JWT in a header field, as the holder of `secret` reads them.
fn claims(seen: &Seen, field: &str, secret: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    let token = seen.header(field).unwrap().strip_prefix("Bearer ").unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    // The delivery was signed at the tests' instant.
    rules.validate_exp = false;
    decode(token, &DecodingKey::from_secret(secret.as_bytes()), &rules).map(|data| data.claims)
}

fn expected_claims(issuer: &str) -> Value {
    json!({
        "iss": issuer,
        "sub": "07070707-0707-0707-0707-070707070707",
        "iat": now().as_second(),
        "exp": now().as_second() + 300,
        "jti": "22222222-2222-2222-2222-222222222222",
        "bsh": URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, BODY)),
    })
}

#[tokio::test]
async fn a_delivery_carries_both_signatures_of_one_secret() {
    let seen = delivered(&sender(), &[secret(OLD)]).await;
    assert_eq!(seen.line, "POST /hook?token=x HTTP/1.1");
    assert_eq!(seen.body, BODY);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("user-agent"), Some(concat!("ringtrue/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen.header("webhook-id"), Some("11111111-1111-1111-1111-111111111111"));
    assert_eq!(now().as_second(), 1_795_435_200);
    assert_eq!(seen.header("webhook-timestamp"), Some("1795435200"));
    assert_eq!(seen.header("webhook-signature"), Some(standard(OLD).as_str()));
    assert_eq!(seen.header("x-correlation-id"), Some("22222222-2222-2222-2222-222222222222"));
    assert_eq!(claims(&seen, "x-prove-authorization", OLD).unwrap(), expected_claims("Prove Identity"));
    assert!(claims(&seen, "x-prove-authorization", NEW).is_err());
    assert_eq!(seen.header("x-prove-authorization-next"), None);
}

#[tokio::test]
async fn during_a_rotation_the_old_secret_goes_on_and_the_new_one_signs_beside_it() {
    let settings = WebhookSettings { issuer: "Shop".to_owned(), ..WebhookSettings::default() };
    let seen = delivered(&HttpWebhooks::new(settings), &[secret(OLD), secret(NEW)]).await;
    let both = format!("{} {}", standard(OLD), standard(NEW));
    assert_eq!(seen.header("webhook-signature"), Some(both.as_str()));
    assert_eq!(claims(&seen, "x-prove-authorization", OLD).unwrap(), expected_claims("Shop"));
    assert_eq!(claims(&seen, "x-prove-authorization-next", NEW).unwrap(), expected_claims("Shop"));
}

#[tokio::test]
async fn a_secret_that_is_none_sends_nothing_and_is_not_repeated() {
    let receiver = Receiver::answering("200 OK", &[], b"").await;
    let outcome = post(&sender(), &receiver.origin, &[secret("whsec_letmein")]).await;
    assert!(matches!(outcome, Outcome::NoAnswer { .. }));
    assert!(!format!("{outcome:?} {:?}", secret("whsec_letmein")).contains("letmein"));
    assert_eq!(receiver.connections(), 0);
}
