//! The conformance suite on each adapter, and what only the one on disk can do.

mod memory;
mod sqlite;
