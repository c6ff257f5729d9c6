//! How verifications went over a range of time: counts by method, country and day.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use ringtrue_domain::{
    FlowId,
    flow::{PossessionType, SESSION_SECONDS, Standing},
};

use crate::{
    Engine, Error,
    model::{Counts, KeyScope, Listing, Refusals, Refused, Tally, TallyKey, hour_of, method_numbered},
};

/// Lines read at a time of those that were not counted yet.
const READ: usize = 5_000;

/// Hours up to which a range is shown by the hour, not by the day.
const BY_HOUR: i64 = 72;

/// Counts of one part of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewPart<T, C = Counts> {
    /// Which part.
    pub of: T,
    /// Its counts.
    pub counts: C,
}

/// How verifications went that began in a range of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// All of them.
    pub all: Counts,
    /// By method.
    pub methods: Vec<OverviewPart<PossessionType>>,
    /// By country (ISO 3166-1 alpha-2; none where the numbering plan does not tell), most verifications first.
    pub countries: Vec<OverviewPart<Option<String>>>,
    /// In their order, those without any left out: hours of a range of up to three days, else days, by their beginning.
    pub times: Vec<OverviewPart<Timestamp>>,
    /// Calls that limits refused in the range, as nodes have written them: ten seconds ago or less.
    pub refused: Refused,
    /// The same by time, as [`Overview::times`].
    pub refused_times: Vec<OverviewPart<Timestamp, Refused>>,
    /// Whether the times are days.
    pub by_day: bool,
}

impl Engine {
    /// How verifications of an environment went that began from one instant to before another, on the project's clock.
    /// Both count as the beginning of their hour (UTC), since that is what is kept; in zones that are off by half an
    /// hour a day begins up to as much later.
    pub async fn overview(
        &self,
        scope: KeyScope,
        from: Timestamp,
        until: Timestamp,
        zone: &TimeZone,
    ) -> Result<Overview, Error> {
        let (first, end) = (hour_of(from), hour_of(until).max(hour_of(from) + 1));
        let (mut tallies, recent) = self.counted(scope, first, end).await?;
        for (key, counts) in recent {
            if (first..end).contains(&key.hour) {
                tallies.push(Tally { key, counts });
            }
        }
        let refusals = self.store().refusals(scope, first, end).await?;
        Ok(summed(&tallies, &refusals, end - first > BY_HOUR, zone))
    }

    /// What was counted, and what was not yet. Both belong to one hand: it is read again until it stands still.
    async fn counted(
        &self,
        scope: KeyScope,
        first: i64,
        end: i64,
    ) -> Result<(Vec<Tally>, BTreeMap<TallyKey, Counts>), Error> {
        loop {
            let hand = self.store().tally_hand(scope).await?;
            let tallies = self.store().tallies(scope, first, end).await?;
            let recent = self.not_counted(scope, hand.place).await?;
            if self.store().tally_hand(scope).await?.version == hand.version {
                return Ok((tallies, recent));
            }
        }
    }

    /// Counts behind a place, as things stand now.
    async fn not_counted(
        &self,
        scope: KeyScope,
        mut place: FlowId,
    ) -> Result<BTreeMap<TallyKey, Counts>, Error> {
        let now = self.now_in(scope).await?;
        let session = jiff::SignedDuration::from_secs(i64::from(SESSION_SECONDS));
        let open_from = FlowId::first_at(now.checked_sub(session).unwrap_or(Timestamp::MIN));
        let mut counts = BTreeMap::<_, Counts>::new();
        loop {
            let read =
                self.store().listings_behind(scope, place, FlowId::from_bytes([0xff; 16]), READ).await?;
            let Some(last) = read.last().map(|last| last.id) else { return Ok(counts) };
            let over = read.len() < READ;
            for listing in read {
                let ran_out = listing.standing == Standing::Open && listing.id < open_from;
                let standing = if ran_out { Standing::TimedOut } else { listing.standing };
                let listing = Listing { standing, ..listing };
                counts.entry(TallyKey::of(&listing)).or_default().count(&listing);
            }
            if over {
                return Ok(counts);
            }
            place = last;
        }
    }
}

