//! The statements, which both databases understand. Names come from [`TABLES`](super::TABLES), values are parameters.

use std::fmt::Write as _;

use super::Table;

/// The mark of a copy that is not finished, in the target.
pub(super) const MARK: &str = "CREATE TABLE store_move (source TEXT NOT NULL)";
pub(super) const SET_SOURCE: &str = "INSERT INTO store_move (source) VALUES ($1)";
pub(super) const SOURCE: &str = "SELECT source FROM store_move";
pub(super) const UNMARK: &str = "DROP TABLE store_move";

pub(super) const DATA_KEYS: &str = "SELECT owner, wrapped FROM data_keys";

impl Table {
    fn key_columns(&self) -> &[&str] {
        &self.columns[..self.key]
    }

    /// The next `$limit` rows in the order of the key; `after`: behind the one whose key is in the first parameters.
    pub(super) fn page(&self, after: bool) -> String {
        let (columns, key) = (self.columns.join(", "), self.key_columns().join(", "));
        let (behind, limit) = if after {
            (format!(" WHERE ({key}) > ({})", parameters(0, self.key)), self.key + 1)
        } else {
            (String::new(), 1)
        };
        format!("SELECT {columns} FROM {}{behind} ORDER BY {key} LIMIT ${limit}", self.name)
    }

    /// The greatest key.
    pub(super) fn last(&self) -> String {
        let keys = self.key_columns();
        let order = keys.join(" DESC, ");
        format!("SELECT {} FROM {} ORDER BY {order} DESC LIMIT 1", keys.join(", "), self.name)
    }

    pub(super) fn count(&self) -> String {
        format!("SELECT count(*) FROM {}", self.name)
    }

    /// Adds so many rows.
    pub(super) fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let mut sql = format!("INSERT INTO {} ({}) VALUES ", self.name, self.columns.join(", "));
        for row in 0..rows {
            let comma = if row == 0 { "" } else { ", " };
            // Writing to a text does not fail.
            let _ = write!(sql, "{comma}({})", parameters(row * width, width));
        }
        sql
    }
}

fn parameters(from: usize, count: usize) -> String {
    (from + 1..=from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_name_key_and_parameters() {
        let table = Table { name: "t", columns: &["a", "b", "c"], key: 2 };
        assert_eq!(table.page(true), "SELECT a, b, c FROM t WHERE (a, b) > ($1, $2) ORDER BY a, b LIMIT $3");
        assert_eq!(table.page(false), "SELECT a, b, c FROM t ORDER BY a, b LIMIT $1");
        assert_eq!(table.last(), "SELECT a, b FROM t ORDER BY a DESC, b DESC LIMIT 1");
        assert_eq!(table.insert(2), "INSERT INTO t (a, b, c) VALUES ($1, $2, $3), ($4, $5, $6)");
    }
}
