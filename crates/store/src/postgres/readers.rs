//! Reads, on a pool of connections.

use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};

use super::{
    PostgresError, PostgresOptions, connect::Connector, dialect::spelled, fault, fault::Fault, session,
};
use crate::sql::{DbError, Row, Stmt};

/// Times that a read is taken to another connection.
const CONNECTIONS: u32 = 3;

#[derive(Debug)]
pub(super) struct Readers {
    pool: Pool,
    /// For one read, with all that it waits for.
    patience: Duration,
}

impl Readers {
    pub(super) fn new(connector: Connector, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager =
            Manager::from_connect(deadpool_postgres::tokio_postgres::Config::new(), connector, config);
        let pool = Pool::builder(manager)
            .max_size(options.readers.max(1))
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(options.statement_timeout),
                create: Some(options.connect_timeout + options.statement_timeout),
                recycle: Some(options.statement_timeout),
            })
            .build()
            .map_err(|error| PostgresError::Pool(error.into()))?;
        Ok(Self { pool, patience: options.statement_timeout * 2 })
    }

    /// Reads what was committed. A read may be repeated, so a lost connection costs another attempt.
    pub(super) async fn rows(&self, query: &Stmt) -> Result<Vec<Row>, DbError> {
        for _ in 0..CONNECTIONS {
            let connection = self.pool.get().await.map_err(|error| unavailable(&error))?;
            match tokio::time::timeout(self.patience, read(&connection, query)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(Fault::Lost)) => {}
                Ok(Err(fault)) => return Err(fault.into()),
                Err(_) => {
                    tracing::warn!("the database is away: it did not answer in time");
                    // The next one to use it would only wait as well.
                    drop(Object::take(connection));
                    return Err(DbError::Away);
                }
            }
        }
        Err(DbError::Away)
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

async fn read(connection: &Object, query: &Stmt) -> Result<Vec<Row>, Fault> {
    let prepared = connection.prepare_cached(spelled(query.sql)).await?;
    Ok(session::run(connection, &prepared, query).await?.rows)
}

fn unavailable(error: &PoolError) -> DbError {
    match error {
        PoolError::Backend(error) => tracing::warn!(error = %fault::text(error), "the database is away"),
        other => tracing::warn!(error = %other, "no connection to the database is free"),
    }
    DbError::Away
}
