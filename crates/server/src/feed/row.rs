//! One row of a file of changes.

use ringtrue_domain::{
    FieldError, PhoneNumber,
    identity::{LineChange, Told},
};
use ringtrue_engine::FeedRow;
use serde::Deserialize;

/// The fields, spelled as in the events that follow. Unknown ones are ignored: exports carry more than we need.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    phone_number: Option<String>,
    event_type: Option<String>,
    new_phone_number: Option<String>,
    carrier: Option<String>,
    new_carrier: Option<String>,
    line_type: Option<String>,
    new_line_type: Option<String>,
}

impl Row {
    /// Those that a header must name.
    pub(super) const COLUMNS: [&str; 2] = ["phoneNumber", "eventType"];

    /// Checks the row. The errors name field and rule, never the value.
    pub(super) fn into_change(self) -> Result<FeedRow, FieldError> {
        let number = self.phone_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let number = number.ok_or_else(|| FieldError::new("phoneNumber", "is required"))?;
        let told = Told {
            event: self.event_type.as_deref(),
            new_phone_number: self.new_phone_number.as_deref(),
            carrier: self.carrier.as_deref(),
            new_carrier: self.new_carrier.as_deref(),
            line_type: self.line_type.as_deref(),
            new_line_type: self.new_line_type.as_deref(),
        };
        Ok(FeedRow {
            phone: PhoneNumber::normalize("phoneNumber", number)?,
            change: LineChange::parse("eventType", told)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: &str) -> String {
        let row: Row = serde_json::from_str(row).unwrap();
        row.into_change().map_or_else(|error| error.to_string(), |row| format!("{:?}", row.change))
    }

    #[test]
    fn rows_say_what_became_of_a_number() {
        let port =
            r#"{"phoneNumber":" +1 415 555 2671","eventType":"PORT","newCarrier":"B","lineType":"nonsense"}"#;
        assert_eq!(read(port), r#"Ported { from: None, to: Some("B") }"#);
        for (row, said) in [
            (r#"{"eventType":"PORT"}"#, "phoneNumber: is required"),
            (r#"{"phoneNumber":"+14155552671","eventType":""}"#, "eventType: is required"),
            (
                r#"{"phoneNumber":"5","eventType":"PORT"}"#,
                "phoneNumber: must be a phone number in E.164, such as +14155550123",
            ),
            (
                r#"{"phoneNumber":"+14155552671","eventType":"PHONE_NUMBER_CHANGE","newPhoneNumber":"x"}"#,
                "newPhoneNumber: must be a phone number in E.164, such as +14155550123",
            ),
        ] {
            assert_eq!(read(row), said);
        }
    }
}
