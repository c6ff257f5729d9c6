//! The rules of phone verification: pure, no I/O. Time and entropy are arguments.
//!
//! [`flow::Flow`] is one verification; everything else here is a value that a flow is made of. Values are
//! parsed once, at the border, and carry their rule with them afterwards.

pub mod client_network;
pub mod country;
pub mod entropy;
pub mod field;
pub mod findings;
pub mod flow;
pub mod id;
pub mod identity;
pub mod logo;
pub mod member;
pub mod name;
pub mod origin;
pub mod phone;
pub mod secret;
pub mod sms;
pub mod target_url;
pub mod text;
pub mod time;
pub mod webhook_secret;
pub mod webhook_url;

pub use client_network::ClientNetwork;
pub use entropy::Entropy;
pub use field::FieldError;
pub use findings::{Findings, LineType, RiskCode};
pub use flow::Flow;
pub use id::{CredentialId, DeliveryId, EventId, FlowId, IdentityId, JobId, ProjectId};
pub use logo::{Logo, LogoKind, MAX_LOGO_BYTES};
pub use name::{KnownName, NameMatch, PersonName};
pub use origin::origin;
pub use phone::PhoneNumber;
pub use target_url::TargetUrl;
pub use webhook_url::WebhookUrl;
