//! No statement walks over a table that grows: each one can find its rows by an index.

use ringtrue_engine::ports::Store as _;
use ringtrue_store::statements_on_postgres;

use super::{open, server::Server};

/// Tables that grow with use.
const GROWING: &[&str] = &[
    "tokens",
    "flows",
    "links",
    "audit",
    "identities",
    "jobs",
    "idempotency",
    "outbox",
    "subscribers",
    "handsets",
];

/// Statements that walk: one counts everything, which is its purpose; the other one ought to be spelled with `LATERAL`
/// here, since PostgreSQL may merge all messages with their projects before it looks at their age.
const WALKS: &[&str] =
    &["SELECT count(*) FROM jobs", "DELETE FROM outbox WHERE id IN (SELECT o.id FROM data_keys k"];

/// A value of a type: an id that nobody has, a moment long ago or a small number, no text.
fn value(of: &str) -> &'static str {
    match of {
        "bytea" => "'\\x01'",
        "bigint" => "100",
        "text" => "''",
        other => panic!("no statement has a parameter of type {other}"),
    }
}

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let url = Server::shared().database();
    open(&url).await.unwrap().close().await;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    // A plan that walks over a table is made only where there is no other. Custom: how many rows are asked for matters.
    client.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_custom_plan").await.unwrap();
    let mut walks = Vec::new();
    let mut seen = 0;
    for sql in statements_on_postgres().filter(|sql| !WALKS.iter().any(|known| sql.starts_with(known))) {
        client
            .batch_execute(&format!("PREPARE asked AS {sql}"))
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let types = "SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'asked'";
        let types = client.query(types, &[]).await.unwrap();
        let values: Vec<_> = types.iter().map(|row| value(row.get(0))).collect();
        let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
        let rows = client.query(&format!("EXPLAIN EXECUTE asked{values}"), &[]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        client.batch_execute("DEALLOCATE asked").await.unwrap();
        seen += 1;
        for (at, line) in plan.iter().enumerate() {
            let Some((_, table)) = line.split_once(" on ") else { continue };
            let table = table.split(' ').next().unwrap();
            let grows = GROWING.iter().any(|name| table == *name || table.starts_with(&format!("{name}_")));
            // An index that is walked from end to end has no condition below it.
            let has_condition = || plan[at + 1..].first().is_some_and(|next| next.contains("Index Cond:"));
            let is_walk = line.contains("Seq Scan") || line.contains("Index") && !has_condition();
            if grows && is_walk {
                walks.push(format!("{sql}\n  {}", plan.join("\n  ")));
            }
        }
    }
    connection.abort();
    assert!(seen > 40, "only {seen} statements");
    assert!(walks.is_empty(), "{}", walks.join("\n\n"));
}
