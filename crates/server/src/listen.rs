//! Accepting connections: HTTP/1.1 with a limit on slow headers, upgrades for sockets, and an orderly end.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::pin,
    time::Duration,
};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Layer as _;

/// How long a client may take to send a request's head.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// How long open requests may go on after the end was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop`; then accepts nothing more and lets open requests finish, unless it is `over`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    over: CancellationToken,
) {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(16 * 1024);
    let open = TaskTracker::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors or the like: wait for some to be given back.
                    tracing::warn!(error = &error as &dyn std::error::Error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        // Answers are small and complete: waiting for more bytes only delays them.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(router.clone()));
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let stop = stop.clone();
        open.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = &mut connection => ended,
                () = stop.cancelled() => {
                    // Finishes the request under way and closes; an idle connection closes at once.
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(error = &error as &dyn std::error::Error, "connection ended early");
            }
        });
    }
    drop(listener);
    open.close();
    tokio::select! {
        () = open.wait() => {}
        () = over.cancelled() => {}
        () = tokio::time::sleep(GRACE) => {
            let left = open.len();
            tracing::warn!(drain.requests = left, "some requests were still open after {} seconds", GRACE.as_secs());
        }
    }
}

/// An address that listens everywhere is reached here by the loopback address.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    address
}
