//! How many verifications a day has, and when in it they begin.

use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Weekday},
    tz::Offset,
};

use super::{
    company::{PRODUCTS, PUMPED_SHARE, PUMPING, Spell},
    dice::Dice,
};

/// How much goes on in each hour of a day, where people live.
const HOURS: [u32; 24] =
    [8, 5, 3, 2, 2, 4, 12, 30, 52, 68, 76, 80, 84, 78, 74, 76, 80, 88, 96, 100, 94, 72, 44, 20];
const BUSIEST: f64 = 100.0;

/// The days that are filled: each 24 hours long, the last one ends now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) until: Timestamp,
    pub(super) count: u16,
}

impl Days {
    /// When a day begins and ends; 0 is the first one.
    pub(super) fn bounds(&self, day: u16) -> (Timestamp, Timestamp) {
        let before = |days: u16| self.before(SignedDuration::from_hours(24 * i64::from(days)));
        (before(self.count - day), before(self.count - day - 1))
    }

    /// So long before the end.
    pub(super) fn before(&self, span: SignedDuration) -> Timestamp {
        self.until.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When a spell begins and ends, if it falls into these days.
    pub(super) fn spell(&self, spell: &Spell) -> Option<(Timestamp, Timestamp)> {
        let hours = |hours| self.before(SignedDuration::from_hours(hours));
        let (begin, end) = (hours(spell.hours_before), hours(spell.hours_before - spell.hours));
        (begin >= self.bounds(0).0).then_some((begin, end))
    }

    /// How many verifications of each product begin on each day; with those that are pumped there are `all`.
    pub(super) fn plan(&self, all: u32, dice: &mut Dice) -> Plan {
        let weights: Vec<f64> = (0..self.count).map(|day| self.weight(day, dice)).collect();
        let sum: f64 = weights.iter().sum();
        let pumped = self.spell(&PUMPING).map_or(0, |_| all * PUMPED_SHARE / 100);
        let mut left: u32 = all - pumped;
        let mut counts = Vec::with_capacity(weights.len());
        for weight in &weights {
            let counted = PRODUCTS.map(|product| {
                let part = f64::from(all - pumped) * weight / sum * f64::from(product.share) / 100.0;
                let part = whole(part).min(left);
                left -= part;
                part
            });
            counts.push(counted);
        }
        // What rounding left over.
        if let Some(last) = counts.last_mut() {
            last[0] += left;
        }
        Plan { counts, pumped }
    }

    /// Weekends are quieter, business grows, and no two days are the same.
    fn weight(&self, day: u16, dice: &mut Dice) -> f64 {
        let (begin, _) = self.bounds(day);
        let noon = begin.checked_add(SignedDuration::from_hours(12)).unwrap_or(begin);
        #[expect(clippy::cast_precision_loss, reason = "a number below a hundred")]
        let noise = 0.93 + dice.below(15) as f64 / 100.0;
        on_weekday(Offset::UTC.to_datetime(noon)) * noise * (1.0 + 0.008 * f64::from(day))
    }
}

/// How many verifications begin when.
pub(super) struct Plan {
    /// Of each product, on each day.
    pub(super) counts: Vec<[u32; PRODUCTS.len()]>,
    /// Those that are pumped.
    pub(super) pumped: u32,
}

/// An instant between two, by the habits of people whose clocks are so many hours ahead of UTC.
pub(super) fn instant(from: Timestamp, to: Timestamp, ahead_hours: i8, dice: &mut Dice) -> Timestamp {
    let span = to.duration_since(from);
    loop {
        let at = from.checked_add(dice.within(span)).unwrap_or(from);
        let there = Offset::from_hours(ahead_hours).unwrap_or(Offset::UTC).to_datetime(at);
        let busy = HOURS[usize::try_from(there.hour()).unwrap_or(0) % HOURS.len()];
        if dice.chance(f64::from(busy) / BUSIEST * on_weekday(there)) {
            return at;
        }
    }
}

fn on_weekday(at: DateTime) -> f64 {
    match at.weekday() {
        Weekday::Saturday => 0.62,
        Weekday::Sunday => 0.5,
        Weekday::Monday => 1.0,
        _ => 0.94,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small and not negative"
)]
fn whole(part: f64) -> u32 {
    part.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_as_many_as_were_asked_for() {
        let until: Timestamp = "2026-11-25T17:30:00Z".parse().unwrap();
        for (all, count) in [(100, 30), (20_000, 30), (1_000_000, 1), (12_345, 7)] {
            let plan = Days { until, count }.plan(all, &mut Dice::new(1, 0));
            let planned: u32 = plan.counts.iter().flatten().sum();
            assert_eq!(planned + plan.pumped, all);
            assert_eq!(plan.counts.len(), usize::from(count));
        }
    }

    #[test]
    fn days_are_as_long_as_days_and_the_last_one_ends_now() {
        let until: Timestamp = "2026-11-25T17:30:00Z".parse().unwrap();
        let days = Days { until, count: 3 };
        assert_eq!(days.bounds(2), ("2026-11-24T17:30:00Z".parse().unwrap(), until));
        assert_eq!(days.bounds(0).1, days.bounds(1).0);
    }

    #[test]
    fn nights_are_quiet() {
        let from: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let to: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut dice = Dice::new(1, 0);
        let night = (0..2000).filter(|_| {
            let at = instant(from, to, 0, &mut dice);
            at < from + SignedDuration::from_hours(6)
        });
        let night = night.count();
        assert!((5..120).contains(&night), "{night}");
    }
}
