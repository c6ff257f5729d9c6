//! The keys: the server's two, and the data keys that they open.

use std::fmt;

use aws_lc_rs::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{
    Kind, Owner,
    envelope::{self, SealError},
};

/// The server's two secret keys; whoever has them and the database can read everything.
pub struct StoreKeys {
    master: Zeroizing<[u8; 32]>,
    lookup: Zeroizing<[u8; 32]>,
}

impl StoreKeys {
    /// Takes 32 secret random bytes each: `master` opens data keys, `lookup` hashes numbers and customer ids.
    pub fn new(master: &[u8; 32], lookup: &[u8; 32]) -> Self {
        Self { master: Zeroizing::new(*master), lookup: Zeroizing::new(*lookup) }
    }
}

impl fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKeys(…)")
    }
}

/// A data key could not be unwrapped.
#[derive(Debug, thiserror::Error)]
#[error("the keys do not belong to this database")]
pub(crate) struct WrongKeys;

/// Makes and opens data keys.
pub(crate) struct Unlocker {
    wrapping: hmac::Key,
    lookup: hmac::Key,
}

impl Unlocker {
    pub(crate) fn new(keys: &StoreKeys) -> Self {
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, keys.lookup.as_slice());
        // The wrapping key depends on both keys, so that a database opened with a wrong lookup key is refused
        // instead of finding nobody.
        let mut wrapping =
            hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, keys.master.as_slice()));
        wrapping.update(b"ringtrue data keys v1\0");
        wrapping.update(hmac::sign(&lookup, b"ringtrue lookup v1").as_ref());
        let wrapping = hmac::Key::new(hmac::HMAC_SHA256, wrapping.sign().as_ref());
        Self { wrapping, lookup }
    }

    /// A new data key, wrapped for storage.
    pub(crate) fn create(&self, owner: &Owner) -> Result<Vec<u8>, SealError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        SystemRandom::new().fill(key.as_mut_slice()).map_err(|_| SealError::NoRandomness)?;
        let mut out = envelope::begin(32);
        out.extend_from_slice(key.as_slice());
        envelope::seal(&self.wrapping, &[b"data key\0", owner], out)
    }

    /// Opens a wrapped data key.
    pub(crate) fn open(&self, owner: &Owner, mut wrapped: Vec<u8>) -> Result<DataKey, WrongKeys> {
        let key =
            envelope::open(&self.wrapping, &[b"data key\0", owner], &mut wrapped).map_err(|_| WrongKeys)?;
        let data = hmac::Key::new(hmac::HMAC_SHA256, key);
        let mut lookup = hmac::Context::with_key(&self.lookup);
        lookup.update(b"ringtrue hashes v1\0");
        lookup.update(key);
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, lookup.sign().as_ref());
        drop(Zeroizing::new(wrapped));
        Ok(DataKey { data, lookup })
    }
}

/// An open data key: seals and opens bodies, hashes for lookup.
pub(crate) struct DataKey {
    data: hmac::Key,
    lookup: hmac::Key,
}

impl DataKey {
    /// Seals a value as JSON.
    pub(crate) fn seal<T: Serialize>(&self, kind: Kind, id: &[u8], value: &T) -> Result<Vec<u8>, SealError> {
        let mut out = envelope::begin(2048);
        serde_json::to_writer(&mut out, value).map_err(|error| SealError::Json(JsonFault::from(&error)))?;
        envelope::seal(&self.data, &[kind.name().as_bytes(), b"\0", id], out)
    }

    /// Opens a sealed value; `sealed` is wiped.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &[u8],
        sealed: Vec<u8>,
    ) -> Result<T, SealError> {
        let mut sealed = Zeroizing::new(sealed);
        let plain = envelope::open(&self.data, &[kind.name().as_bytes(), b"\0", id], &mut sealed)?;
        serde_json::from_slice(plain).map_err(|error| SealError::Json(JsonFault::from(&error)))
    }

    /// The first 128 bits of a keyed hash: enough to be unique, useless without the key. `label` separates uses.
    pub(crate) fn hash(&self, label: &str, text: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(label.as_bytes());
        context.update(b"\0");
        context.update(text.as_bytes());
        context.sign().as_ref()[..16].to_vec()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// Where and how JSON was wrong. Not the parser's own text: that quotes values, which may be personal.
#[derive(Debug, thiserror::Error)]
#[error("{category:?} error in JSON at line {line}, column {column}")]
pub(crate) struct JsonFault {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl From<&serde_json::Error> for JsonFault {
    fn from(error: &serde_json::Error) -> Self {
        Self { category: error.classify(), line: error.line(), column: error.column() }
    }
}
