//! Chance, the same in every run.

use jiff::SignedDuration;
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

/// A source of chance of its own for everybody who rolls dice, so that none depends on what others do.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// Those of one among many.
    pub(super) fn new(seed: u64, of: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(of);
        Self(rng)
    }

    /// Whether something happens that does with this probability, 0 to 1.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// A number from 0 to before this one, which is over 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// One of several.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of several, each as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(T, u32)]) -> T {
        let all: u32 = of.iter().map(|(_, weight)| weight).sum();
        let mut roll = self.0.random_range(0..all);
        for (what, weight) in of {
            match roll.checked_sub(*weight) {
                Some(rest) => roll = rest,
                None => return *what,
            }
        }
        of[0].0
    }

    /// An instant of a span, in microseconds.
    pub(super) fn within(&mut self, span: SignedDuration) -> SignedDuration {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        SignedDuration::from_micros(self.0.random_range(0..micros.max(1)))
    }

    /// How long something takes that takes so many seconds as often more as less, and sometimes much more: logarithms of
    /// what people and networks take are about normal.
    pub(super) fn about(&mut self, median_seconds: f64) -> SignedDuration {
        const SPREAD: f64 = 0.55;
        let normal: f64 = (0..12).map(|_| self.0.random::<f64>()).sum::<f64>() - 6.0;
        SignedDuration::from_secs_f64(median_seconds * (SPREAD * normal).exp())
    }

    /// So many digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.0.random_range(0..10_u8))).collect()
    }

    /// So many characters of an id.
    pub(super) fn letters(&mut self, count: usize) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        (0..count).map(|_| char::from(ALPHABET[self.0.random_range(0..32_usize)])).collect()
    }

    /// Random bytes.
    pub(super) fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_rolls_the_same_and_others_do_not() {
        let roll = |seed, of| Dice::new(seed, of).digits(20);
        assert_eq!(roll(1, 1), roll(1, 1));
        assert_ne!(roll(1, 1), roll(1, 2));
        assert_ne!(roll(1, 1), roll(2, 1));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1, 0);
        let hits = (0..10_000).filter(|_| dice.weighted(&[(true, 3), (false, 7), (true, 0)])).count();
        assert!((2800..3200).contains(&hits), "{hits}");
    }

    #[test]
    fn half_of_the_times_are_shorter_than_the_median() {
        let mut dice = Dice::new(1, 0);
        let shorter = (0..10_000).filter(|_| dice.about(10.0) < SignedDuration::from_secs(10)).count();
        assert!((4700..5300).contains(&shorter), "{shorter}");
    }
}
