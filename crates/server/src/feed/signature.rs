//! Who may post to a feed: whoever signs as Standard Webhooks 1.0.0 has it, with the feed's secret.

use aws_lc_rs::{constant_time, hmac};
use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ringtrue_domain::{FieldError, webhook_secret};
use secrecy::{ExposeSecret as _, SecretString};

/// Seconds that the sender's clock may differ from ours, the delivery's time included (Standard Webhooks 1.0.0, "Verifying
/// the timestamp", leaves it to the receiver; its libraries take five minutes).
const TOLERANCE: u64 = 5 * 60;
/// Characters of an id at most; ours have 36.
const MAX_ID: usize = 255;
/// Signatures that are looked at; a sender has two while it changes its secret.
const MAX_SIGNATURES: usize = 8;

/// The secrets that a sender may sign with.
pub(crate) struct Secrets(Vec<hmac::Key>);

impl Secrets {
    /// The keys of secrets such as `whsec_…`.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Result<Self, FieldError> {
        let key = |secret: &SecretString| {
            webhook_secret::key(secret.expose_secret()).map(|key| hmac::Key::new(hmac::HMAC_SHA256, &key))
        };
        Ok(Self(secrets.into_iter().map(key).collect::<Result<_, _>>()?))
    }

    /// Whether the body is what the holder of one of these secrets signed.
    pub(crate) fn signed(&self, claim: &Claim, body: &[u8]) -> bool {
        let mut good = false;
        for key in &self.0 {
            let mut context = hmac::Context::with_key(key);
            context.update(claim.head.as_bytes());
            context.update(body);
            let tag = context.sign();
            for signature in &claim.signatures {
                good |= constant_time::verify_slices_are_equal(tag.as_ref(), signature).is_ok();
            }
        }
        good
    }
}

/// What a request says of itself, before its body is read.
pub(crate) struct Claim {
    /// What is signed before the body.
    head: String,
    signatures: Vec<Vec<u8>>,
}

impl Claim {
    /// Reads the three headers. The error is a text for the sender.
    pub(crate) fn read(headers: &HeaderMap, now: Timestamp) -> Result<Self, &'static str> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let id = header("webhook-id").filter(|id| (1..=MAX_ID).contains(&id.len()));
        let id = id.ok_or("webhook-id: is required, 255 characters at most")?;
        let at = header("webhook-timestamp").filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let at: i64 =
            at.and_then(|text| text.parse().ok()).ok_or("webhook-timestamp: must be seconds since 1970")?;
        if at.abs_diff(now.as_second()) > TOLERANCE {
            return Err("webhook-timestamp: must be within five minutes of now");
        }
        let signatures = header("webhook-signature").unwrap_or_default().split(' ');
        let signatures: Vec<_> = signatures
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .take(MAX_SIGNATURES)
            .collect();
        if signatures.is_empty() {
            return Err("webhook-signature: must be v1, and the base64 of a signature");
        }
        Ok(Self { head: format!("{id}.{at}."), signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const GOOD: [(&str, &str); 3] = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];

    fn verdict(
        secrets: &[&str],
        change: Option<(&str, &str)>,
        body: &[u8],
        late: i64,
    ) -> Result<bool, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in GOOD {
            let changed = change.filter(|(changed, _)| *changed == name);
            headers.insert(name, changed.map_or(value, |(_, value)| value).parse().unwrap());
        }
        let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        let secrets = Secrets::new(&secrets).unwrap();
        let now = Timestamp::from_second(1_614_265_330 + late).unwrap();
        Ok(secrets.signed(&Claim::read(&headers, now)?, body))
    }

    #[test]
    fn what_the_specification_signed_is_good() {
        let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let among = "v1a,abc v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(verdict(&[SECRET], None, BODY, 0), Ok(true));
        assert_eq!(verdict(&[other, SECRET], None, BODY, 300), Ok(true));
        assert_eq!(verdict(&[SECRET], Some(("webhook-signature", among)), BODY, -300), Ok(true));
        assert_eq!(verdict(&[other], None, BODY, 0), Ok(false));
        assert_eq!(verdict(&[SECRET], None, b"{\"test\": 2432232315}", 0), Ok(false));
        assert_eq!(verdict(&[SECRET], Some(("webhook-id", "msg_other")), BODY, 0), Ok(false));
        assert_eq!(verdict(&[SECRET], Some(("webhook-timestamp", "1614265331")), BODY, 0), Ok(false));
    }

    #[test]
    fn what_is_no_claim_is_refused_before_the_body_is_read() {
        let time = Err("webhook-timestamp: must be seconds since 1970");
        let signature = Err("webhook-signature: must be v1, and the base64 of a signature");
        for (name, value, refusal) in [
            ("webhook-id", "", Err("webhook-id: is required, 255 characters at most")),
            ("webhook-timestamp", "", time),
            ("webhook-timestamp", "-1614265330", time),
            ("webhook-timestamp", "+1614265330", time),
            ("webhook-timestamp", "99999999999999999999", time),
            ("webhook-signature", "", signature),
            ("webhook-signature", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature),
            ("webhook-signature", "v1,!", signature),
        ] {
            assert_eq!(verdict(&[SECRET], Some((name, value)), BODY, 0), refusal, "{name}: {value}");
        }
        let late = Err("webhook-timestamp: must be within five minutes of now");
        assert_eq!((verdict(&[SECRET], None, BODY, 301), verdict(&[SECRET], None, BODY, -301)), (late, late));
    }
}
