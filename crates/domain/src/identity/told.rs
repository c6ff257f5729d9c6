//! What became of a number, told in the contract's words: by a file of changes, or by a developer to the sandbox.

use super::{EventType, LineChange};
use crate::{FieldError, LineType, PhoneNumber};

/// Characters of an operator's name at most.
const MAX_CARRIER: usize = 200;

/// A change as it is told. Empty texts count as absent, and so does what does not belong to the event.
#[derive(Debug, Default, Clone, Copy)]
pub struct Told<'a> {
    /// The contract's `eventType`.
    pub event: Option<&'a str>,
    /// `newPhoneNumber`
    pub new_phone_number: Option<&'a str>,
    /// `carrier`
    pub carrier: Option<&'a str>,
    /// `newCarrier`
    pub new_carrier: Option<&'a str>,
    /// `lineType`
    pub line_type: Option<&'a str>,
    /// `newLineType`
    pub new_line_type: Option<&'a str>,
}

impl LineChange {
    /// Reads a change. `field` is the name of the field that has the event.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field and the rule that it breaks.
    pub fn parse(field: &'static str, told: Told<'_>) -> Result<Self, FieldError> {
        let kind = filled(told.event).ok_or_else(|| FieldError::new(field, "is required"))?;
        let Some(kind) = EventType::parse_change(kind) else {
            let known = EventType::CHANGES.map(EventType::as_str).join(", ");
            return Err(FieldError::new(field, format!("must be one of {known}")));
        };
        Ok(match kind {
            EventType::PhoneNumberChange => {
                let new = filled(told.new_phone_number);
                Self::NumberChanged {
                    new: new.map(|text| PhoneNumber::normalize("newPhoneNumber", text)).transpose()?,
                }
            }
            EventType::Disconnect => Self::Disconnected,
            EventType::MovedOutOfCoverage => Self::MovedOutOfCoverage,
            EventType::Port => Self::Ported {
                from: carrier("carrier", told.carrier)?,
                to: carrier("newCarrier", told.new_carrier)?,
            },
            EventType::LineTypeChange => Self::LineTypeChanged {
                from: line_type("lineType", told.line_type)?,
                to: line_type("newLineType", told.new_line_type)?
                    .ok_or_else(|| FieldError::new("newLineType", "is required"))?,
            },
            EventType::SimSwap => Self::SimSwapped,
            EventType::Test => return Err(FieldError::new(field, "must be a change of a number")),
        })
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn carrier(field: &'static str, text: Option<&str>) -> Result<Option<String>, FieldError> {
    let Some(text) = filled(text) else { return Ok(None) };
    if text.chars().count() > MAX_CARRIER || text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "must be at most 200 characters without control characters"));
    }
    Ok(Some(text.to_owned()))
}

fn line_type(field: &'static str, text: Option<&str>) -> Result<Option<LineType>, FieldError> {
    let Some(text) = filled(text) else { return Ok(None) };
    LineType::parse(text).map(Some).ok_or_else(|| FieldError::new(field, LineType::RULE))
}
