//! What an operator can set about webhooks.

use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;

use crate::ConfigError;

/// The section `[webhook]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Networks that webhooks may reach besides the public internet, in CIDR notation; default: none. Without them
    /// nothing is posted to loopback, private, link-local or metadata addresses, except that webhooks of sandbox may
    /// name this machine (`localhost`, `127.0.0.1`, `[::1]`).
    pub allow_networks: Vec<IpNet>,
    /// `iss` of the JWT in `X-Prove-Authorization`; default: `Prove Identity`.
    pub issuer: String,
    /// Seconds that an endpoint may take to answer, 1 to 10; default: 10.
    pub timeout_seconds: u64,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { allow_networks: Vec::new(), issuer: "Prove Identity".to_owned(), timeout_seconds: 10 }
    }
}

impl WebhookSettings {
    /// Checks each key's rule.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.issuer.trim().is_empty() {
            return Err(ConfigError::new("issuer", "must not be empty"));
        }
        if !(1..=10).contains(&self.timeout_seconds) {
            return Err(ConfigError::new("timeout_seconds", "must be 1 to 10"));
        }
        Ok(())
    }

    /// How long an attempt may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}
