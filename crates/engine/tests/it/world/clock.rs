//! Time that passes only when everybody waits, and randomness that is the same in every run.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};
use ringtrue_engine::ports::{Clock, EntropySource};
use tokio::time::Instant;

/// A wall clock that follows Tokio's paused one.
#[derive(Clone)]
pub(crate) struct SimClock {
    began: Instant,
    at: Timestamp,
}

impl SimClock {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), at: Timestamp::from_second(1_800_000_000).unwrap() }
    }
}

impl Clock for SimClock {
    fn wall(&self) -> Timestamp {
        let micros = i64::try_from(self.began.elapsed().as_micros()).unwrap();
        self.at + SignedDuration::from_micros(micros)
    }
}

pub(crate) struct Seeded(Mutex<ChaCha8Rng>);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl EntropySource for Seeded {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap().fill(out);
    }
}
