//! A connection that one task uses alone, and the statements prepared on it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt as _;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Statement};

use super::{connect::Connector, dialect::spelled, fault, fault::Fault, value};
use crate::sql::{Row, Stmt};

/// A connection that one task uses alone.
pub(super) struct Session {
    client: Client,
    connection: JoinHandle<()>,
    /// By the address of the text: it is static, so the address tells it apart at no cost.
    prepared: HashMap<(usize, usize), Statement>,
}

/// What a statement did.
pub(super) struct Done {
    pub(super) changed: u64,
    pub(super) rows: Vec<Row>,
}

impl Session {
    /// Connects, within a bounded time; logs why not.
    async fn open(connector: &Connector) -> Option<Self> {
        match connector.open_soon().await {
            Some(Ok((client, connection))) => Some(Self { client, connection, prepared: HashMap::new() }),
            Some(Err(error)) => {
                tracing::warn!(error = %fault::text(&error), "the database is away");
                None
            }
            None => {
                tracing::warn!("the database is away: it did not answer in time");
                None
            }
        }
    }

    /// Whether the connection is known to be over. One that just ended may not be known yet.
    fn is_over(&self) -> bool {
        self.client.is_closed()
    }

    /// Prepares what is not prepared yet.
    pub(super) async fn prepare(&mut self, stmts: impl Iterator<Item = &Stmt>) -> Result<(), Fault> {
        for stmt in stmts {
            let at = stmt.text_id();
            if !self.prepared.contains_key(&at) {
                let prepared = self.client.prepare(spelled(stmt.sql)).await?;
                self.prepared.insert(at, prepared);
            }
        }
        Ok(())
    }

    /// Runs a prepared statement.
    pub(super) async fn run(&self, stmt: &Stmt) -> Result<Done, Fault> {
        let Some(prepared) = self.prepared.get(&stmt.text_id()) else {
            return Err(Fault::Broken("a statement was not prepared".to_owned()));
        };
        run(&self.client, prepared, stmt).await
    }

    /// Runs a command without parameters or answer.
    pub(super) async fn command(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(sql).await?)
    }
}

/// The connection that a task works with: opened when first needed, and again after it was lost.
pub(super) struct Standing {
    connector: Connector,
    session: Option<Session>,
    /// Until then nobody tries to connect again, and what comes is refused at once.
    away_until: Option<Instant>,
}

impl Standing {
    /// Between attempts to connect while the database is away.
    const PAUSE: Duration = Duration::from_millis(500);

    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, session: None, away_until: None }
    }

    /// The connection, or a new one. Whoever can go on using it gives it back.
    pub(super) async fn take(&mut self) -> Result<Session, Fault> {
        if let Some(session) = self.session.take().filter(|session| !session.is_over()) {
            return Ok(session);
        }
        if self.away_until.is_some_and(|until| Instant::now() < until) {
            return Err(Fault::Away);
        }
        let session = Session::open(&self.connector).await;
        self.away_until = session.is_none().then(|| Instant::now() + Self::PAUSE);
        session.ok_or(Fault::Away)
    }

    /// Keeps a connection for the next time.
    pub(super) fn keep(&mut self, session: Session) {
        self.session = Some(session);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The task would wait for answers that nobody reads any more.
        self.connection.abort();
    }
}

/// Runs a statement; it is sent by the first poll.
pub(super) async fn run(client: &Client, prepared: &Statement, stmt: &Stmt) -> Result<Done, Fault> {
    let answer = client.query_raw(prepared, &stmt.args).await?;
    let mut answer = std::pin::pin!(answer);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        rows.push(value::row(&row)?);
    }
    Ok(Done { changed: answer.rows_affected().unwrap_or_default(), rows })
}
