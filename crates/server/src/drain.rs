//! The end of a node, step by step: it is told to go, closes its doors, parts from those who still wait, and is over.

use std::time::Duration;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::state::App;

/// How long sockets may take to say good-bye once they are let go.
const PARTING: Duration = Duration::from_secs(3);

/// How far the end has come. Each step brings the ones before it with it.
pub(crate) struct Drain {
    /// The end was asked for: not ready for new work, but still doing it. Clients that come back are sent away.
    pub(crate) told: CancellationToken,
    /// Nobody new is let in; requests under way end.
    pub(crate) closed: CancellationToken,
    /// Sockets that were kept so far are let go.
    pub(crate) parted: CancellationToken,
    /// Nothing is waited for any more.
    pub(crate) over: CancellationToken,
}

impl Default for Drain {
    fn default() -> Self {
        let over = CancellationToken::new();
        let parted = over.child_token();
        let closed = parted.child_token();
        Self { told: closed.child_token(), closed, parted, over }
    }
}

/// How long the steps take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between being told and closing: a load balancer has to notice.
    pub(crate) notice: Duration,
    /// Between closing and parting, at most: clients that do not come back wait for their flow's end.
    pub(crate) sockets: Duration,
}

/// Takes the steps when the process is told to stop; all of them at once when it is told again.
pub(crate) async fn follow_signals(app: App, mut signals: Signals, pace: Pace) {
    signals.next().await;
    let steps = &app.drain;
    steps.told.cancel();
    tracing::info!(
        drain.notice_seconds = pace.notice.as_secs(),
        drain.sockets = app.waiting.len(),
        "stopping"
    );
    let in_time = async {
        sleep(pace.notice).await;
        steps.closed.cancel();
        sleep(pace.sockets).await;
        steps.parted.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = in_time => {}
        () = signals.next() => {
            tracing::info!(drain.sockets = app.waiting.len(), "told again: stopping at once");
            steps.over.cancel();
        }
    }
}

/// Waits for the sockets that are left once the doors are closed.
pub(crate) async fn part_from_sockets(app: &App, pace: Pace) {
    app.waiting.close();
    let left = app.waiting.len();
    if left > 0 && !app.drain.parted.is_cancelled() {
        let at_most = pace.sockets.as_secs();
        tracing::info!(drain.sockets = left, drain.sockets_seconds = at_most, "waiting for sockets to end");
    }
    tokio::select! {
        () = app.waiting.wait() => {}
        () = async {
            app.drain.parted.cancelled().await;
            let _ = timeout(PARTING, app.waiting.wait()).await;
        } => {}
    }
    if !app.waiting.is_empty() {
        tracing::warn!(drain.sockets = app.waiting.len(), "some sockets did not say good-bye");
    }
}

/// What tells a process to stop. Where a handler cannot be had the signal ends the process the hard way, which loses
/// nothing either.
pub(crate) struct Signals {
    terminate: Option<Signal>,
    interrupt: Option<Signal>,
}

impl Signals {
    /// Handles them from now on.
    pub(crate) fn listen() -> Self {
        Self {
            terminate: signal(SignalKind::terminate()).ok(),
            interrupt: signal(SignalKind::interrupt()).ok(),
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            () = received(&mut self.terminate) => {}
            () = received(&mut self.interrupt) => {}
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}
