//! The conformance suite on each adapter, and what only the one on disk can do.

#![expect(clippy::unwrap_used, reason = "tests")]

mod memory;
mod sqlite;
