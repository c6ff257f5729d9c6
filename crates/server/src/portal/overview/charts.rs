//! The charts of an overview, each with a name that its file of figures goes by.

use jiff::{Timestamp, tz::TimeZone};
use ringtrue_domain::flow::Standing;
use ringtrue_engine::{
    Overview,
    model::{Counts, LimitKind, TOOK_SECONDS},
};

use super::{brief, country_label};
use crate::portal::{
    chart::{Chart, Shape},
    range::Range,
    words,
};

/// Countries of a chart by name; the others are one.
const CHARTED: usize = 8;

/// The file of what limits refused, whose chart stands by itself.
const LIMITS_CSV: &str = "limits.csv";

/// How it went over a range.
pub(super) struct Figures {
    pub(super) overview: Overview,
    pub(super) range: Range,
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    pub(super) path: String,
}

/// What is read off counts for a series.
type Measure = (&'static str, fn(&Counts) -> u64);

const VERIFIED: Measure = ("Verified", |counts| counts.standing(Standing::Verified));

/// A person's way through a verification.
const WAY: [Measure; 4] = [
    ("Started", |counts| counts.started),
    ("Message sent", |counts| counts.messaged),
    ("Phone proven", |counts| counts.proven),
    VERIFIED,
];

impl Figures {
    /// All of them, in the order in which a page shows them.
    pub(super) fn charts(&self) -> Vec<Chart> {
        ["times", "methods", "countries", "took", "refusals", "messages"]
            .into_iter()
            .filter_map(|name| self.chart(&format!("{name}.csv")))
            .collect()
    }

    /// The one whose figures are in a file.
    pub(super) fn chart(&self, file: &str) -> Option<Chart> {
        let chart = match file {
            "times.csv" => self.times(),
            "methods.csv" => self.methods(),
            "countries.csv" => self.countries("From start to verified, by country", "verifications", &WAY),
            "took.csv" => self.took(),
            "refusals.csv" => self.refusals(),
            LIMITS_CSV => self.limits(),
            "messages.csv" => self.countries(
                "What was sent, by country",
                "count",
                &[("Messages", |counts| counts.messages), ("Segments billed", |counts| counts.segments)],
            ),
            _ => return None,
        };
        Some(chart.csv_at(format!("{}/{file}{}", self.path, self.range.query())))
    }

    /// What limits refused, if they refused anything.
    pub(super) fn limits_hit(&self) -> Option<Chart> {
        if self.overview.refused.all() > 0 { self.chart(LIMITS_CSV) } else { None }
    }

    /// The times of the range with their labels, and what the labels are.
    fn along(&self) -> (Vec<Timestamp>, Vec<String>, &'static str) {
        let by_day = self.overview.by_day;
        let all = self.range.times(by_day, self.now, &self.zone);
        let one_day = self.range.first == self.range.last;
        let label = |at: &Timestamp| {
            let local = at.to_zoned_datetime(self.zone.clone());
            let form = match (by_day, one_day) {
                (true, _) => "%-d %b",
                (false, true) => "%H:%M",
                (false, false) => "%-d %b %Hh",
            };
            local.strftime(form).to_string()
        };
        let labels = all.iter().map(label).collect();
        (all, labels, if by_day { "Day" } else { "Hour" })
    }

    fn times(&self) -> Chart {
        let times = &self.overview.times;
        let (all, labels, along) = self.along();
        let nothing = Counts::default();
        let counts = |at: &Timestamp| {
            let found = times.binary_search_by_key(at, |part| part.of);
            found.map_or(&nothing, |place| &times[place].counts)
        };
        let mut chart = Chart::new("Started and verified", "verifications", Shape::Line, along, labels);
        for (name, measure) in [WAY[0], VERIFIED] {
            chart = chart.with(name, all.iter().map(|at| measure(counts(at))).collect());
        }
        chart
    }

    fn limits(&self) -> Chart {
        let times = &self.overview.refused_times;
        let (all, labels, along) = self.along();
        let refused = |at: &Timestamp, kind| {
            let found = times.binary_search_by_key(at, |part| part.of);
            found.map_or(0, |place| times[place].counts.by(kind))
        };
        let mut chart = Chart::new("Limits being hit", "refused calls", Shape::Line, along, labels);
        for kind in LimitKind::ALL {
            let values = all.iter().map(|at| refused(at, kind)).collect();
            chart = chart.with(words::limit(kind), values);
        }
        chart
    }

    fn methods(&self) -> Chart {
        let labels = WAY.map(|(name, _)| name.to_owned()).to_vec();
        let title = "From start to verified, by method";
        let mut chart = Chart::new(title, "verifications", Shape::Rows, "Step", labels);
        for part in &self.overview.methods {
            let values = WAY.map(|(_, measure)| measure(&part.counts)).to_vec();
            chart = chart.with(words::method(part.of), values);
        }
        chart
    }

    fn countries(&self, title: &'static str, unit: &'static str, measures: &[Measure]) -> Chart {
        let (named, others) = self.overview.countries.split_at(self.overview.countries.len().min(CHARTED));
        let mut labels: Vec<_> = named.iter().map(|part| country_label(part.of.as_deref())).collect();
        let mut counts: Vec<_> = named.iter().map(|part| part.counts).collect();
        if !others.is_empty() {
            labels.push("Others".to_owned());
            let mut sum = Counts::default();
            for part in others {
                sum.add(&part.counts);
            }
            counts.push(sum);
        }
        let mut chart = Chart::new(title, unit, Shape::Bars, "Country", labels);
        for (name, measure) in measures {
            chart = chart.with(name, counts.iter().map(measure).collect());
        }
        chart
    }

    fn took(&self) -> Chart {
        let labels = TOOK_SECONDS.into_iter().map(brief).chain(["longer".to_owned()]).collect();
        Chart::new("Time from start to verified", "verifications", Shape::Bars, "Up to", labels)
            .with("Verified", self.overview.all.took.to_vec())
    }

    fn refusals(&self) -> Chart {
        let all = &self.overview.all;
        let ended =
            Standing::ALL.into_iter().filter(|one| !matches!(one, Standing::Open | Standing::Verified));
        let mut found: Vec<_> = ended.map(|one| (words::standing(one).1, all.standing(one))).collect();
        found.retain(|(_, count)| *count > 0);
        found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let (labels, values): (Vec<_>, _) =
            found.into_iter().map(|(label, count)| (label.to_owned(), count)).unzip();
        Chart::new("Not verified, by reason", "verifications", Shape::Rows, "Reason", labels)
            .with("Not verified", values)
    }
}
