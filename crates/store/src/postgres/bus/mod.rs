//! The bus of several nodes: `NOTIFY` and `LISTEN` on a connection of its own.

mod task;

use ringtrue_engine::ports::{BusBetween, between};

use super::{PostgresAddress, PostgresError, PostgresOptions, connect::Connector, fault};
use task::{Link, Task};

/// A bus over the database that the nodes share.
#[derive(Debug)]
pub struct PgBus;

impl PgBus {
    /// Connects, and listens from then on. The connection is made again whenever it is lost, until the bus is dropped.
    pub async fn start(
        address: &PostgresAddress,
        options: &PostgresOptions,
    ) -> Result<BusBetween, PostgresError> {
        let connector = Connector::new(address, options)?;
        let (near, carried) = between();
        let link = Link::open(&connector, carried.ear(), options.statement_timeout)
            .await
            .map_err(|error| PostgresError::Connect(fault::text_of(error).into()))?;
        let task = Task { connector, carried, patience: options.statement_timeout };
        Ok(near.carried_by(task.run(link)))
    }
}
