//! A database as one side of a move: one connection, and no node beside it.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Error, types::FromSqlOwned};

use super::{PostgresAddress, PostgresOptions, connect, connect::Connector, fault, migrate};
use crate::{
    moving::{Cause, Command, Role, TABLES},
    sql::Value,
};

/// Whether a move into the database was begun and not finished: 0 or 1.
pub(crate) const HALF_MOVED: &str = "SELECT CASE WHEN to_regclass('store_move') IS NULL THEN 0 ELSE 1 END";

/// A batch of a move may take longer than what an answer waits for, and the other side may keep it waiting.
const SETUP: &str = "SET statement_timeout = '10min'; SET idle_in_transaction_session_timeout = 0; \
    SET lock_timeout = '10s'";

/// Held until the connection ends. The number is "ringmove" in ASCII.
const LOCK: &str = "SELECT pg_try_advisory_lock(8244241983375111781)";

/// Connections of nodes and commands, by the name that they give themselves; ours is the same.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')";

/// Times that a database is asked whether it is free, a tenth of a second apart: it takes a moment to notice that a
/// process that was killed is gone.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Bulk {
    client: Client,
    connection: JoinHandle<()>,
}

impl Bulk {
    /// Refuses a database that nodes or another move use. A source is locked against writers and read as one moment.
    pub(crate) async fn open(address: &PostgresAddress, role: Role) -> Result<Self, Cause> {
        let connector = Connector::new(address, &PostgresOptions::default())?;
        let (client, connection) = connect(&connector).await?;
        let mut bulk = Self { client, connection };
        migrate::run(&mut bulk.client).await?;
        bulk.command(SETUP).await?;
        bulk.alone().await?;
        if role == Role::Source {
            bulk.command("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
            let tables: Vec<_> = TABLES.iter().map(|table| table.name).collect();
            bulk.command(&format!("LOCK TABLE {} IN SHARE MODE", tables.join(", "))).await?;
        }
        Ok(bulk)
    }

    pub(crate) async fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Vec<Value>>, Cause> {
        let read = async {
            let answer = self.client.query_raw(sql, args).await?;
            let mut answer = std::pin::pin!(answer);
            let mut rows = Vec::new();
            while let Some(row) = answer.try_next().await? {
                rows.push((0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>()?);
            }
            Ok(rows)
        };
        read.await.map_err(cause)
    }

    pub(crate) async fn write(&mut self, commands: &[Command]) -> Result<(), Cause> {
        let write = async {
            let transaction = self.client.transaction().await?;
            for (sql, args) in commands {
                transaction.execute_raw(sql.as_str(), args).await?;
            }
            transaction.commit().await
        };
        write.await.map_err(cause)
    }

    async fn command(&self, sql: &str) -> Result<(), Cause> {
        self.client.batch_execute(sql).await.map_err(cause)
    }

    /// Waits a little for connections that are ending.
    async fn alone(&self) -> Result<(), Cause> {
        let mut locked = false;
        let mut others = 0;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            locked = locked || self.ask(LOCK).await?;
            others = self.ask::<i64>(OTHERS).await?;
            if locked && others == 0 {
                return Ok(());
            }
        }
        Err(if locked {
            format!("{others} other connections of ringtrue use the database: stop every node").into()
        } else {
            "another move uses the database".into()
        })
    }

    async fn ask<T: FromSqlOwned>(&self, sql: &str) -> Result<T, Cause> {
        self.client.query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(cause)
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// What the server said, without values.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn cause(error: Error) -> Cause {
    fault::text(&error).into()
}
