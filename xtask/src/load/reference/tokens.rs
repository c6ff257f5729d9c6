//! Entropy and device tokens.

use std::{
    fs::File,
    hash::{BuildHasher, RandomState},
    io::Read,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::Context;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// Signs and reads device tokens.
pub(super) struct Tokens {
    sign: EncodingKey,
    read: DecodingKey,
    rules: Validation,
    random: RandomState,
    drawn: AtomicU64,
}

/// What a device token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    exp: u64,
    rid: String,
    auth: serde_json::Value,
}

impl Tokens {
    /// With a fresh key.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut key = [0; 32];
        File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(&mut key))
            .context("no entropy")?;
        Ok(Self {
            sign: EncodingKey::from_secret(&key),
            read: DecodingKey::from_secret(&key),
            rules: Validation::default(),
            random: RandomState::new(),
            drawn: AtomicU64::new(0),
        })
    }

    /// 64 bits nobody has had before; good enough for a peer.
    pub(super) fn draw(&self) -> u64 {
        self.random.hash_one(self.drawn.fetch_add(1, Ordering::Relaxed))
    }

    /// A device token for a flow.
    pub(super) fn issue(&self, flow: &str) -> Option<String> {
        let auth = serde_json::json!({
            "id": flow, "ans": "reference", "endp": "http://127.0.0.1", "next": "mobile/otp",
            "subs": { "mob": { "auths": { "otp": { "mnp": true } } } },
        });
        let claims = Claims { exp: 4_000_000_000, rid: flow.to_owned(), auth };
        encode(&Header::default(), &claims, &self.sign).ok()
    }

    /// The flow of a device token, if it is one of ours.
    pub(super) fn flow(&self, token: &str) -> Option<String> {
        Some(decode::<Claims>(token, &self.read, &self.rules).ok()?.claims.rid)
    }
}
