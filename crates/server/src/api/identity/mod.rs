//! `/v3/identity`: enrolled people and numbers (contract: server-api.md §5).

mod convert;
mod enroll;
mod find;
mod lifecycle;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::App;

/// The routes, without the layer that lets callers in.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enroll::enroll, find::list))
        .routes(routes!(enroll::batch))
        .routes(routes!(find::get, lifecycle::disenroll))
        .routes(routes!(find::lookup))
        .routes(routes!(lifecycle::activate))
        .routes(routes!(lifecycle::deactivate))
        .routes(routes!(lifecycle::cross_domain))
}
