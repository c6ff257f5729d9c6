//! How often waiting sockets look at the store when nobody wakes them. A look is the net under a lost notification, so
//! few at a time may look often, and many look seldom.

use std::time::Duration;

/// Between two looks of a socket, at least.
const SHORTEST: Duration = Duration::from_secs(10);
/// Between two looks of a socket, at most: a lost notification costs no more, however many wait.
const LONGEST: Duration = Duration::from_mins(1);
/// Looks per second of all sockets of a node, as long as [`LONGEST`] allows it.
const LOOKS_PER_SECOND: usize = 200;

/// The pause before the next look of one of `waiting` sockets. `random` spreads them over a tenth to either side, so
/// that sockets that were opened together do not go on looking together.
pub(super) fn pause(waiting: usize, random: u8) -> Duration {
    let millis = waiting.saturating_mul(1000) / LOOKS_PER_SECOND;
    let even = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)).clamp(SHORTEST, LONGEST);
    let spread = even * u32::from(random) / u32::from(u8::MAX) / 5;
    (even * 9 / 10 + spread).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_look_often_and_many_seldom() {
        for (waiting, seconds) in [(0, 10), (1, 10), (2_000, 10), (4_000, 20), (12_000, 60), (1 << 40, 60)] {
            let even = pause(waiting, 127).as_secs_f64();
            assert!((even - f64::from(seconds)).abs() < 0.1, "{even} for {waiting}");
        }
    }

    #[test]
    fn looks_are_spread_and_never_leave_the_bounds() {
        for waiting in [1, 4_000, 1_000_000] {
            let pauses: Vec<_> = (0..=u8::MAX).map(|random| pause(waiting, random)).collect();
            assert!(pauses.iter().all(|pause| (SHORTEST..=LONGEST).contains(pause)), "{waiting}");
            assert!(pauses.iter().max() > pauses.iter().min(), "{waiting}");
        }
        assert!(pause(4_000, 0) < Duration::from_secs(19) && pause(4_000, 255) > Duration::from_secs(21));
    }
}
