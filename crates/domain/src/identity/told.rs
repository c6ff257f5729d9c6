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
    /// The change as it is told; [`Self::parse`] reads the same of it again.
    pub fn told(&self) -> Told<'_> {
        let told = Told { event: Some(self.event_type().as_str()), ..Told::default() };
        match self {
            Self::NumberChanged { new } => {
                Told { new_phone_number: new.as_ref().map(PhoneNumber::expose), ..told }
            }
            Self::Disconnected | Self::MovedOutOfCoverage | Self::SimSwapped => told,
            Self::Ported { from, to } => {
                Told { carrier: from.as_deref(), new_carrier: to.as_deref(), ..told }
            }
            Self::LineTypeChanged { from, to } => {
                Told { line_type: from.map(LineType::as_str), new_line_type: Some(to.as_str()), ..told }
            }
        }
    }

    /// The event that it is.
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::NumberChanged { .. } => EventType::PhoneNumberChange,
            Self::Disconnected => EventType::Disconnect,
            Self::MovedOutOfCoverage => EventType::MovedOutOfCoverage,
            Self::Ported { .. } => EventType::Port,
            Self::LineTypeChanged { .. } => EventType::LineTypeChange,
            Self::SimSwapped => EventType::SimSwap,
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_as_the_same() {
        let number: PhoneNumber = "+12001004014".parse().unwrap();
        let carrier = |name: &str| Some(name.to_owned());
        for change in [
            LineChange::NumberChanged { new: None },
            LineChange::NumberChanged { new: Some(number) },
            LineChange::Disconnected,
            LineChange::MovedOutOfCoverage,
            LineChange::Ported { from: None, to: None },
            LineChange::Ported { from: carrier("Alpha"), to: carrier("Beta") },
            LineChange::LineTypeChanged { from: None, to: LineType::Voip },
            LineChange::LineTypeChanged { from: Some(LineType::Mobile), to: LineType::NonFixedVoip },
            LineChange::SimSwapped,
        ] {
            assert_eq!(LineChange::parse("eventType", change.told()), Ok(change));
        }
    }
}
