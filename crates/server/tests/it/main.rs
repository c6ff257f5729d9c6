//! Black-box tests of the server API, the device API, the admin API, the pages and the command line, and of what must
//! hold when many call at once, when the process is killed, and in everything that is logged.
//!
//! `client` holds what the tests stand on. Every answer that goes through it is checked against the OpenAPI document
//! and the rules that hold for all answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod admin;
mod cli;
mod client;
mod crash;
mod device_api;
mod drain;
mod feeds;
mod generated;
mod healthcheck;
mod logs;
mod pages;
mod portal;
mod races;
mod roles;
mod saving;
mod server_api;
mod shared_store;
mod webhooks;
