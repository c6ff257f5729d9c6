//! Opening a connection, the same way for writers, readers and the bus.

use std::{fmt, future::Future, time::Duration};

use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{PostgresAddress, PostgresError, PostgresOptions, fault};

type Stream = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

/// Opens connections to one database.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: MakeRustlsConnect,
    setup: String,
    /// For all of opening and setting up, over all hosts that are tried.
    patience: Duration,
}

impl Connector {
    pub(super) fn new(address: &PostgresAddress, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let tls = address.trust().connector().map_err(|error| PostgresError::Tls(error.into()))?;
        let millis = options.statement_timeout.as_millis();
        // Two groups may wait for each other, and the database would notice only after a second, again and again while
        // others queue behind them; so nobody waits long for a lock, except in turn.
        // A transaction of a node that vanished must not hold its locks for ever. `synchronous_commit` may be
        // stronger than `on`, not weaker: a unit is durable when it is answered.
        let setup = format!(
            "SET lock_timeout = '500ms'; SET statement_timeout = {millis}; SET idle_in_transaction_session_timeout = {millis}; \
             SET default_transaction_isolation = 'read committed'; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        );
        let patience = options.connect_timeout + options.statement_timeout;
        Ok(Self { config: address.config(options), tls, setup, patience })
    }

    /// A connection with its own task, whose end is its only log.
    pub(super) async fn open(&self) -> Result<(Client, JoinHandle<()>), Error> {
        self.open_with(|connection| async {
            if let Err(error) = connection.await {
                tracing::warn!(error = %fault::text(&error), "a connection to the database was lost");
            }
        })
        .await
    }

    /// A connection that hands what the server says by itself to `heard`. The task ends with the connection.
    pub(super) async fn open_listening(
        &self,
        mut heard: impl FnMut(AsyncMessage) + Send + 'static,
    ) -> Result<(Client, JoinHandle<()>), Error> {
        self.open_with(|mut connection| async move {
            while let Some(Ok(message)) =
                std::future::poll_fn(|context| connection.poll_message(context)).await
            {
                heard(message);
            }
        })
        .await
    }

    async fn open_with<F>(
        &self,
        drive: impl FnOnce(Connection<Socket, Stream>) -> F,
    ) -> Result<(Client, JoinHandle<()>), Error>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        let task = tokio::spawn(drive(connection));
        match client.batch_execute(&self.setup).await {
            Ok(()) => Ok((client, task)),
            Err(error) => {
                task.abort();
                Err(error)
            }
        }
    }

    /// [`Self::open`], within a bounded time. `None`: it took longer.
    pub(super) async fn open_soon(&self) -> Option<Result<(Client, JoinHandle<()>), Error>> {
        tokio::time::timeout(self.patience, self.open()).await.ok()
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector(…)")
    }
}
