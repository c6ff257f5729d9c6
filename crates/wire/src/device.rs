//! The device API: what the client SDK on the person's device speaks.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The answer to every device call, and the one message of the status socket.
///
/// `data` is left out unless it means something: to the published client an empty object is a refusal.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct Envelope {
    /// The next step's name; `done` ends the flow, an empty one ends it without the page's finish step.
    pub next: String,
    /// What the step needs, or why it has to be repeated.
    #[schema(value_type = Object)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Why the flow cannot go on.
    #[schema(value_type = DeviceError)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<DeviceError>,
}

/// Why a flow cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct DeviceError {
    /// 10000 and following.
    pub code: u16,
    /// A text for people.
    pub message: String,
}

/// `POST /v1/client/mobile/otp/start`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OtpStart {
    /// A number that the person gave; absent for the known one and for a resend.
    #[schema(value_type = String)]
    pub mobile_number: Option<String>,
}

/// `POST /v1/client/mobile/otp/finish`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct OtpFinish {
    /// The code as typed.
    #[schema(required, value_type = String)]
    pub otp: Option<String>,
}

/// `POST /v1/client/mobile/instantlink/start`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LinkStart {
    /// A number that the person gave; empty for a resend.
    #[schema(value_type = String)]
    pub mobile_number: Option<String>,
    /// Whatever the page passed on.
    #[schema(value_type = String)]
    pub source_ip: Option<String>,
    /// Whether the page runs on a phone.
    #[schema(value_type = bool)]
    pub is_mobile: Option<bool>,
}

/// `POST /v1/client/mobile/instant/start`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkStart {
    /// The address of the phone on its mobile network, if the page knows it.
    #[schema(value_type = String)]
    pub cellular_ip: Option<String>,
    /// `fetch` or `pixel`.
    #[schema(value_type = String)]
    pub implementation: Option<String>,
}

/// `POST /v1/client/mobile/instant/finish`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct NetworkFinish {
    /// What the fetch brought; empty in the pixel way.
    #[schema(value_type = String)]
    pub vfp: Option<String>,
}

/// `POST /v1/client/<step>/error`
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct ErrorReport {
    /// A code of section 13.
    #[schema(value_type = i64)]
    pub code: Option<i64>,
    /// A text for logs; never parsed.
    #[schema(value_type = String)]
    pub message: Option<String>,
}
