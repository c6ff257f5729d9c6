//! What people see in a browser: the start page, the page of an instant link, the virtual handset, our files.

mod assets;
pub(crate) mod handset;
mod home;
mod link;
mod logo;
mod speech;

use axum::{Router, middleware, routing::get};

use crate::{http::headers, state::App};

pub(crate) use assets::{Shop, serve};
pub(crate) use logo::logo_address;
pub(crate) use speech::Speech;

/// What people who verify, and the pages that they do it on, come to.
pub(crate) fn device_routes() -> Router<App> {
    Router::new()
        .route("/l/{token}", get(link::show).post(link::press))
        .route("/sdk/{file}", get(assets::sdk))
        .layer(middleware::from_fn(headers::page))
}

/// What people who look on come to.
pub(crate) fn portal_routes() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/handset", get(handset::redirect))
        .route("/handset/", get(handset::index))
        .route("/handset/{file}", get(handset::file))
        .layer(middleware::from_fn(headers::page))
        .merge(handset::api_routes())
}

/// Files that pages of both need.
pub(crate) fn shared_routes() -> Router<App> {
    Router::new()
        .route("/static/{file}", get(assets::page_file))
        .route("/logo/{project}/{digest}", get(logo::show))
        .layer(middleware::from_fn(headers::page))
}
