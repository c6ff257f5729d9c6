//! A minimal server that does what a flow needs and nothing more: HS256 tokens, one table per thing, durable grouped
//! commits. No projects, no jobs, no audit of who asked, no limits, no expiry, nothing sealed. It is what the aims are
//! measured against, so it is written to be fast.

mod calls;
mod database;
mod tokens;

use std::{path::Path, sync::Arc};

use anyhow::Context;

use super::peer;

/// Serves until it is killed.
pub(super) fn serve(data: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let server = Arc::new(calls::Server::open(data)?);
    peer::serve(move |asked| {
        let server = Arc::clone(&server);
        async move { server.answer(&asked).await.unwrap_or_else(|refused| refused) }
    })
}
