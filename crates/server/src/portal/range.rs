//! A range of days, as the visitor's zone counts them.

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde::Deserialize;
use url::form_urlencoded;

use super::{fault::Problem, parts::filled};

/// Days of a range at most: a quarter, of which a page stays readable.
const MAX_DAYS: i32 = 92;

/// What an address says of a range.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedRange {
    range: String,
    from: String,
    until: String,
}

/// The ranges that have a name, with how many days they are; the last one of each is today.
const NAMED: [(&str, &str, i64); 3] = [("today", "Today", 1), ("7d", "7 days", 7), ("30d", "30 days", 30)];
const CUSTOM: &str = "custom";
const DEFAULT: &str = "7d";

/// Days, both ends among them.
pub(super) struct Range {
    name: &'static str,
    pub(super) first: Date,
    pub(super) last: Date,
    /// The first instant.
    pub(super) from: Timestamp,
    /// The first instant behind it.
    pub(super) until: Timestamp,
}

impl AskedRange {
    /// The range that is meant; the usual one where nothing is said.
    pub(super) fn read(&self, now: Timestamp, zone: &TimeZone) -> Result<Range, Problem> {
        if self.range == CUSTOM {
            let day = |field, text: &str| {
                let wrong = || Problem::new(field, "Days must be written as 2026-11-25.".to_owned());
                filled(text).and_then(|text| text.parse::<Date>().ok()).ok_or_else(wrong)
            };
            let (first, last) = (day("from", &self.from)?, day("until", &self.until)?);
            let days = last.since(first).map_or(i32::MAX, |span| span.get_days());
            if !(0..MAX_DAYS).contains(&days) {
                let text =
                    format!("The last day must be the first one or later, {MAX_DAYS} days in all at most.");
                return Err(Problem::new("until", text));
            }
            return Ok(Range::of(CUSTOM, first, last, zone));
        }
        Ok(Range::usual(&self.range, now, zone))
    }
}

impl Range {
    /// The range of a name, or the default one.
    pub(super) fn usual(name: &str, now: Timestamp, zone: &TimeZone) -> Self {
        let known = |wanted: &str| NAMED.into_iter().find(|(known, ..)| *known == wanted);
        let (name, _, days) = known(name).or_else(|| known(DEFAULT)).unwrap_or(NAMED[0]);
        let today = now.to_zoned_datetime(zone.clone()).date();
        let first = today.checked_sub((days - 1).days()).unwrap_or(today);
        Self::of(name, first, today, zone)
    }

    fn of(name: &'static str, first: Date, last: Date, zone: &TimeZone) -> Self {
        let begin = |day: Date| zone.to_zoned_datetime(day.into()).map(|begin| begin.timestamp());
        let from = begin(first).unwrap_or(Timestamp::MIN);
        let until = last.tomorrow().and_then(begin).unwrap_or(Timestamp::MAX);
        Self { name, first, last, from, until }
    }

    /// The beginnings of its days, or of its hours that have begun.
    pub(super) fn times(&self, by_day: bool, now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        const HOUR: i64 = 3600;
        if by_day {
            let days = self.first.series(1.day()).take_while(|day| *day <= self.last);
            return days
                .filter_map(|day| Some(zone.to_zoned_datetime(day.into()).ok()?.timestamp()))
                .collect();
        }
        let end = self.until.min(now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now)).as_second();
        let first = self.from.as_second().div_euclid(HOUR) * HOUR;
        let hours =
            std::iter::successors(Some(first), |hour| Some(hour + HOUR)).take_while(|hour| *hour < end);
        hours.filter_map(|hour| Timestamp::from_second(hour).ok()).collect()
    }

    /// What follows a path in an address of the same range.
    pub(super) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
        query.append_pair("range", self.name);
        if self.is_custom() {
            query.append_pair("from", &self.first.to_string()).append_pair("until", &self.last.to_string());
        }
        query.finish()
    }

    pub(super) fn is_custom(&self) -> bool {
        self.name == CUSTOM
    }

    /// The named ranges: what follows a path, the label, and whether it is this one.
    pub(super) fn choices(&self) -> [(String, &'static str, bool); 3] {
        NAMED.map(|(name, label, _)| (format!("?range={name}"), label, name == self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T03:30:00Z".parse().expect("it is an instant")
    }

    fn asked(range: &str, from: &str, until: &str) -> AskedRange {
        AskedRange { range: range.to_owned(), from: from.to_owned(), until: until.to_owned() }
    }

    #[test]
    fn days_are_the_visitors() {
        let zone = TimeZone::get("America/New_York").expect("it is known");
        let today = asked("today", "", "").read(now(), &zone).expect("it is a range");
        assert_eq!((today.first.to_string(), today.last), ("2026-11-24".to_owned(), today.first));
        assert_eq!(today.from.to_string(), "2026-11-24T05:00:00Z");
        assert_eq!(today.until.to_string(), "2026-11-25T05:00:00Z");
        let hours = today.times(false, now(), &zone);
        assert_eq!((hours.len(), hours.first().copied()), (23, Some(today.from)));
        let week = asked("nonsense", "", "").read(now(), &zone).expect("it is a range");
        assert_eq!((week.first.to_string().as_str(), week.query().as_str()), ("2026-11-18", "?range=7d"));
        let days = week.times(true, now(), &zone);
        assert_eq!((days.len(), days[6].to_string()), (7, "2026-11-24T05:00:00Z".to_owned()));
    }

    #[test]
    fn a_day_of_23_hours_is_a_day() {
        let zone = TimeZone::get("Europe/Berlin").expect("it is known");
        let one = asked("custom", "2026-03-29", "2026-03-29").read(now(), &zone).expect("it is a range");
        assert_eq!(one.times(false, now(), &zone).len(), 23);
        assert_eq!(one.query(), "?range=custom&from=2026-03-29&until=2026-03-29");
    }

    #[test]
    fn odd_ranges_are_refused() {
        for (from, until) in [
            ("", "2026-11-25"),
            ("2026-11-25", "x"),
            ("2026-11-26", "2026-11-25"),
            ("2026-01-01", "2026-12-31"),
        ] {
            assert!(asked("custom", from, until).read(now(), &TimeZone::UTC).is_err(), "{from} {until}");
        }
    }
}
