//! The envelope: version byte, 12-byte random nonce, ciphertext, 16-byte tag.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};

use super::key::JsonFault;

const VERSION: u8 = 1;
const HEADER: usize = 1 + NONCE_LEN;
const TAG: usize = 16;

/// What tells a sealed body from every other one, without opening either: its first [`HEADER`] bytes, of which 12 are
/// random and new at each writing. Copied from a record, not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark([u8; HEADER]);

impl Mark {
    /// The mark of a sealed body.
    pub(crate) fn of(sealed: &[u8]) -> Result<Self, SealError> {
        sealed.first_chunk().copied().map(Self).ok_or(SealError::Envelope)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; HEADER] {
        &self.0
    }
}

/// Why a body could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    /// The operating system gives no random bytes.
    #[error("no random bytes")]
    NoRandomness,
    /// Written by a newer program, or not an envelope at all.
    #[error("unknown envelope")]
    Envelope,
    /// Another key, another record, or altered bytes.
    #[error("the seal is broken")]
    Broken,
    /// What was sealed is not what this program expects.
    #[error("the content does not fit")]
    Json(#[source] JsonFault),
}

/// An envelope to write the plain text to. `expected` is its likely size: a buffer that has to grow leaves copies
/// of the plain text behind.
pub(super) fn begin(expected: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + expected + TAG);
    out.resize(HEADER, 0);
    out
}

/// Seals what was written after [`begin`], in place, under a key derived for `context`.
pub(super) fn seal(key: &hmac::Key, context: &[&[u8]], mut out: Vec<u8>) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_LEN];
    // Not the Entropy port: a nonce from a seeded source would repeat.
    SystemRandom::new().fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
    out[0] = VERSION;
    out[1..HEADER].copy_from_slice(&nonce);
    let tag = record_key(key, context)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from([VERSION]),
            &mut out[HEADER..],
        )
        .map_err(|_| SealError::Broken)?;
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

/// Opens an envelope in place.
pub(super) fn open<'a>(
    key: &hmac::Key,
    context: &[&[u8]],
    sealed: &'a mut [u8],
) -> Result<&'a [u8], SealError> {
    let (header, body) = sealed.split_at_mut_checked(HEADER).ok_or(SealError::Envelope)?;
    let (&mut version, nonce) = header.split_first_mut().ok_or(SealError::Envelope)?;
    if version != VERSION {
        return Err(SealError::Envelope);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Envelope)?;
    record_key(key, context)?
        .open_in_place(nonce, Aad::from([VERSION]), body)
        .map(|plain| &*plain)
        .map_err(|_| SealError::Broken)
}

/// Kind and id of the record are in its key; there is nothing left to authenticate besides the version.
fn record_key(key: &hmac::Key, context: &[&[u8]]) -> Result<LessSafeKey, SealError> {
    let mut derived = hmac::Context::with_key(key);
    for part in context {
        derived.update(part);
    }
    UnboundKey::new(&AES_256_GCM, derived.sign().as_ref())
        .map(LessSafeKey::new)
        .map_err(|_| SealError::Broken)
}
