//! The driver for PostgreSQL 15 or newer: writer tasks that group commits, reader tasks that ask together.
//!
//! All nodes of an installation share one database; which of them commits first is the database's business. A pooler
//! between them must keep sessions whole (session mode): statements are prepared and settings made once a connection.

mod address;
mod bulk;
mod bus;
mod connect;
mod dialect;
mod fault;
mod group;
mod migrate;
mod pipeline;
mod readers;
mod session;
mod tls;
mod value;
mod writer;

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::Client;

pub use address::{AddressError, PostgresAddress};
pub(crate) use bulk::{Bulk, HALF_MOVED};
pub use bus::PgBus;

use crate::{
    seal::StoreKeys,
    sql::{DbError, Driver, KeyError, Row, SqlStore, Stmt, WriteError, Written},
};
use connect::Connector;
use readers::Readers;
use writer::Writer;

/// A store in a PostgreSQL database.
pub type PostgresStore = SqlStore<PostgresDriver>;

/// What can be set. The defaults are right for a server.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Connections for reads at most; each is opened when first needed.
    pub readers: usize,
    /// Connections for writes at most; each is opened when first needed.
    pub writers: usize,
    /// Units that may wait to be written, and reads to be asked; more are refused.
    pub queue: usize,
    /// How long opening a connection may take, unless the address says otherwise (`connect_timeout`).
    pub connect_timeout: Duration,
    /// How long a statement may take. An answer takes at most a few times as long, whatever happens.
    pub statement_timeout: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            writers: 4,
            queue: 1024,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
        }
    }
}

/// Why a database could not be opened. No variant holds the address, which may have a password.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// The connections' encryption cannot be set up.
    #[error("encryption cannot be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be reached, or refuses us.
    #[error("cannot connect to the database")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is too old.
    #[error("the database is PostgreSQL {found}: {oldest} or newer is needed")]
    OldServer {
        /// Its major version.
        found: i32,
        /// The oldest one that will do.
        oldest: i32,
    },
    /// A schema step failed.
    #[error("schema step {step} failed")]
    Migrate {
        /// Its name.
        step: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A newer program wrote it.
    #[error("the database has schema {found}, this program knows up to {known}: use a newer program")]
    Newer {
        /// The database's schema.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// A step differs from the one that was applied.
    #[error("schema step {step} is not the one that was applied")]
    Altered {
        /// Its number.
        step: i64,
    },
    /// A move into it was begun and not finished.
    #[error("the database is an unfinished copy of another one: finish it with `ringtrue migrate-store`")]
    HalfMoved,
    /// The keys open nothing here.
    #[error("the keys do not belong to this database")]
    WrongKeys,
    /// The keys could not be checked.
    #[error("the keys could not be checked")]
    Keys(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SqlStore<PostgresDriver> {
    /// Whether somebody's keys belong to the database already. Changes nothing there.
    pub async fn holds_data(
        address: &PostgresAddress,
        options: &PostgresOptions,
    ) -> Result<bool, PostgresError> {
        let (client, connection) = connect(&Connector::new(address, options)?).await?;
        let held = migrate::holds_keys(&client).await;
        connection.abort();
        held
    }

    /// Opens a database and brings its schema up to date. Any number of nodes may have it open.
    pub async fn open(
        address: &PostgresAddress,
        keys: &StoreKeys,
        options: PostgresOptions,
    ) -> Result<Self, PostgresError> {
        let driver = PostgresDriver::open(address, &options).await?;
        Self::new(driver, keys).await.map_err(|error| match error {
            KeyError::Wrong(_) => PostgresError::WrongKeys,
            error => PostgresError::Keys(error.into()),
        })
    }
}

/// Statements on PostgreSQL.
#[derive(Debug)]
pub struct PostgresDriver {
    readers: Readers,
    writer: Writer,
}

impl PostgresDriver {
    async fn open(address: &PostgresAddress, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let connector = Connector::new(address, options)?;
        let (mut client, connection) = connect(&connector).await?;
        let migrated = prepare(&mut client).await;
        connection.abort();
        migrated?;
        Ok(Self { readers: Readers::start(&connector, options), writer: Writer::start(&connector, options) })
    }
}

/// Brings the schema up to date; refuses what is no whole store.
async fn prepare(client: &mut Client) -> Result<(), PostgresError> {
    migrate::run(client).await?;
    let half_moved = client.query_one(HALF_MOVED, &[]).await.and_then(|row| row.try_get::<_, i32>(0));
    match half_moved.map_err(|source| PostgresError::server("check", &source))? {
        0 => Ok(()),
        _ => Err(PostgresError::HalfMoved),
    }
}

async fn connect(connector: &Connector) -> Result<(Client, JoinHandle<()>), PostgresError> {
    let opened = connector.open_soon().await.map_or(Err(None), |opened| opened.map_err(Some));
    opened.map_err(|error| PostgresError::Connect(fault::text_of(error).into()))
}

impl Driver for PostgresDriver {
    async fn write(&self, unit: Vec<Stmt>) -> Result<Written, WriteError> {
        self.writer.write(unit).await
    }

    async fn rows(&self, query: Stmt) -> Result<Vec<Row>, DbError> {
        self.readers.rows(query).await
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close();
    }
}
