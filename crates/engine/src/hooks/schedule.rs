//! When an attempt that failed is made again, and what becomes of an endpoint that keeps failing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Delivery, DeliveryState, LaneHealth, Outcome};

/// What an operator can set about deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySettings {
    /// Pauses after the first failed attempts; the last one is repeated. Never empty.
    pub retry_pauses: Vec<Duration>,
    /// How long a delivery is tried.
    pub give_up_after: Duration,
    /// How long an endpoint may fail before somebody is warned, once for each.
    pub warn_after: Vec<Duration>,
    /// How long an endpoint may fail before nothing is sent to it any more.
    pub pause_after: Duration,
    /// Posts to one endpoint at the same time, 1 to 64.
    pub parallel: usize,
    /// Events of one delivery at most, 1 to 100 (webhooks.md).
    pub max_events: usize,
}

impl Default for DeliverySettings {
    /// 5 s, 30 s, 2 min, 10 min, 30 min, then hourly, for 3 days (webhooks.md); warned after 1 h and 24 h, paused after
    /// 3 days; 8 at once, of 100 events.
    fn default() -> Self {
        Self {
            retry_pauses: [5, 30, 120, 600, 1800, 3600].map(Duration::from_secs).to_vec(),
            give_up_after: Duration::from_hours(72),
            warn_after: vec![Duration::from_hours(1), Duration::from_hours(24)],
            pause_after: Duration::from_hours(72),
            parallel: 8,
            max_events: 100,
        }
    }
}

/// Seconds of `Retry-After` that are honoured at most.
const MAX_RETRY_AFTER_SECONDS: u32 = 24 * 60 * 60;

