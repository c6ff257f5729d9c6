//! What a flow remembers of a secret: never the secret itself.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::{FlowId, PhoneNumber};

/// The server's key over one-time codes. A code has too few values for a plain hash, so it is keyed.
#[derive(Clone)]
pub struct Pepper(hmac::Key);

impl Pepper {
    /// A pepper of 32 secret random bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The digest of a code, bound to the flow and the number it was sent to (ASVS 5.0 6.6.2).
    pub(crate) fn code(&self, flow: FlowId, phone: &PhoneNumber, code: &str) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [b"code\0".as_slice(), flow.as_bytes(), phone.expose().as_bytes(), b"\0", code.as_bytes()]
        {
            context.update(part);
        }
        Digest::copy(context.sign().as_ref())
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

/// 32 bytes that stand for a secret. Comparison takes the same time wherever the difference lies.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// SHA-256 of a secret with at least 112 bits of entropy, for which a plain hash is enough (ASVS 5.0 6.5.2).
    pub fn of(secret: &[u8]) -> Self {
        Self::copy(digest::digest(&digest::SHA256, secret).as_ref())
    }

    /// A digest that was stored as [`Self::as_bytes`].
    pub const fn from_bytes(stored: [u8; 32]) -> Self {
        Self(stored)
    }

    /// The 32 bytes to store or look up.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        (self.0.iter())
            .flat_map(|byte| [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]])
            .map(char::from)
            .collect()
    }

    /// A digest that was written as [`Self::to_hex`].
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(out))
    }

    fn copy(bytes: &[u8]) -> Self {
        let mut out = [0; 32];
        out.copy_from_slice(bytes);
        Self(out)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("a digest is 64 hexadecimal digits"))
    }
}

/// A secret in the clear on its one way out: into a message, never into a log. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Clear(Zeroizing<String>);

impl Clear {
    /// Wraps a secret text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself; call it only where it leaves for the person it is meant for.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Clear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clear(…)")
    }
}

impl Serialize for Clear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Clear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = Digest::of(b"secret");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        for bad in ["", &"0".repeat(63), &"+1".repeat(32), &"é".repeat(32), &"0".repeat(65)] {
            assert_eq!(Digest::from_hex(bad), None, "{bad}");
        }
    }
}
