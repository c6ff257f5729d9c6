//! Time and entropy as the engine gets them.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use ringtrue_domain::Entropy;

/// The wall clock. Sandbox projects add their own offset to it.
pub trait Clock: Send + Sync {
    /// Now.
    fn wall(&self) -> Timestamp;
}

/// The machine's clock, cut to the microseconds that stores keep.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn wall(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// A source of randomness that many tasks share.
pub trait EntropySource: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl EntropySource for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        // Without randomness no code may be made; there is nothing to go on with.
        self.0.fill(out).expect("the operating system gives random bytes");
    }
}

/// Lends a shared source to one decision of the domain.
pub(crate) struct Lent<'a>(pub(crate) &'a dyn EntropySource);

impl Entropy for Lent<'_> {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}
