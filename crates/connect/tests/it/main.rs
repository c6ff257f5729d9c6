//! Tests of the outbound adapters: one contract per port, and scripted peers for those that speak HTTP; a
//! real server for the bus over NATS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod contract;
mod guard;
mod http_monitor;
mod http_sms;
mod http_sms_config;
#[cfg(feature = "nats")]
mod nats;
mod passkeys;
mod registry;
mod sandbox;
mod secrets;
mod support;
mod twilio;
mod webhook;
