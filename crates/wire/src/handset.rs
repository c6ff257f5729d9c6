//! `/v1/handset/*`: what the virtual handset page calls with the key of its address. Ours, not the contract's.

use serde::{Deserialize, Serialize};

use crate::sandbox::SandboxMessage;

/// Messages of a number, newest first.
#[derive(Debug, Deserialize, Serialize)]
pub struct Messages {
    /// The messages.
    pub messages: Vec<SandboxMessage>,
}

/// The numbers that the handset can be.
#[derive(Debug, Deserialize, Serialize)]
pub struct Numbers {
    /// The numbers.
    pub numbers: Vec<Number>,
}

/// A number that the handset can be.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    /// E.164.
    pub phone_number: String,
    /// Whose it is.
    pub name: String,
    /// One line for people.
    pub outcome: String,
    /// Whether silent network authentication is on.
    pub silent_network_auth: bool,
}

/// Switches silent network authentication of a number; also its answer.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct NetworkSwitch {
    /// The number.
    pub to: Option<String>,
    /// On or off.
    pub enabled: Option<bool>,
}
