//! Recovery codes: for whoever lost what they sign in with.
//!
//! A code is 120 random bits, so a plain digest is enough (ASVS 5.0 6.5.2 asks for 112) and nobody guesses one; attempts
//! are limited all the same (6.3.1), by where they come from: what a stranger does elsewhere keeps no member out. Each
//! works once (6.5.1).

use std::time::Duration;

use jiff::SignedDuration;
use ringtrue_domain::{
    ClientNetwork,
    member::Member,
    secret::{Clear, Digest},
    text::EmailAddress,
};

use super::{actor, people};
use crate::{
    Engine, Error,
    model::{Actor, Deed, SignedIn, Way},
    ports::{Change, PeopleChange, Unit},
};

/// Codes that a member has at first.
const CODES: u32 = 10;
/// Attempts in the name of one address from one network, right or wrong, within [`WINDOW`].
const TRIES: u32 = 10;
/// Refusals of one member that are written down within [`WINDOW`], wherever they come from.
const NOTED: u32 = 100;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Digits of base 32 without those that look alike (Crockford), five bits each.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random bytes of a code: 24 digits.
const BYTES: usize = 15;

impl Engine {
    /// Makes new recovery codes, which are shown this one time; those from before are void.
    pub async fn make_recovery_codes(&self, by: &SignedIn) -> Result<Vec<Clear>, Error> {
        let codes: Vec<_> = (0..CODES).map(|_| spelled(&self.random_array())).collect();
        let digests = codes.iter().filter_map(|code| digest(code.expose())).collect();
        let unit = Unit::new()
            .with(people(PeopleChange::PutRecoveryCodes { member: by.member.id, codes: digests }))
            .with(self.note(self.wall(), actor(&by.member), Deed::RecoveryCodesMade { count: CODES }));
        self.store().commit(unit).await?;
        Ok(codes)
    }

    /// How many recovery codes the member has left.
    pub async fn recovery_codes_left(&self, by: &SignedIn) -> Result<u64, Error> {
        Ok(self.store().recovery_codes(by.member.id).await?)
    }

    /// Signs in with an address and a recovery code, however it is spaced and whatever its case.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a wrong address or code, never tells which; [`Error::TooMany`] after ten attempts from
    /// this network within ten minutes, right or wrong.
    pub async fn recover(
        &self,
        email: &str,
        code: &str,
        from: ClientNetwork,
        agent: &str,
    ) -> Result<(Clear, SignedIn), Error> {
        let email = EmailAddress::parse("email", email)?;
        let of = format!("recovery {} {}", from.expose(), email.folded());
        if !self.is_written(vec![self.count_try(of, TRIES)]).await? {
            return Err(Error::TooMany { retry_after: Duration::try_from(WINDOW).unwrap_or_default() });
        }
        let Some(member) = self.store().member_by_email(&email).await? else {
            return Err(Error::Unauthorized);
        };
        let Some(code) = digest(code) else { return self.refused(&member).await };
        let mut unit = vec![people(PeopleChange::TakeRecoveryCode { member: member.id, code })];
        let signed_in = self.sign_in(&member, Way::RecoveryCode, agent, &mut unit);
        if self.is_written(unit).await? { Ok(signed_in) } else { self.refused(&member).await }
    }

    fn count_try(&self, of: String, limit: u32) -> Change {
        let wall = self.wall();
        let resets_at = wall.checked_add(WINDOW).unwrap_or(wall);
        people(PeopleChange::CountTry { of: Clear::new(of), wall, resets_at, limit })
    }

    async fn refused<T>(&self, member: &Member) -> Result<T, Error> {
        let deed = Deed::SignInRefused { member: member.id, way: Way::RecoveryCode };
        // The log stays for ever: whoever has many networks must not fill it.
        let counted = self.count_try(format!("refusals {}", member.id), NOTED);
        self.is_written(vec![counted, self.note(self.wall(), Actor::Nobody, deed)]).await?;
        Err(Error::Unauthorized)
    }
}

/// Four groups of six digits.
fn spelled(bytes: &[u8; BYTES]) -> Clear {
    let mut text = String::with_capacity(27);
    for (place, chunk) in bytes.chunks_exact(5).enumerate() {
        let bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for digit in 0..8 {
            if (place * 8 + digit).is_multiple_of(6) && !text.is_empty() {
                text.push('-');
            }
            let value = usize::try_from((bits >> (35 - 5 * digit)) & 31).unwrap_or_default();
            text.push(char::from(DIGITS[value]));
        }
    }
    Clear::new(text)
}

/// The digest of a code as somebody typed it; none for what cannot be one.
fn digest(typed: &str) -> Option<Digest> {
    if typed.len() > 64 {
        return None;
    }
    let mut digits = zeroize::Zeroizing::new(String::with_capacity(64));
    for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
        digits.push(match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c if c.is_ascii_alphanumeric() => c,
            _ => return None,
        });
    }
    (digits.len() == BYTES * 8 / 5).then(|| Digest::of(digits.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_all_its_bits_and_is_read_as_people_type() {
        let bytes: [u8; BYTES] = std::array::from_fn(|place| u8::try_from(place * 17 + 1).unwrap());
        let code = spelled(&bytes);
        let text = code.expose();
        assert_eq!(text.len(), 27);
        assert!(text.split('-').all(|group| group.len() == 6), "{text}");
        for typed in
            [text.to_lowercase(), text.replace('-', ""), text.replace('-', " "), text.replace('1', "l")]
        {
            assert_eq!(digest(&typed), digest(text), "{typed}");
        }
        // Another bit, anywhere, is another code.
        for bit in 0..BYTES * 8 {
            let mut other = bytes;
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(spelled(&other).expose(), text, "bit {bit}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in
            ["", "123456", "123456-123456-123456-12345", "é23456-123456-123456-123456", &"1".repeat(65)]
        {
            assert_eq!(digest(typed), None, "{typed}");
        }
    }
}
