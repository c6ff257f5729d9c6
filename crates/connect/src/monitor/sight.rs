//! A gateway's answer as what it says of a line.

use std::collections::BTreeMap;

use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use ringtrue_domain::{
    LineType,
    identity::{Line, LineChange},
};
use ringtrue_engine::{
    model::LineStatus,
    ports::{LineQuestion, Sight},
};
use serde_json::Value;

use super::config::HttpMonitorConfig;
use crate::request::scalar;

/// Characters of an operator's name at most.
const MAX_CARRIER: usize = 200;

/// Reads an answer; none when it says nothing of the number. Errors name places, never values.
pub(super) fn read(
    config: &HttpMonitorConfig,
    body: &Value,
    question: &LineQuestion<'_>,
) -> anyhow::Result<Option<Sight>> {
    let text = |pointer: &Option<String>| {
        let value = body.pointer(pointer.as_deref()?).and_then(scalar)?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let not_understood = |pointer: &Option<String>| {
        anyhow!("the answer's value at {} is not understood", pointer.as_deref().unwrap_or_default())
    };
    let (carrier, line_type) = (text(&config.carrier), text(&config.line_type));
    let (status, ported) = (text(&config.status), text(&config.ported_at));
    if [&carrier, &line_type, &status, &ported].iter().all(|value| value.is_none()) {
        return Ok(None);
    }
    let fits = |name: &String| name.chars().count() <= MAX_CARRIER && !name.chars().any(char::is_control);
    if !carrier.iter().all(fits) {
        return Err(not_understood(&config.carrier));
    }
    let status = match status {
        Some(word) => status_of(&word, &config.statuses).ok_or_else(|| not_understood(&config.status))?,
        None => LineStatus::Active,
    };
    let ported = match ported {
        Some(time) => happened_after(&time, question).ok_or_else(|| not_understood(&config.ported_at))?,
        None => false,
    };
    let line_type = line_type.map(|word| kind_of(&word, &config.line_types));
    let port = carrier.clone().filter(|_| ported).map(|to| LineChange::Ported { from: None, to: Some(to) });
    let line = Line { carrier, line_type, country: None };
    Ok(Some(Sight { line, status, happened: port.into_iter().collect() }))
}

fn kind_of(word: &str, words: &BTreeMap<String, LineType>) -> LineType {
    named(word, words).or_else(|| LineType::parse(word)).unwrap_or(LineType::Unknown)
}

fn status_of(word: &str, words: &BTreeMap<String, LineStatus>) -> Option<LineStatus> {
    named(word, words).or_else(|| match word.to_lowercase().as_str() {
        "active" => Some(LineStatus::Active),
        "suspended" => Some(LineStatus::Suspended),
        "disconnected" => Some(LineStatus::Disconnected),
        _ => None,
    })
}

fn named<T: Copy>(word: &str, words: &BTreeMap<String, T>) -> Option<T> {
    let same = |name: &str| name.to_lowercase() == word.to_lowercase();
    words.iter().find(|(name, _)| same(name)).map(|(_, meant)| *meant)
}

/// Whether something happened in the time that is asked about; none when the text is no time. A date stands for its end:
/// rather a change of the first day that the person knows of than one that nobody is told.
fn happened_after(time: &str, question: &LineQuestion<'_>) -> Option<bool> {
    if let Ok(at) = time.parse::<Timestamp>() {
        return Some(at > question.since && at <= question.now);
    }
    let date: Date = time.parse().ok()?;
    let begin = date.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    let end = begin.checked_add(SignedDuration::from_hours(24)).ok()?;
    Some(end > question.since && begin <= question.now)
}
