//! Tests of the outbound adapters: one contract per port, and scripted peers for those that speak HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod contract;
mod guard;
mod http_sms;
mod http_sms_config;
mod registry;
mod sandbox;
mod secrets;
mod support;
mod twilio;
mod webhook;
