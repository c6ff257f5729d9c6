//! The sandbox's adapters: personas instead of people, an outbox instead of the air. They cost nothing and ask
//! nobody; everything around them is the production path.

mod identity;
mod network;
pub mod personas;
mod sms;

pub use identity::SandboxIdentity;
pub use network::SandboxNetwork;
pub use personas::SandboxPersonas;
pub use sms::SandboxSms;
