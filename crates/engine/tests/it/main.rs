//! The whole engine over a store in memory: its own clock, seeded randomness, outside parties that fail when told to,
//! and processes that die at any moment. Tokio's time is paused, so leases and pauses take no time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod crash_points;
mod hooks;
mod limits;
mod messages;
mod ownership;
mod people;
mod polls;
mod sim;
mod store_faults;
mod trials;
mod verifications;
mod world;
