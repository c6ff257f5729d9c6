//! Calls that a limit refused, counted by the hour.

use super::KeyScope;

/// A limit that can refuse a call of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKind {
    /// Requests per second and credential.
    Requests,
    /// Verifications of one number.
    Number,
    /// Countries whose numbers are verified.
    Countries,
}

impl LimitKind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Number, Self::Countries];

    /// Its number in stores, which stays.
    pub const fn number(self) -> u8 {
        match self {
            Self::Requests => 0,
            Self::Number => 1,
            Self::Countries => 2,
        }
    }

    /// The limit with this number; none for one that a newer program counted.
    pub fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// What it is called in the admin API and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requestsPerSecond",
            Self::Number => "verificationsPerNumber",
            Self::Countries => "countries",
        }
    }
}

/// What is counted together: the calls of one environment that one limit refused in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefusalKey {
    /// Whose calls.
    pub scope: KeyScope,
    /// Hours since 1970, UTC, on the project's clock.
    pub hour: i64,
    /// Which limit.
    pub kind: LimitKind,
}

/// How many calls were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusals {
    /// Which.
    pub key: RefusalKey,
    /// How many.
    pub refused: u64,
}

/// Refused calls by limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refused([u64; LimitKind::ALL.len()]);

impl Refused {
    /// How many this limit refused.
    pub fn by(&self, kind: LimitKind) -> u64 {
        self.0[usize::from(kind.number())]
    }

    /// How many were refused.
    pub fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Adds some.
    pub fn add(&mut self, kind: LimitKind, refused: u64) {
        self.0[usize::from(kind.number())] += refused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_back_and_have_a_place_each() {
        let mut refused = Refused::default();
        for (place, kind) in LimitKind::ALL.into_iter().enumerate() {
            assert_eq!((usize::from(kind.number()), LimitKind::numbered(kind.number())), (place, Some(kind)));
            refused.add(kind, 2);
            assert_eq!(refused.by(kind), 2);
        }
        assert_eq!(refused.all(), 2 * LimitKind::ALL.len() as u64);
        assert_eq!(LimitKind::numbered(200), None);
    }
}
