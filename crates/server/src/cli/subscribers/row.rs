//! One row of an import, and what it must be.

use clap::Args;
use ringtrue_domain::{FieldError, KnownName, LineType, PhoneNumber};
use ringtrue_engine::model::{LineStatus, Subscriber};
use serde::Deserialize;

/// The fields as they stand in the file. Unknown ones are ignored: exports carry more than we need.
#[derive(Debug, Default, Deserialize, Args)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::cli) struct Row {
    /// E.164
    #[arg(long)]
    phone_number: Option<String>,
    /// Given name
    #[arg(long)]
    first_name: Option<String>,
    /// Further given names
    #[arg(long)]
    middle_name: Option<String>,
    /// Family name
    #[arg(long)]
    last_name: Option<String>,
    /// The whole name, where it is not divided
    #[arg(long)]
    full_name: Option<String>,
    /// The operator
    #[arg(long)]
    carrier: Option<String>,
    /// mobile, landline, voip, fixedVoip, nonFixedVoip, tollFree or unknown
    #[arg(long)]
    line_type: Option<String>,
    /// ISO 3166-1 alpha-2
    #[arg(long)]
    country_code: Option<String>,
    /// active, suspended or disconnected
    #[arg(long)]
    status: Option<String>,
}

impl Row {
    /// Checks the row. The errors name field and rule, never the value.
    pub(super) fn into_subscriber(self) -> Result<Subscriber, FieldError> {
        let number = self.phone_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let number = number.ok_or_else(|| FieldError::new("phoneNumber", "is required"))?;
        let line_type = match text("lineType", self.line_type, 40)? {
            Some(name) => {
                Some(LineType::parse(&name).ok_or_else(|| FieldError::new("lineType", LineType::RULE))?)
            }
            None => None,
        };
        let country = text("countryCode", self.country_code, 8)?.map(|code| code.to_ascii_uppercase());
        if country
            .as_ref()
            .is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()))
        {
            return Err(FieldError::new("countryCode", "must be two letters (ISO 3166-1 alpha-2)"));
        }
        let status = match text("status", self.status, 40)?
            .map(|status| status.to_ascii_lowercase())
            .as_deref()
        {
            None | Some("active") => LineStatus::Active,
            Some("suspended") => LineStatus::Suspended,
            Some("disconnected" | "inactive") => LineStatus::Disconnected,
            Some(_) => return Err(FieldError::new("status", "must be active, suspended or disconnected")),
        };
        Ok(Subscriber {
            // Checked for its form only: a registry may hold landlines and numbers of private plans.
            phone: PhoneNumber::normalize("phoneNumber", number)?,
            name: KnownName {
                first: text("firstName", self.first_name, 200)?,
                middle: text("middleName", self.middle_name, 200)?,
                last: text("lastName", self.last_name, 200)?,
                full: text("fullName", self.full_name, 200)?,
            },
            carrier: text("carrier", self.carrier, 200)?,
            line_type,
            country,
            status,
        })
    }
}

fn text(field: &'static str, value: Option<String>, max: usize) -> Result<Option<String>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    let value = value.trim();
    if value.chars().count() > max {
        return Err(FieldError::new(field, format!("must be at most {max} characters")));
    }
    if value.chars().any(char::is_control) {
        return Err(FieldError::new(field, "must not hold control characters"));
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}