fn summed(tallies: &[Tally], refusals: &[Refusals], by_day: bool, zone: &TimeZone) -> Overview {
    let mut all = Counts::default();
    let (mut methods, mut countries, mut times) = (
        BTreeMap::<u8, Counts>::new(),
        BTreeMap::<&str, Counts>::new(),
        BTreeMap::<Timestamp, Counts>::new(),
    );
    for Tally { key, counts } in tallies {
        all.add(counts);
        methods.entry(key.method).or_default().add(counts);
        countries.entry(&key.country).or_default().add(counts);
        times.entry(beginning(key.hour, by_day, zone)).or_default().add(counts);
    }
    let methods = methods
        .into_iter()
        .filter_map(|(number, counts)| Some(OverviewPart { of: method_numbered(number)?, counts }))
        .collect();
    let mut countries: Vec<_> = countries
        .into_iter()
        .map(|(country, counts)| OverviewPart {
            of: Some(country.to_owned()).filter(|c| !c.is_empty()),
            counts,
        })
        .collect();
    countries.sort_by_key(|part| std::cmp::Reverse(part.counts.started));
    let times = times.into_iter().map(|(of, counts)| OverviewPart { of, counts }).collect();
    let (mut refused, mut refused_times) = (Refused::default(), BTreeMap::<Timestamp, Refused>::new());
    for found in refusals {
        refused.add(found.key.kind, found.refused);
        let at = beginning(found.key.hour, by_day, zone);
        refused_times.entry(at).or_default().add(found.key.kind, found.refused);
    }
    let refused_times = refused_times.into_iter().map(|(of, counts)| OverviewPart { of, counts }).collect();
    Overview { all, methods, countries, times, refused, refused_times, by_day }
}

/// When the hour begins, or its day in a zone.
fn beginning(hour: i64, by_day: bool, zone: &TimeZone) -> Timestamp {
    let at = Timestamp::from_second(hour.saturating_mul(3600)).unwrap_or(Timestamp::MAX);
    if !by_day {
        return at;
    }
    at.to_zoned_datetime(zone.clone()).start_of_day().map_or(at, |day| day.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LimitKind, RefusalKey};

    #[test]
    fn days_begin_where_the_zone_says() {
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        let at: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        assert_eq!(beginning(hour_of(at), false, &zone), at);
        assert_eq!(beginning(hour_of(at), true, &zone).to_string(), "2026-11-24T05:00:00Z");
    }

    #[test]
    fn sums_are_by_method_country_and_time() {
        let tally = |hour, method, country: &str, started| Tally {
            key: TallyKey { hour, method, country: country.into() },
            counts: Counts { started, ..Counts::default() },
        };
        let tallies = [tally(0, 0, "", 1), tally(1, 1, "GB", 5), tally(30, 1, "", 2)];
        let scope = KeyScope {
            project: ringtrue_domain::ProjectId::from_bytes([1; 16]),
            environment: ringtrue_domain::flow::Environment::Production,
        };
        let refusals = [(1, 3), (30, 4), (31, 5)].map(|(hour, refused)| Refusals {
            key: RefusalKey { scope, hour, kind: LimitKind::Requests },
            refused,
        });
        let sums = summed(&tallies, &refusals, true, &TimeZone::UTC);
        assert_eq!(sums.refused.by(LimitKind::Requests), 12);
        let refused: Vec<_> =
            sums.refused_times.iter().map(|part| (part.of.as_second(), part.counts.all())).collect();
        assert_eq!(refused, [(0, 3), (86_400, 9)]);
        assert_eq!(sums.all.started, 8);
        let methods: Vec<_> = sums.methods.iter().map(|part| (part.of, part.counts.started)).collect();
        assert_eq!(methods, [(PossessionType::Desktop, 1), (PossessionType::Mobile, 7)]);
        let countries: Vec<_> =
            sums.countries.iter().map(|part| (part.of.as_deref(), part.counts.started)).collect();
        assert_eq!(countries, [(Some("GB"), 5), (None, 3)]);
        let times: Vec<_> =
            sums.times.iter().map(|part| (part.of.as_second(), part.counts.started)).collect();
        assert_eq!(times, [(0, 6), (86_400, 2)]);
    }
}
