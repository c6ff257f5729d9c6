//! `ringtrue demo`: a sandbox project of its own and a fictional shop that uses it over HTTP as any customer would.

mod account;
mod client;
mod owner;
mod shop;

use std::net::SocketAddr;

use axum::{
    Router, middleware,
    routing::{get, post},
};

use crate::{http::headers, pages::handset::handset_url, state::App};

pub(crate) use account::{ACCOUNT_FILE, Account};
use client::RingtrueClient;
pub(crate) use owner::owner_link;

/// The demo shop's back end.
pub(crate) struct Demo {
    client: RingtrueClient,
    project: ringtrue_domain::ProjectId,
}

impl Demo {
    /// A back end that calls the server at `address` with the account's credentials.
    pub(crate) fn new(account: &Account, address: SocketAddr) -> Self {
        Self {
            client: RingtrueClient::new(address, &account.client_id, &account.client_secret),
            project: account.project,
        }
    }

    /// The address of the demo's handset, for pages of the demo; good for a day.
    pub(crate) fn handset_url(&self, app: &App) -> anyhow::Result<String> {
        const DAY_SECONDS: i64 = 24 * 60 * 60;
        handset_url(app, self.project, DAY_SECONDS)
    }
}

/// The shop's pages and its back end.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/shop", get(shop::redirect))
        .route("/shop/", get(shop::index))
        .route("/shop/return", get(shop::returned))
        .route("/shop/{file}", get(shop::file))
        .route("/shop/api/verify", post(shop::verify))
        .route("/shop/api/result", get(shop::result))
        .route("/shop/api/personas", get(shop::personas))
        .route("/shop/api/config", get(shop::config))
        .layer(middleware::from_fn(headers::page))
}
