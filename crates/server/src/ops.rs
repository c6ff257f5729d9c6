//! For operators: is it alive, is it ready, what does it count. Metrics have a listener of their own.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use crate::state::App;

/// `/livez` and `/readyz`, which load balancers ask on the main listener too.
pub(crate) fn probes() -> Router<App> {
    Router::new().route("/livez", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    if app.drain.told.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if app.limiter.is_joining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "joining the other nodes\n");
    }
    match app.engine.store().ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store is not available\n")
        }
    }
}

/// Starts counting; call once.
pub(crate) fn install_metrics() -> anyhow::Result<PrometheusHandle> {
    // Seconds from a tenth of a millisecond to ten seconds.
    const SECONDS: [f64; 11] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
    const UNITS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_units".to_owned()), &UNITS)?
        .install_recorder()
        .context("metrics could not be installed")
}

/// Serves `/metrics`, `/livez` and `/readyz` until `stop`.
pub(crate) async fn serve(
    app: App,
    listener: tokio::net::TcpListener,
    handle: PrometheusHandle,
    stop: CancellationToken,
) {
    let metrics = move || {
        let text = handle.render();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text) }
    };
    let router = probes().with_state(app).route("/metrics", get(metrics));
    crate::listen::serve(listener, router, stop.clone(), stop).await;
}

/// Binds the operations listener. A taken default port is no reason not to start.
pub(crate) async fn bind(
    address: SocketAddr,
    is_default: bool,
) -> anyhow::Result<Option<tokio::net::TcpListener>> {
    match tokio::net::TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if is_default => {
            tracing::warn!(ops.address = %address, error = &error as &dyn std::error::Error,
                "metrics are off: the default address is taken; set operations.listen");
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("operations.listen: cannot listen on {address}")),
    }
}
