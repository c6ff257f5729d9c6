//! The device API: what the client SDK on the person's device calls (contract: device-api.md).

mod call;
mod envelope;
mod link;
mod network;
mod otp;
mod pace;
mod report;
mod status;
pub(crate) mod token;

use axum::routing::get;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::App;

/// All routes of the device API.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(otp::start))
        .routes(routes!(otp::finish))
        .routes(routes!(link::start))
        .routes(routes!(network::start))
        .routes(routes!(network::finish))
        .routes(routes!(report::report))
        .routes(routes!(status::poll))
        // The socket shares its path with the poll; OpenAPI has no words for sockets.
        .route("/v1/client/status", get(status::socket))
        .route("/v1/sandbox/network", get(network::sandbox_operator))
}
