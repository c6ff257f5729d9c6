//! The server API: what a customer's back end calls (contract: server-api.md, sandbox.md).

mod evaluation;
mod sandbox;
mod status;
mod token;
mod verify;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::App;

pub(crate) use sandbox::{message, reading};

/// All routes of the server API.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token::token))
        .routes(routes!(verify::verify))
        .routes(routes!(status::status))
        .routes(routes!(sandbox::messages))
        .routes(routes!(sandbox::clock, sandbox::advance))
        .routes(routes!(sandbox::handset))
}
