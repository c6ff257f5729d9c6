//! Notes between nodes over a NATS server, for installations where the database's notifications become the limit.

#[cfg(feature = "nats")]
mod bus;
mod config;

#[cfg(feature = "nats")]
pub use bus::{NatsBus, NatsError};
pub use config::NatsConfig;
