//! Outbound adapters of the engine's ports: senders of messages, sources of identity, the network authenticator,
//! monitors of numbers, the guard that stands before any of them; the sender of webhooks; a bus between nodes; and the
//! relying party of passkeys.
//!
//! An adapter speaks to one outside party and knows only the engine's three faults. Nothing of a person or a
//! secret leaves it through a log, a metric or an error.

mod answer;
mod config_error;
mod encode;
mod fault;
pub mod guard;
pub mod http_client;
pub mod monitor;
mod nats;
pub mod passkeys;
pub mod registry;
pub mod request;
pub mod sandbox;
pub mod sms;
mod tls;
pub mod webhook;

pub use config_error::ConfigError;
pub use guard::{GuardSettings, Guarded};
pub use http_client::{HttpClient, Limits};
pub use monitor::{HttpMonitor, HttpMonitorConfig};
pub use nats::NatsConfig;
#[cfg(feature = "nats")]
pub use nats::{NatsBus, NatsError};
pub use passkeys::WebauthnPasskeys;
pub use registry::RegistryIdentity;
pub use sandbox::{SandboxIdentity, SandboxNetwork, SandboxPersonas, SandboxSms};
pub use sms::{HttpSms, HttpSmsConfig, LogSms, TwilioConfig, TwilioSms};
pub use webhook::{HttpWebhooks, WebhookSettings};
