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

/// A few projects with many messages: which way is the short one depends on it.
const MANY: &str = "INSERT INTO data_keys SELECT int8send(p), '' FROM generate_series(1, 4) p; \
    INSERT INTO outbox SELECT int8send(n), int8send(1 + n % 4), int8send(n % 100), n, '' \
    FROM generate_series(1, 20000) n; ANALYZE";

/// Counts everything, which is its purpose.
const COUNTS: &str = "SELECT count(*) FROM jobs";

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let url = Server::shared().database();
    open(&url).await.unwrap().close().await;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(MANY).await.unwrap();
    // A plan that walks over a table is made only where there is no other.
    client.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await.unwrap();
    let mut walks = Vec::new();
    let mut seen = 0;
    for sql in statements_on_postgres().filter(|sql| *sql != COUNTS) {
        client
            .batch_execute(&format!("PREPARE asked AS {sql}"))
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let count = (1..10).take_while(|number| sql.contains(&format!("${number}"))).count();
        let nothing =
            if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
        let rows = client.query(&format!("EXPLAIN EXECUTE asked{nothing}"), &[]).await.unwrap();
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
