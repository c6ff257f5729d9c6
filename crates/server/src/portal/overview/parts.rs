//! The figures of a whole range: at a glance, and by method and country.

use ringtrue_domain::flow::Standing;
use ringtrue_engine::{Overview, model::Counts};

use super::{country_label, percent};
use crate::{
    http::ApiError,
    portal::{
        chart::csv_text,
        parts::{counted, span},
        words,
    },
};

/// A method or a country, and how it went there.
pub(super) struct PartRow {
    pub(super) name: String,
    pub(super) started: u64,
    pub(super) verified: u64,
    pub(super) share: String,
    pub(super) messages: u64,
    pub(super) segments: u64,
    pub(super) each: String,
}

impl PartRow {
    fn of(name: String, counts: &Counts) -> Self {
        let verified = counts.standing(Standing::Verified);
        Self {
            name,
            started: counts.started,
            verified,
            share: percent(verified, decided(counts)),
            messages: counts.messages,
            segments: counts.segments,
            each: each(counts.segments, verified),
        }
    }
}

/// Those that are over: what is still under way would count against them.
fn decided(counts: &Counts) -> u64 {
    counts.started.saturating_sub(counts.standing(Standing::Open))
}

/// How many there are for each, to the tenth.
fn each(of: u64, by: u64) -> String {
    match by {
        0 => "–".to_owned(),
        by => {
            let tenths = (of.saturating_mul(10).saturating_add(by / 2)) / by;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    }
}

pub(super) fn methods(overview: &Overview) -> impl Iterator<Item = PartRow> {
    overview.methods.iter().map(|part| PartRow::of(words::method(part.of).to_owned(), &part.counts))
}

pub(super) fn countries(overview: &Overview) -> impl Iterator<Item = PartRow> {
    overview.countries.iter().map(|part| PartRow::of(country_label(part.of.as_deref()), &part.counts))
}

/// What is read at a glance.
pub(super) fn tiles(all: &Counts) -> Vec<(&'static str, String, String)> {
    let verified = all.standing(Standing::Verified);
    let within = |part: f64| match (verified, all.took_within(part)) {
        (0, _) => "–".to_owned(),
        (_, Some(seconds)) => span(seconds),
        (_, None) => "over 10 minutes".to_owned(),
    };
    let open = all.standing(Standing::Open);
    let under_way = if open > 0 { format!("{open} still under way") } else { String::new() };
    vec![
        ("Started", all.started.to_string(), under_way),
        (
            "Verified",
            percent(verified, decided(all)),
            format!("{verified} of {} that are over", decided(all)),
        ),
        ("Half are verified within", within(0.5), format!("nine of ten within {}", within(0.9))),
        ("Messages", all.messages.to_string(), counted(all.segments, "segment")),
        ("Segments for each verified", each(all.segments, verified), String::new()),
    ]
}

/// All methods and countries as a file.
pub(super) fn to_csv(overview: &Overview) -> Result<String, ApiError> {
    let head = [
        "By",
        "Name",
        "Started",
        "Under way",
        "Message sent",
        "Phone proven",
        "Verified",
        "Messages",
        "Segments",
    ];
    let line = |by: &str, name: String, counts: &Counts| {
        let numbers = [
            counts.started,
            counts.standing(Standing::Open),
            counts.messaged,
            counts.proven,
            counts.standing(Standing::Verified),
            counts.messages,
            counts.segments,
        ];
        [by.to_owned(), name].into_iter().chain(numbers.map(|number| number.to_string())).collect()
    };
    let methods =
        overview.methods.iter().map(|part| line("Method", words::method(part.of).to_owned(), &part.counts));
    let countries = overview
        .countries
        .iter()
        .map(|part| line("Country", country_label(part.of.as_deref()), &part.counts));
    csv_text(std::iter::once(head.map(str::to_owned).to_vec()).chain(methods).chain(countries))
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn what_is_for_each_is_told_to_the_tenth() {
        assert_eq!([each(0, 0), each(7, 2), each(2, 3)], ["–", "3.5", "0.7"]);
    }
}
