//! The secret that deliveries to a webhook are signed with: `whsec_` and base64, as Standard Webhooks 1.0.0 writes it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{Entropy, FieldError, secret::Clear};

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret that we make.
const FRESH_BYTES: usize = 32;
/// Bytes of a secret that somebody else made (Standard Webhooks 1.0.0, "Signature scheme").
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const FIELD: &str = "secret";

/// A new secret of 32 random bytes.
pub fn fresh(entropy: &mut dyn Entropy) -> Clear {
    let mut bytes = Zeroizing::new([0_u8; FRESH_BYTES]);
    entropy.fill(&mut *bytes);
    // As long as it gets, so that no shorter copy is left behind.
    let mut text = String::with_capacity(PREFIX.len() + FRESH_BYTES.div_ceil(3) * 4);
    text.push_str(PREFIX);
    STANDARD.encode_string(bytes.as_slice(), &mut text);
    Clear::new(text)
}

/// The bytes that a secret stands for: the key of `webhook-signature`.
///
/// # Errors
///
/// [`FieldError`] names `secret` and the rule that it breaks: prefix, base64, or 24 to 64 bytes.
pub fn key(secret: &str) -> Result<Zeroizing<Vec<u8>>, FieldError> {
    let text = secret.strip_prefix(PREFIX).ok_or(FieldError::new(FIELD, "must begin with whsec_"))?;
    let key = STANDARD
        .decode(text)
        .map(Zeroizing::new)
        .map_err(|_| FieldError::new(FIELD, "must be base64 after whsec_"))?;
    if !BYTES.contains(&key.len()) {
        return Err(FieldError::new(FIELD, "must stand for 24 to 64 bytes"));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, out: &mut [u8]) {
            for byte in out {
                *byte = self.0;
                self.0 += 1;
            }
        }
    }

    #[test]
    fn a_fresh_secret_stands_for_its_random_bytes() {
        let secret = fresh(&mut Counting(0));
        assert_eq!(secret.expose(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        assert_eq!(*key(secret.expose()).unwrap(), (0..32).collect::<Vec<u8>>());
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_repeated() {
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let long = format!("whsec_{}", STANDARD.encode([1; 65]));
        for (text, rule) in [
            ("", "secret: must begin with whsec_"),
            ("whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "secret: must begin with whsec_"),
            ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "secret: must be base64 after whsec_"),
            ("whsec_!", "secret: must be base64 after whsec_"),
            ("whsec_", "secret: must stand for 24 to 64 bytes"),
            (&short, "secret: must stand for 24 to 64 bytes"),
            (&long, "secret: must stand for 24 to 64 bytes"),
        ] {
            assert_eq!(key(text).unwrap_err().to_string(), rule, "{text}");
        }
    }
}
