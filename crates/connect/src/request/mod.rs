//! Requests that a configuration describes: templates for the address, the header fields and the body, filled in for
//! each request and escaped for their place.

mod config;
mod gateway;
mod template;

pub use config::{BodyTemplate, Escape, Method, RawBody};
pub(crate) use gateway::{Description, Gateway};
pub(crate) use template::Slot;

use crate::ConfigError;

/// Checks a JSON pointer (RFC 6901) of the configuration.
pub(crate) fn check_pointer(key: &'static str, pointer: &str) -> Result<(), ConfigError> {
    if pointer.is_empty() || pointer.starts_with('/') {
        return Ok(());
    }
    Err(ConfigError::new(key, "must be a JSON pointer, such as /messages/0/status"))
}

/// A text, number or truth value of an answer as text.
pub(crate) fn scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(_) | serde_json::Value::Bool(_) => Some(value.to_string()),
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}
