//! A server's life: start, serve, stop in order.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use ringtrue_engine::run_worker;
use ringtrue_store::ServerLock;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    assemble::Installation,
    config::{Config, StoreKind, check_origin},
    demo::{Account, Demo},
    device::token::DeviceTokens,
    http::{rate_limit::Limiter, request_id::RequestIds},
    listen, ops,
    router::router,
    state::{App, AppState, Sockets},
};

/// What the first start on a database says, with the path.
pub(crate) const FRESH_KEYS: &str = "new keys were made: every node needs this file (keys_file), and without it neither \
    the database nor a backup of it can be read";

/// A server that listens but does not serve yet.
pub(crate) struct Prepared {
    pub(crate) app: App,
    pub(crate) account: Option<Account>,
    listener: TcpListener,
    config: Config,
    _lock: Option<ServerLock>,
}

/// Opens the installation and the listener. `demo` adds the shop and a sandbox project of its own.
pub(crate) async fn prepare(config: Config, directory: &Path, demo: bool) -> anyhow::Result<Prepared> {
    let lock = match config.store {
        StoreKind::Embedded => Some(ServerLock::acquire(directory)?),
        // Any number of nodes may share it.
        StoreKind::Postgres(_) => None,
    };
    let mut installation = Installation::open(&config, directory).await?;
    if let Some(path) = &installation.fresh_keys {
        tracing::warn!(keys.path = %path.display(), "{FRESH_KEYS}");
    }
    installation.join(&config).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let origin = config.server.public_origin.clone().unwrap_or_else(|| origin_of(address));
    check_origin(&origin).context("the public origin")?;
    let engine = installation.engine(&config, &origin)?;
    let account = if demo { Some(Account::open(directory, &engine).await?) } else { None };
    let mut process = [0; 8];
    engine.random(&mut process);
    let app = Arc::new(AppState {
        request_ids: RequestIds::new(process),
        tokens: DeviceTokens::new(&origin, &installation.keys.tokens)?,
        limiter: Limiter::new(if demo { 0 } else { config.limits.requests_per_second }),
        sockets: Sockets::default(),
        stopping: CancellationToken::new(),
        waiting: TaskTracker::new(),
        demo: account.as_ref().map(|account| Demo::new(account, reachable(address))),
        origin,
        engine,
    });
    Ok(Prepared { app, account, listener, config, _lock: lock })
}

impl Prepared {
    /// Serves until the process is told to stop; then finishes what is under way.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        let Self { app, listener, config, _lock, .. } = self;
        let stop = CancellationToken::new();
        let mut background = tokio::task::JoinSet::new();
        background.spawn(run_worker(Arc::clone(&app.engine), stop.clone()));
        background.spawn(tidy(Arc::clone(&app), stop.clone()));
        if let Some((address, is_default)) = config.operations.address()?
            && let Some(listener) = ops::bind(address, is_default).await?
        {
            let (app, stop) = (Arc::clone(&app), stop.clone());
            let metrics = ops::install_metrics()?;
            background.spawn(ops::serve(app, listener, metrics, stop));
        }
        let closing = app.stopping.clone();
        tokio::spawn(async move {
            stop_signal().await;
            closing.cancel();
            tracing::info!("stopping");
        });
        tracing::info!(server.origin = %app.origin, "serving");
        listen::serve(listener, router(Arc::clone(&app)), app.stopping.clone()).await;
        app.waiting.close();
        let _ = tokio::time::timeout(Duration::from_secs(3), app.waiting.wait()).await;
        stop.cancel();
        while background.join_next().await.is_some() {}
        app.engine.store().close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn tidy(app: App, stop: CancellationToken) {
    while tokio::time::timeout(Duration::from_mins(1), stop.cancelled()).await.is_err() {
        app.limiter.tidy();
    }
}

/// How browsers on this machine write the address.
fn origin_of(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// An address that listens everywhere is reached here by the loopback address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    address
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the signal ends the process the hard way, which loses nothing either.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::interrupt()) => {}
    }
}
