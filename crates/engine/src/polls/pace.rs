//! When numbers are looked at. All of it is arithmetic; what it works on is in the store, so nodes share one pace.
//!
//! A source's *hand* goes over all watched numbers once per interval, in the order of their hashes. These are as good as
//! random, so the numbers are spread over the interval however many were enrolled at once; and a number has no row and
//! no date before it was looked at. A hand that stood still is behind, and goes as fast as the budget lets it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{NumberHash, PollHand};

const HOUR: Duration = Duration::from_hours(1);
/// How far ahead of an even flow questions may be asked, so that a fast source is not asked one by one.
const AHEAD: Duration = Duration::from_secs(10);
/// The pause after a first failure; each further one is four times as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The hand is written at least so often while there are no numbers.
const MOVE_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A hand that is further ahead than clocks of nodes can differ was moved by a clock that went wrong.
const SLACK: SignedDuration = SignedDuration::from_hours(1);
/// Longest time that a source can be told to rest (a day), and some slack.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(25);

/// How often a source is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollPace {
    /// How often each number is looked at; at least a minute.
    pub interval: Duration,
    /// Questions in any hour at most; at least 1.
    pub per_hour: u32,
}

/// A part of the round that is to be gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Numbers after this place,
    pub(super) after: NumberHash,
    /// up to this one.
    pub(super) until: NumberHash,
    /// When the hand should have been at its beginning.
    from: Timestamp,
    /// When it should be at its end.
    to: Timestamp,
}

impl PollPace {
    /// The hand of a source that was never asked: everybody's turn comes within the interval.
    pub(super) const fn begin(now: Timestamp) -> PollHand {
        PollHand { version: 0, place: NumberHash::START, at: now, free_at: now }
    }

    /// How far the hand is behind: at most one round, since more of them would be of no use.
    pub(super) fn behind(&self, hand: &PollHand, now: Timestamp) -> SignedDuration {
        now.duration_since(hand.at).clamp(SignedDuration::ZERO, signed(self.interval))
    }

    /// What the hand has to go through by now, at most up to the end of the round.
    pub(super) fn stretch(&self, hand: &PollHand, now: Timestamp) -> Stretch {
        let after = if hand.place == NumberHash::END { NumberHash::START } else { hand.place };
        let behind = self.behind(hand, now);
        let until = after.further(self.parts(behind));
        let ahead = hand.at.duration_since(now);
        let now = if ahead > SignedDuration::ZERO && ahead <= SLACK { hand.at } else { now };
        let from = now.checked_sub(behind).unwrap_or(now);
        let to = if until == NumberHash::END { self.later(from, after, until) } else { now };
        Stretch { after, until, from, to: to.min(now) }
    }

    /// The hand after it went through a stretch, or up to the number that was the last one for now.
    pub(super) fn moved(&self, hand: PollHand, stretch: &Stretch, last: Option<NumberHash>) -> PollHand {
        let (place, at) = match last {
            Some(last) => (last, self.later(stretch.from, stretch.after, last).min(stretch.to)),
            None => (stretch.until, stretch.to),
        };
        PollHand { place, at, ..hand }
    }

    /// Whether to write a hand that has met no number: at the end of the round, so that it goes on, and now and then, so
    /// that those who are enrolled later come after it.
    pub(super) fn should_move(hand: &PollHand, stretch: &Stretch, now: Timestamp) -> bool {
        let behind = now.duration_since(hand.at);
        let ends = stretch.until == NumberHash::END;
        hand.version == 0 || ends || behind >= MOVE_EVERY || behind < -SLACK
    }

    /// How many questions may be asked now.
    pub(super) fn allowance(&self, hand: &PollHand, now: Timestamp) -> usize {
        let free_in = Self::free_at(hand, now).duration_since(now).unsigned_abs();
        let Some(ahead) = AHEAD.checked_sub(free_in).filter(|ahead| !ahead.is_zero()) else { return 0 };
        let questions = ahead.as_nanos() / self.between().as_nanos();
        usize::try_from(questions).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// The hand after so many questions.
    pub(super) fn spent(&self, hand: PollHand, now: Timestamp, questions: usize) -> PollHand {
        let time = self.between().saturating_mul(questions.try_into().unwrap_or(u32::MAX));
        PollHand { free_at: Self::free_at(&hand, now).checked_add(time).unwrap_or(Timestamp::MAX), ..hand }
    }

    fn free_at(hand: &PollHand, now: Timestamp) -> Timestamp {
        if hand.free_at.duration_since(now) > LONGEST_REST { now } else { hand.free_at.max(now) }
    }

    /// The pause after some failures in a row; none when the hand will come by sooner or later anyway.
    pub(super) fn pause(&self, failures: u32) -> Option<SignedDuration> {
        let pause = FIRST_PAUSE.checked_mul(4_i32.checked_pow(failures.saturating_sub(1))?)?;
        (pause < signed(self.interval) / 2).then_some(pause)
    }

    /// Between two questions, in whole microseconds. A bit more than the budget's share, so that not even an hour into
    /// which questions fall that were asked ahead has more of them.
    fn between(&self) -> Duration {
        let micros = (HOUR + AHEAD).as_micros().div_ceil(u128::from(self.per_hour.max(1)));
        Duration::from_micros(micros.try_into().unwrap_or(u64::MAX))
    }

    /// The part of a round that the hand covers in some time.
    fn parts(&self, time: SignedDuration) -> u64 {
        let parts = (time.unsigned_abs().as_nanos() << 64) / self.interval.as_nanos().max(1);
        parts.try_into().unwrap_or(u64::MAX)
    }

    /// When a hand that is at one place at an instant is at a later place, rounded up to the microseconds of stores.
    fn later(&self, from: Timestamp, place: NumberHash, later: NumberHash) -> Timestamp {
        let parts = u128::from(later.parts_since(place));
        let micros = ((parts * self.interval.as_micros()) >> 64) + 1;
        let time = SignedDuration::from_micros(micros.try_into().unwrap_or(i64::MAX));
        from.checked_add(time).unwrap_or(Timestamp::MAX)
    }
}

fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}
