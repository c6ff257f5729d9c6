//! The list of tables is what the migrations make, in both databases: a step that adds a table or a column makes this
//! fail until the list in `src/moving/tables.rs` has it (or `LOCAL_TABLES`, if it is not to be moved).

use std::collections::BTreeSet;

use ringtrue_engine::ports::Store;
use ringtrue_store::{LOCAL_TABLES, TABLES};

use super::{Scene, open_postgres, open_sqlite};
use crate::postgres::server::Server;

/// Table, column, its place in the primary key (0: not in it).
type Column = (String, String, i32);

fn listed() -> BTreeSet<Column> {
    let columns = TABLES.iter().flat_map(|table| {
        (1..).zip(table.columns).map(|(number, column)| {
            let in_key = usize::try_from(number).unwrap() <= table.key;
            (table.name.to_owned(), (*column).to_owned(), if in_key { number } else { 0 })
        })
    });
    columns.collect()
}

/// Without the tables that are not moved.
fn moved(columns: impl Iterator<Item = Column>) -> BTreeSet<Column> {
    columns.filter(|(table, ..)| !LOCAL_TABLES.contains(&table.as_str())).collect()
}

#[tokio::test]
async fn the_list_is_what_sqlite_has() {
    let scene = Scene::new();
    open_sqlite(&scene.path("a")).await.close().await;
    let raw = rusqlite::Connection::open(scene.path("a").join("ringtrue.db")).unwrap();
    let sql = "SELECT t.name, c.name, c.pk FROM pragma_table_list t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'";
    let mut statement = raw.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert_eq!(moved(rows.map(Result::unwrap)), listed());
}

#[tokio::test]
async fn the_list_is_what_postgresql_has() {
    let scene = Scene::new();
    open_postgres(&scene.url).await.close().await;
    let sql = "SELECT c.relname, a.attname, \
                 coalesce(array_position(i.indkey::int[], a.attnum::int) + 1, 0) \
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
               LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
               WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace";
    let text = Server::shared().sql(&scene.url, sql);
    let rows = text.lines().map(|line| {
        let mut fields = line.split('|').map(str::to_owned);
        let mut next = || fields.next().unwrap();
        (next(), next(), next().parse().unwrap())
    });
    assert_eq!(moved(rows), listed());
}
