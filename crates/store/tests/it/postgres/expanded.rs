//! A program that runs on goes on when a newer one has expanded the schema: the whole suite on such a database.
//!
//! What real releases do to each other is tried by `tests/nodes/upgrade REV`, which takes an older program's build.

use std::sync::Arc;

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, digest, phone},
    ports::Store,
};
use ringtrue_store::{PostgresError, TABLES, Table};

use super::{open, server::Server};

/// What a step may do under a running older program (migrations/README.md): more columns, tables and indexes.
fn step() -> String {
    let expand = |table: &Table| {
        let (name, first) = (table.name, table.columns[0]);
        format!(
            "ALTER TABLE {name} ADD COLUMN future_note TEXT, ADD COLUMN future_count BIGINT NOT NULL DEFAULT 0; \
             CREATE INDEX {name}_future ON {name} (future_count, {first});"
        )
    };
    let tables: Vec<_> = TABLES.iter().map(expand).collect();
    format!(
        "CREATE TABLE future (id BYTEA PRIMARY KEY); {} INSERT INTO schema_steps VALUES (9999, '9999_future', '\\x00')",
        tables.concat()
    )
}

async fn make() -> (Arc<dyn Store>, ()) {
    let url = Server::shared().database();
    let store = open(&url).await.unwrap();
    // Statements that are prepared already, on connections that are open already.
    let mut sample = Sample::default();
    let flow = sample.flow(PRODUCTION);
    assert!(store.flow(flow.id()).await.unwrap().is_none());
    assert!(store.caller(digest("token"), sample.wall).await.unwrap().is_none());
    assert!(store.project(sample.project).await.unwrap().is_none());
    assert!(store.handset(sample.project, &phone(1)).await.unwrap().is_none());
    store.purge(sample.wall, 1).await.unwrap();
    Server::shared().sql(&url, &step());
    assert!(matches!(open(&url).await, Err(PostgresError::Newer { found: 9999, .. })));
    (Arc::new(store), ())
}

ringtrue_engine::conformance!(make);
