//! Senders of messages to real phones.

mod http;
mod log;
mod twilio;

pub use http::{HttpSms, HttpSmsConfig, SuccessRule};
pub use log::LogSms;
pub use twilio::{TwilioConfig, TwilioSms};

use ringtrue_domain::flow::Payload;
use ringtrue_engine::ports::{Dispatch, Fault};
use serde_json::Value;

use crate::request::scalar;

/// The word for a message's kind in logs.
const fn kind(payload: &Payload) -> &'static str {
    match payload {
        Payload::Otp { .. } => "otp",
        Payload::Link { .. } => "link",
    }
}

/// Seconds that a message is still of use, at least 1. One that is of no use any more would only confuse.
fn seconds_left(dispatch: Dispatch<'_>) -> Result<i64, Fault> {
    let left = dispatch.message.expires_at.duration_since(dispatch.now).as_secs();
    if left > 0 { Ok(left) } else { Err(Fault::Rejected { reason: "the message is past its time" }) }
}

/// A provider's id of a message; one that is no sensible id is better not kept.
fn provider_id(value: &Value) -> Option<String> {
    scalar(value).filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
}
