//! Where randomness comes from: an argument, so that tests can replay a run.

/// A source of random bytes. Production uses the operating system's generator; tests use a seeded one.
pub trait Entropy: Send {
    /// Fills `out` with random bytes. Production sources must be cryptographically secure.
    fn fill(&mut self, out: &mut [u8]);
}

/// A decimal code of `digits` digits (at most 9), each value equally likely.
///
/// 64 random bits are reduced to at most 30, so the bias towards any code is below one in 2^33.
pub(crate) fn decimal_code(entropy: &mut dyn Entropy, digits: u8) -> String {
    let mut bytes = [0_u8; 8];
    entropy.fill(&mut bytes);
    let width = usize::from(digits.min(9));
    let value = u64::from_be_bytes(bytes) % 10_u64.pow(u32::from(digits.min(9)));
    format!("{value:0width$}")
}
