//! What became of verifications, counted by the hour.

use jiff::Timestamp;
use ringtrue_domain::{
    FlowId,
    flow::{PossessionType, Standing},
};

use super::{KeyScope, Listing};

/// How far the verifications of an environment were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TallyHand {
    /// Whose.
    pub scope: KeyScope,
    /// 1 for one that was written once, 0 for one that never was.
    pub version: u64,
    /// The last one that was counted; before every flow if none was.
    pub place: FlowId,
}

/// A hand, and what there is to count behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncounted {
    /// How far they were counted.
    pub hand: TallyHand,
    /// The next one.
    pub next: FlowId,
    /// Microseconds that the project's clock is ahead of the wall clock; 0 in production.
    pub clock_ahead_micros: i64,
}

/// What is counted together: the verifications that began in one hour, of one method and country.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey {
    /// Hours since 1970, UTC.
    pub hour: i64,
    /// How possession was to be proven, as [`method_number`] has it.
    pub method: u8,
    /// ISO 3166-1 alpha-2; empty when the numbering plan does not tell.
    pub country: String,
}

impl TallyKey {
    /// Where a verification is counted.
    pub fn of(listing: &Listing) -> Self {
        Self {
            hour: hour_of(listing.id.began_at()),
            method: method_number(listing.method),
            country: listing.country.clone().unwrap_or_default(),
        }
    }
}

/// Hours since 1970 at an instant.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3600)
}

/// A method's number in stores.
pub const fn method_number(method: PossessionType) -> u8 {
    match method {
        PossessionType::Desktop => 0,
        PossessionType::Mobile => 1,
        PossessionType::None => 2,
    }
}

/// The method with this number.
pub fn method_numbered(number: u8) -> Option<PossessionType> {
    [PossessionType::Desktop, PossessionType::Mobile, PossessionType::None]
        .into_iter()
        .find(|method| method_number(*method) == number)
}

/// Seconds up to which a verification falls into each bucket of [`Counts::took`]; the last one has no end.
pub const TOOK_SECONDS: [i64; 7] = [10, 20, 30, 60, 120, 300, 600];

/// What became of some verifications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many began.
    pub started: u64,
    /// To how many at least one message was sent.
    pub messaged: u64,
    /// In how many possession was proven.
    pub proven: u64,
    /// How many stand how, by [`Standing::number`].
    pub standing: [u64; Standing::ALL.len()],
    /// Messages that were sent.
    pub messages: u64,
    /// What carriers bill for them.
    pub segments: u64,
    /// How long those took that were verified, by [`TOOK_SECONDS`].
    pub took: [u64; TOOK_SECONDS.len() + 1],
}

impl Counts {
    /// Counts one verification.
    pub fn count(&mut self, listing: &Listing) {
        self.started += 1;
        self.messaged += u64::from(listing.messages > 0);
        self.proven += u64::from(listing.proof.is_some());
        self.standing[usize::from(listing.standing.number())] += 1;
        self.messages += u64::from(listing.messages);
        self.segments += u64::from(listing.segments);
        if listing.standing == Standing::Verified
            && let Some(at) = listing.concluded_at
        {
            let seconds = at.duration_since(listing.id.began_at()).as_secs();
            self.took[TOOK_SECONDS.partition_point(|bound| *bound < seconds)] += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.started += other.started;
        self.messaged += other.messaged;
        self.proven += other.proven;
        self.messages += other.messages;
        self.segments += other.segments;
        let standing = self.standing.iter_mut().zip(other.standing);
        let took = self.took.iter_mut().zip(other.took);
        standing.chain(took).for_each(|(sum, more)| *sum += more);
    }

    /// How many stand so.
    pub fn standing(&self, standing: Standing) -> u64 {
        self.standing[usize::from(standing.number())]
    }

    /// Seconds within which this part (0 to 1) of those verified were done: the bound of a bucket. `None` when nobody
    /// was verified, or when it lies beyond the last bound.
    pub fn took_within(&self, part: f64) -> Option<i64> {
        let all: u64 = self.took.iter().sum();
        let mut reached = 0;
        for (bound, count) in TOOK_SECONDS.iter().zip(self.took) {
            reached += count;
            #[expect(clippy::cast_precision_loss, reason = "a part of a count need not be exact")]
            if reached > 0 && reached as f64 >= part * all as f64 {
                return Some(*bound);
            }
        }
        None
    }
}

/// Counts of one hour, method and country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What they are about.
    pub key: TallyKey,
    /// The counts.
    pub counts: Counts,
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::flow::{Environment, Proof};

    use super::*;

    fn verified_after(seconds: i64) -> Listing {
        let began: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        Listing {
            id: FlowId::first_at(began),
            scope: KeyScope {
                project: ringtrue_domain::ProjectId::from_bytes([1; 16]),
                environment: Environment::Production,
            },
            method: PossessionType::Mobile,
            country: Some("GB".into()),
            standing: Standing::Verified,
            proof: Some(Proof::Code),
            concluded_at: Some(began + jiff::SignedDuration::from_secs(seconds)),
            messages: 2,
            segments: 4,
        }
    }

    #[test]
    fn times_fall_into_buckets_up_to_their_bound() {
        let mut counts = Counts::default();
        for seconds in [0, 10, 11, 600, 601, 900] {
            counts.count(&verified_after(seconds));
        }
        assert_eq!(counts.took, [2, 1, 0, 0, 0, 0, 1, 2]);
        assert_eq!((counts.started, counts.proven, counts.messages, counts.segments), (6, 6, 12, 24));
        assert_eq!(counts.took_within(0.5), Some(20));
        assert_eq!(counts.took_within(0.9), None);
        assert_eq!(Counts::default().took_within(0.5), None);
        let mut twice = counts;
        twice.add(&counts);
        assert_eq!((twice.started, twice.took[0], twice.standing(Standing::Verified)), (12, 4, 12));
    }

    #[test]
    fn methods_are_read_back() {
        for number in 0..3 {
            assert_eq!(method_numbered(number).map(method_number), Some(number));
        }
        assert_eq!(method_numbered(3), None);
    }
}
