//! The conformance suite on each adapter, and what only those on disk can do.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bus;
mod memory;
mod moving;
mod postgres;
mod sqlite;
