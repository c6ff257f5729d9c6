//! A persona's timeline as people write it: one step a line, such as `30 PORT Other Mobile`.

use ringtrue_domain::{
    FieldError,
    identity::{EventType, LineChange, Told},
};
use ringtrue_engine::{MAX_AFTER_DAYS, model::PersonaStep};

use super::super::parts::filled;

/// Writes the steps.
pub(super) fn write(steps: &[PersonaStep]) -> String {
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(step: &PersonaStep) -> String {
    let told = step.change.told();
    let (before, after) = match step.change.event_type() {
        EventType::Port => (told.carrier, told.new_carrier),
        EventType::LineTypeChange => (told.line_type, told.new_line_type),
        EventType::PhoneNumberChange => (None, told.new_phone_number),
        EventType::Disconnect | EventType::MovedOutOfCoverage | EventType::SimSwap | EventType::Test => {
            (None, None)
        }
    };
    let what = match (before.unwrap_or_default(), after.unwrap_or_default()) {
        ("", after) if !after.contains('>') => after.to_owned(),
        (before, after) => format!("{before} > {after}"),
    };
    let event = told.event.unwrap_or_default();
    format!("{} {event} {}", step.after_days, what.trim()).trim_end().to_owned()
}

/// Reads the steps; lines that are empty count for nothing.
///
/// # Errors
///
/// [`FieldError`] names `timeline`, the line and what is wrong with it.
pub(super) fn read(text: &str) -> Result<Vec<PersonaStep>, FieldError> {
    let mut steps = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(line) = filled(line) else { continue };
        let wrong = |rule: String| FieldError::new("timeline", format!("line {number}: {rule}"));
        steps.push(step(line).map_err(wrong)?);
    }
    Ok(steps)
}

fn step(line: &str) -> Result<PersonaStep, String> {
    let (days, rest) = first_word(line);
    let after_days = days.parse().ok().filter(|days| *days <= MAX_AFTER_DAYS);
    let after_days = after_days.ok_or("must begin with the days after the enrolment, 0 to 3660")?;
    let (event, what) = first_word(rest);
    let event = event.to_ascii_uppercase();
    let (before, after) = match what.split_once('>') {
        Some((before, after)) => (filled(before), filled(after)),
        None => (None, filled(what)),
    };
    let mut told = Told { event: Some(&event), ..Told::default() };
    match EventType::parse_change(&event) {
        Some(EventType::Port) => (told.carrier, told.new_carrier) = (before, after),
        Some(EventType::LineTypeChange) => (told.line_type, told.new_line_type) = (before, after),
        Some(EventType::PhoneNumberChange) => told.new_phone_number = filled(what),
        Some(_) if !what.is_empty() => return Err(format!("nothing comes after {event}")),
        Some(_) | None => {}
    }
    let change = LineChange::parse("event", told).map_err(|error| match error.field {
        "newLineType" | "lineType" => format!("the type of line {}", error.rule),
        "newPhoneNumber" => format!("the new number {}", error.rule),
        "carrier" | "newCarrier" => format!("the carrier {}", error.rule),
        _ => format!("what happens {}", error.rule),
    })?;
    Ok(PersonaStep { after_days, change })
}

fn first_word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &str = "0 SIM_SWAP\n30 PORT Other Mobile\n31 PORT Other Mobile > Third > Mobile\n32 PORT\n\
        40 LINE_TYPE_CHANGE voip\n41 LINE_TYPE_CHANGE mobile > nonFixedVoip\n50 PHONE_NUMBER_CHANGE\n\
        60 PHONE_NUMBER_CHANGE +12001004998\n70 MOVED_OUT_OF_COVERAGE\n3660 DISCONNECT";

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let steps = read(STEPS).unwrap();
        assert_eq!(write(&steps), STEPS);
        assert_eq!(read(&format!("\r\n  {}\r\n", STEPS.replace('\n', "\r\n"))).unwrap(), steps);
        let odd = LineChange::Ported { from: None, to: Some("A > B".to_owned()) };
        let odd = [PersonaStep { after_days: 1, change: odd }];
        assert_eq!(read(&write(&odd)).unwrap(), odd);
        assert_eq!(read(" \n").unwrap(), []);
    }

    #[test]
    fn a_mistake_is_told_by_its_line() {
        for (text, said) in [
            ("port", "timeline: line 1: must begin with the days after the enrolment, 0 to 3660"),
            (
                "1 SIM_SWAP\n3661 PORT",
                "timeline: line 2: must begin with the days after the enrolment, 0 to 3660",
            ),
            ("1 SIM_SWAP x", "timeline: line 1: nothing comes after SIM_SWAP"),
            ("1 LINE_TYPE_CHANGE", "timeline: line 1: the type of line is required"),
            (
                "1 PHONE_NUMBER_CHANGE 12",
                "timeline: line 1: the new number must be a phone number in E.164, such as +14155550123",
            ),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), said);
        }
        for text in ["1", "1 TEST", "1 LOST"] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.starts_with("timeline: line 1: what happens "), "{said}");
        }
    }
}
