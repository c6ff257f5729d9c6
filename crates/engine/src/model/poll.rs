//! Polls of sources for what became of watched numbers.

use std::fmt;

use jiff::Timestamp;

/// What a watched number is known by in all projects: 128 bits of a hash under the server's key. They are as good as
/// random, so they also give each number its place in the round of a source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberHash(u128);

impl NumberHash {
    /// Before every number.
    pub const START: Self = Self(0);
    /// After every number.
    pub const END: Self = Self(u128::MAX);

    /// As it is stored; the order is the same.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// To be stored.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// A place that is this much of a round (in parts of 2^64) further on, at most the end.
    #[must_use]
    pub fn further(self, parts: u64) -> Self {
        Self(self.0.saturating_add(u128::from(parts) << 64))
    }

    /// How much of a round lies between an earlier place and this one, in parts of 2^64.
    pub fn parts_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0) >> 64).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberHash(…)")
    }
}

/// How far a source's numbers were gone through: like a clock's hand, once round per interval (wall clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollHand {
    /// 1 for one that was written once, 0 for one that never was.
    pub version: u64,
    /// Up to here numbers were taken up.
    pub place: NumberHash,
    /// When the hand should have been there.
    pub at: Timestamp,
    /// Before then the source is asked nothing more: what it may be asked until then is used up.
    pub free_at: Timestamp,
}

/// What is known of a number's polls of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// When the source was last asked and knew the number.
    pub looked_at: Option<Timestamp>,
    /// Failures in a row since the hand last came by.
    pub failures: u32,
    /// When it may be taken up, if that is not up to the hand: to try again, or because whoever took it up vanished.
    pub due_at: Option<Timestamp>,
    /// Who took it up.
    pub lease: Option<[u8; 16]>,
}
