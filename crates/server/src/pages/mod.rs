//! What people see in a browser: the start page, the page of an instant link, the virtual handset, our files.

mod assets;
pub(crate) mod handset;
mod home;
mod link;

use axum::{Router, middleware, routing::get};

use crate::{http::headers, state::App};

pub(crate) use assets::{Shop, serve};

/// All pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/l/{token}", get(link::show).post(link::press))
        .route("/handset", get(handset::redirect))
        .route("/handset/", get(handset::index))
        .route("/handset/{file}", get(handset::file))
        .route("/sdk/{file}", get(assets::sdk))
        .route("/static/{file}", get(assets::page_file))
        .layer(middleware::from_fn(headers::page))
        .merge(handset::api_routes())
}
