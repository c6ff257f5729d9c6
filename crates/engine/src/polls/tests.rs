use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::PollPace;
use crate::model::{NumberHash, PollHand};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn pace(hours: u64, per_hour: u32) -> PollPace {
    PollPace { interval: Duration::from_hours(hours), per_hour }
}

/// The part of the round that lies behind a hand, in thousandths.
fn thousandths(place: NumberHash) -> u128 {
    (u128::from(place.parts_since(NumberHash::START)) * 1000 + (1 << 63)) >> 64
}

fn moved(pace: &PollPace, hand: PollHand, now: Timestamp) -> PollHand {
    PollHand { version: hand.version + 1, ..pace.moved(hand, &pace.stretch(&hand, now), None) }
}

#[test]
fn a_hand_goes_round_once_per_interval() {
    let pace = pace(10, 1000);
    let mut hand = PollPace::begin(at(0));
    let mut ends = 0;
    for second in 1..=72_000 {
        hand = moved(&pace, hand, at(second));
        ends += i32::from(hand.place == NumberHash::END);
        let wanted = u128::try_from(second % 36_000).unwrap() * 1000 / 36_000;
        let off = (thousandths(hand.place) % 1000).abs_diff(wanted);
        assert!(off <= 1 || off >= 999, "{second}: {off} thousandths beside {wanted}");
        assert!(pace.behind(&hand, at(second)) <= SignedDuration::from_secs(1));
    }
    assert!(ends == 1 || ends == 2, "{ends}");
}

#[test]
fn a_hand_goes_on_from_the_last_number() {
    let pace = pace(10, 1000);
    let hand = PollPace::begin(at(0));
    let stretch = pace.stretch(&hand, at(3600));
    assert_eq!((stretch.after, thousandths(stretch.until)), (NumberHash::START, 100));
    let last = NumberHash::START.further(u64::MAX / 40);
    let hand = pace.moved(hand, &stretch, Some(last));
    assert_eq!(hand.place, last);
    assert_eq!(hand.at.duration_since(at(900)).as_secs(), 0, "a fortieth of the round later");
    let stretch = pace.stretch(&hand, at(3600));
    assert_eq!((stretch.after, thousandths(stretch.until)), (last, 100));
}

#[test]
fn a_hand_is_one_round_behind_at_most() {
    let pace = pace(10, 1000);
    let begun = PollPace::begin(at(0));
    let hand = PollHand { version: 1, place: NumberHash::START.further(u64::MAX / 2), ..begun };
    let now = at(30 * 86_400);
    assert_eq!(pace.behind(&hand, now), SignedDuration::from_hours(10));
    // To the end of the round first, from there to where it was.
    let hand = moved(&pace, hand, now);
    assert_eq!((hand.place, pace.behind(&hand, now).as_hours()), (NumberHash::END, 4));
    let hand = moved(&pace, hand, now);
    assert_eq!((thousandths(hand.place), pace.behind(&hand, now)), (500, SignedDuration::ZERO));
}

#[test]
fn clocks_that_differ_move_no_hand_back() {
    let pace = pace(10, 1000);
    let hand = PollHand { version: 1, ..PollPace::begin(at(60)) };
    assert_eq!(moved(&pace, hand, at(0)).at, at(60));
    assert!(!PollPace::should_move(&hand, &pace.stretch(&hand, at(0)), at(0)));
    // One that was set back for good is believed.
    let hand = PollHand { version: 1, ..PollPace::begin(at(90_000)) };
    assert!(PollPace::should_move(&hand, &pace.stretch(&hand, at(0)), at(0)));
    let hand = moved(&pace, hand, at(0));
    assert_eq!((hand.at, hand.place), (at(0), NumberHash::START));
}

/// Whatever the rhythm in which it is asked, no hour has more questions than the budget, nor many fewer.
#[test]
fn no_hour_has_more_questions_than_the_budget() {
    for per_hour in [1, 7, 360, 361, 5000, 1_000_000] {
        for step_millis in [250, 1000, 17_000, 600_000] {
            let pace = pace(24, per_hour);
            let mut hand = PollPace::begin(at(0));
            let mut asked: Vec<(i64, usize)> = Vec::new();
            for step in 0..(10_800_000 / step_millis) {
                let millis = step * step_millis;
                let now = at(0) + SignedDuration::from_millis(millis);
                let n = pace.allowance(&hand, now);
                if n > 0 {
                    hand = pace.spent(hand, now, n);
                    asked.push((millis, n));
                }
            }
            let (mut first, mut sum) = (0, 0);
            for (at, n) in &asked {
                sum += n;
                while at - asked[first].0 >= 3_600_000 {
                    sum -= asked[first].1;
                    first += 1;
                }
                assert!(sum <= per_hour as usize, "{sum} of {per_hour} in steps of {step_millis} ms");
            }
            let all: usize = asked.iter().map(|(_, n)| n).sum();
            if step_millis <= 1000 {
                assert!(all * 100 >= per_hour as usize * 3 * 98 - 100, "{all} in three hours of {per_hour}");
            }
        }
    }
}

#[test]
fn a_rest_is_kept_but_not_one_from_a_clock_gone_wrong() {
    let pace = pace(24, 3600);
    let resting = |hours: i64| PollHand { free_at: at(hours * 3600), ..PollPace::begin(at(0)) };
    assert_eq!(pace.allowance(&resting(24), at(0)), 0);
    assert!(pace.allowance(&resting(26), at(0)) > 0);
    assert!(pace.spent(resting(26), at(0), 1).free_at < at(2));
}

#[test]
fn pauses_grow_until_the_hand_is_sooner() {
    let minutes = |pace: &PollPace, failures| pace.pause(failures).map(|pause| pause.as_mins());
    let day = pace(24, 1);
    let pauses: Vec<_> = (1..8).map(|failures| minutes(&day, failures)).collect();
    assert_eq!(pauses, [Some(1), Some(4), Some(16), Some(64), Some(256), None, None]);
    assert_eq!(minutes(&pace(1, 1), 4), None);
    assert_eq!(minutes(&day, u32::MAX), None);
}
