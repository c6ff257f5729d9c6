//! `ringtrue demo`: a sandbox project of its own and a fictional shop that uses it over HTTP as any customer would.

mod account;
mod client;
mod shop;

use std::net::SocketAddr;

use axum::{
    Router, middleware,
    routing::{get, post},
};

use crate::{http::headers, state::App};

pub(crate) use account::{ACCOUNT_FILE, Account};
use client::RingtrueClient;
use shop::Sessions;

/// The demo shop's back end.
pub(crate) struct Demo {
    client: RingtrueClient,
    sessions: Sessions,
    project: ringtrue_domain::ProjectId,
}

impl Demo {
    /// A back end that calls the server at `address` with the account's credentials.
    pub(crate) fn new(account: &Account, address: SocketAddr) -> Self {
        Self {
            client: RingtrueClient::new(address, &account.client_id, &account.client_secret),
            sessions: Sessions::default(),
            project: account.project,
        }
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