impl DeliverySettings {
    /// The pause after so many failed attempts in a row, 10 % shorter to 10 % longer as `dice` falls.
    fn pause(&self, failed: u32, dice: u8) -> SignedDuration {
        let step = usize::try_from(failed.saturating_sub(1)).unwrap_or(usize::MAX);
        let pause = self.retry_pauses.get(step).or(self.retry_pauses.last()).copied().unwrap_or_default();
        let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX / 20_000);
        let jittered = (micros / 10_000).saturating_mul(9000 + 2000 * u64::from(dice) / 255);
        SignedDuration::from_micros(i64::try_from(jittered).unwrap_or(i64::MAX))
    }

    /// A delivery after one more attempt, which ended at `now` on the project's clock.
    pub(super) fn after(&self, delivery: Delivery, outcome: &Outcome, now: Timestamp, dice: u8) -> Delivery {
        let mut delivery = Delivery { attempts: delivery.attempts.saturating_add(1), ..delivery };
        if is_success(outcome) {
            delivery.state = DeliveryState::Delivered;
            return delivery;
        }
        let failed = delivery.attempts.saturating_sub(delivery.replayed_at_attempt);
        let asked = match outcome {
            Outcome::Answered(answer) => answer.retry_after_seconds.unwrap_or(0).min(MAX_RETRY_AFTER_SECONDS),
            Outcome::NoAnswer { .. } => 0,
        };
        let pause = self.pause(failed, dice).max(SignedDuration::from_secs(i64::from(asked)));
        let due_at = later(now, pause);
        if due_at >= delivery.give_up_at {
            delivery.state = DeliveryState::Failed;
        } else {
            delivery.due_at = due_at;
        }
        delivery
    }

    /// An endpoint's health after one more attempt.
    pub(super) fn health(&self, health: LaneHealth, outcome: &Outcome, now: Timestamp) -> LaneHealth {
        if is_success(outcome) {
            return LaneHealth { succeeded_at: Some(now), ..LaneHealth::default() };
        }
        let failing_since = health.failing_since.unwrap_or(now);
        let failing_for = now.duration_since(failing_since);
        let stages = self.warn_after.iter().filter(|after| failing_for >= signed(**after)).count();
        LaneHealth {
            failing_since: Some(failing_since),
            failures: health.failures.saturating_add(1),
            warnings: u32::try_from(stages).unwrap_or(u32::MAX).max(health.warnings),
            succeeded_at: health.succeeded_at,
        }
    }

    /// Since when an endpoint has failed that nothing is sent to any more.
    pub(super) fn given_up(&self, health: &LaneHealth, now: Timestamp) -> Option<Timestamp> {
        health.failing_since.filter(|since| now.duration_since(*since) >= signed(self.pause_after))
    }

    /// The instant at which a delivery that begins now is given up.
    pub(crate) fn give_up_at(&self, now: Timestamp) -> Timestamp {
        later(now, signed(self.give_up_after))
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn later(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// Whether an endpoint took what it was sent.
pub(super) fn is_success(outcome: &Outcome) -> bool {
    outcome.is_success()
}

/// Whether an endpoint wants nothing any more.
pub(super) fn is_gone(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answered(answer) if answer.status == 410)
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::{DeliveryId, ProjectId, flow::Environment, secret::Clear};

    use super::*;
    use crate::model::{Answer, Content, KeyScope, NoAnswer};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_366_400 + second).unwrap()
    }

    fn answered(status: u16, retry_after_seconds: Option<u32>) -> Outcome {
        let body = Clear::new(String::new());
        Outcome::Answered(Answer { status, headers: vec![], body, retry_after_seconds })
    }

    fn silent() -> Outcome {
        Outcome::NoAnswer { why: NoAnswer::TimedOut, detail: String::new() }
    }

    fn delivery() -> Delivery {
        Delivery {
            id: DeliveryId::from_bytes([1; 16]),
            scope: KeyScope { project: ProjectId::from_bytes([2; 16]), environment: Environment::Production },
            content: Content::Events { first: 1, last: 3 },
            state: DeliveryState::Open,
            created_at: at(0),
            due_at: at(0),
            give_up_at: DeliverySettings::default().give_up_at(at(0)),
            attempts: 0,
            replayed_at_attempt: 0,
        }
    }

    /// Seconds from each attempt to the next, when all fail at once, without jitter.
    #[test]
    fn the_pauses_are_those_of_the_contract_for_three_days() {
        let settings = DeliverySettings::default();
        let (mut delivery, mut now, mut pauses) = (delivery(), at(0), vec![]);
        loop {
            delivery = settings.after(delivery, &silent(), now, 127);
            if delivery.state != DeliveryState::Open {
                break;
            }
            let half = SignedDuration::from_millis(500);
            pauses.push((delivery.due_at.duration_since(now) + half).as_secs());
            now = delivery.due_at;
        }
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!(pauses[..7], [5, 30, 120, 600, 1799, 3599, 3599]);
        assert_eq!(pauses.len(), 76);
        assert!(now.duration_since(at(0)) > SignedDuration::from_hours(70));
    }

    #[test]
    fn jitter_is_ten_percent_each_way() {
        let settings = DeliverySettings::default();
        let due = |dice| settings.after(delivery(), &silent(), at(0), dice).due_at.duration_since(at(0));
        assert_eq!(due(0), SignedDuration::from_millis(4500));
        assert_eq!(due(255), SignedDuration::from_millis(5500));
    }

    #[test]
    fn the_endpoint_may_ask_for_a_longer_pause_up_to_a_day() {
        let settings = DeliverySettings::default();
        let due = |seconds| settings.after(delivery(), &answered(503, Some(seconds)), at(0), 0).due_at;
        assert_eq!(due(90), at(90));
        assert_eq!(due(1), at(0) + SignedDuration::from_millis(4500));
        assert_eq!(due(u32::MAX), at(24 * 60 * 60));
    }

    #[test]
    fn any_2xx_delivers_and_nothing_else_does() {
        let settings = DeliverySettings::default();
        for (status, state) in [
            (200, DeliveryState::Delivered),
            (204, DeliveryState::Delivered),
            (299, DeliveryState::Delivered),
            (302, DeliveryState::Open),
            (400, DeliveryState::Open),
            (500, DeliveryState::Open),
        ] {
            let after = settings.after(delivery(), &answered(status, None), at(0), 0);
            assert_eq!((after.state, after.attempts), (state, 1), "{status}");
        }
        assert!(is_gone(&answered(410, None)));
    }

    #[test]
    fn a_replayed_delivery_begins_with_the_first_pause_again() {
        let replayed = Delivery { attempts: 40, replayed_at_attempt: 40, ..delivery() };
        let after = DeliverySettings::default().after(replayed, &silent(), at(0), 0);
        assert_eq!(after.due_at, at(0) + SignedDuration::from_millis(4500));
    }

    #[test]
    fn an_endpoint_is_warned_about_twice_before_it_is_paused() {
        let settings = DeliverySettings::default();
        let mut health = LaneHealth::default();
        let mut seen = vec![];
        for hour in [0, 1, 2, 23, 24, 71, 72] {
            let now = at(hour * 3600);
            health = settings.health(health, &silent(), now);
            seen.push((health.warnings, settings.given_up(&health, now).is_some()));
        }
        let expected = [(0, false), (1, false), (1, false), (1, false), (2, false), (2, false), (2, true)];
        assert_eq!(seen, expected);
        assert_eq!((health.failures, health.failing_since), (7, Some(at(0))));
        let well = settings.health(health, &answered(200, None), at(1));
        assert_eq!(well, LaneHealth { succeeded_at: Some(at(1)), ..LaneHealth::default() });
    }
}
