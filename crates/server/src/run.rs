//! A server's life: start, serve, stop in order.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use ringtrue_engine::{Monitor, run_dispatcher, run_monitor, run_refusals, run_worker};
use ringtrue_store::ServerLock;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    assemble::{self, Installation},
    config::{Config, Role, Roles, StoreKind, check_origin},
    demo::{Account, Demo},
    device::token::DeviceTokens,
    drain::{self, Drain, Signals},
    feed::{Feeds, folder},
    http::{client::Proxies, rate_limit::Limiter, request_id::RequestIds, sign_ins::SignIns},
    listen::{self, reachable},
    nodes, ops,
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
    /// None on a node that answers nobody but operators.
    listener: Option<TcpListener>,
    monitor: Option<Monitor>,
    config: Config,
    _lock: Option<ServerLock>,
}

/// Opens the installation and the listener. `demo` adds the shop and a sandbox project of its own.
pub(crate) async fn prepare(config: Config, directory: &Path, demo: bool) -> anyhow::Result<Prepared> {
    config.check_roles()?;
    let roles = config.server.roles;
    ensure!(!demo || roles == Roles::ALL, "server.roles: a demo needs all of them");
    let lock = match config.store {
        StoreKind::Embedded => Some(ServerLock::acquire(directory)?),
        // Any number of nodes may share it.
        StoreKind::Postgres(_) => None,
    };
    let mut installation = Installation::open(&config, directory, lock.as_ref()).await?;
    if let Some(path) = &installation.fresh_keys {
        tracing::warn!(keys.path = %path.display(), "{FRESH_KEYS}");
    }
    installation.join(&config).await?;
    let wanted = config.server.listen;
    let bind = async || TcpListener::bind(wanted).await.with_context(|| format!("cannot listen on {wanted}"));
    let listener = if roles.listens() { Some(bind().await?) } else { None };
    let address = listener.as_ref().map_or(Ok(wanted), TcpListener::local_addr)?;
    let origin = config.server.public_origin.clone().unwrap_or_else(|| origin_of(address));
    check_origin(&origin).context("the public origin")?;
    let shared = installation.store.is_shared();
    if roles != Roles::ALL && !shared {
        tracing::warn!(server.roles = %roles, "nobody else can share the embedded store: other roles are served by no node");
    }
    let engine = installation.engine(&config, &origin)?;
    let monitor = assemble::monitor(&config)?;
    let account = if demo { Some(Account::open(directory, &engine).await?) } else { None };
    let mut process = [0; 8];
    engine.random(&mut process);
    // Nodes without the API let nobody through, so they take no share.
    let limit = if demo || !roles.has(Role::Api) { 0 } else { config.limits.requests_per_second };
    let app = Arc::new(AppState {
        request_ids: RequestIds::new(process),
        tokens: DeviceTokens::new(&origin, &installation.keys.tokens)?,
        limiter: Limiter::new(limit, !shared, Instant::now()),
        sign_ins: SignIns::new(Instant::now()),
        proxies: Proxies::new(config.server.trusted_proxies.clone()),
        feeds: Feeds::new(&config.feed)?,
        sockets: Sockets::default(),
        consoles: engine.bus().consoles(),
        drain: Drain::default(),
        waiting: TaskTracker::new(),
        demo: account.as_ref().map(|account| Demo::new(account, reachable(address))),
        origin,
        webhook_issuer: config.webhook.issuer.clone(),
        roles,
        engine,
    });
    Ok(Prepared { app, account, listener, monitor, config, _lock: lock })
}

impl Prepared {
    /// Serves until the process is told to stop; then finishes what is under way.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        let Self { app, listener, monitor, config, _lock, .. } = self;
        let stop = CancellationToken::new();
        let mut background = tokio::task::JoinSet::new();
        if app.roles.has(Role::Worker) {
            background.spawn(run_worker(Arc::clone(&app.engine), stop.clone()));
            background.spawn(run_dispatcher(Arc::clone(&app.engine), stop.clone()));
            if let Some(monitor) = monitor {
                background.spawn(run_monitor(Arc::clone(&app.engine), monitor, stop.clone()));
            }
            for folder in config.feed.iter().filter_map(folder::Folder::of) {
                background.spawn(folder::watch(Arc::clone(&app.engine), folder, stop.clone()));
            }
        }
        background.spawn(run_refusals(Arc::clone(&app.engine), stop.clone()));
        background.spawn(tidy(Arc::clone(&app), stop.clone()));
        if app.limiter.limit() > 0 && app.engine.store().is_shared() {
            background.spawn(nodes::share_limits(Arc::clone(&app), app.drain.closed.clone()));
        }
        if let Some((address, is_default)) = config.operations.address()?
            && let Some(listener) = ops::bind(address, is_default && listener.is_some()).await?
        {
            let (app, stop) = (Arc::clone(&app), stop.clone());
            let metrics = ops::install_metrics()?;
            background.spawn(ops::serve(app, listener, metrics, stop));
        }
        let pace = config.drain.pace(app.engine.store().is_shared());
        tokio::spawn(drain::follow_signals(Arc::clone(&app), Signals::listen(), pace));
        tracing::info!(server.origin = %app.origin, server.roles = %app.roles, "serving");
        match listener {
            Some(listener) => {
                let (closed, over) = (app.drain.closed.clone(), app.drain.over.clone());
                listen::serve(listener, router(Arc::clone(&app)), closed, over).await;
            }
            None => app.drain.told.cancelled().await,
        }
        drain::part_from_sockets(&app, pace).await;
        stop.cancel();
        let finished = async { while background.join_next().await.is_some() {} };
        tokio::select! {
            () = finished => {}
            // What a job holds comes back when its lease is over.
            () = app.drain.over.cancelled() => {}
        }
        app.engine.store().close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn tidy(app: App, stop: CancellationToken) {
    while tokio::time::timeout(Duration::from_mins(1), stop.cancelled()).await.is_err() {
        app.limiter.tidy(Instant::now());
        app.sign_ins.tidy(Instant::now());
    }
}

/// How browsers on this machine write the address.
fn origin_of(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}
