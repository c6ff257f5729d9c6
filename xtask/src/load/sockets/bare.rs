//! What axum's sockets cost by themselves: they are upgraded and wait.

use std::io::Write;

use anyhow::Context;
use axum::{
    Router,
    extract::ws::{WebSocket, WebSocketUpgrade},
    routing::get,
};

/// Serves until it is killed; with buffers as they are by default, or small.
pub(crate) fn serve(small: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start a runtime")?;
    runtime.block_on(async {
        let socket = async move |upgrade: WebSocketUpgrade| {
            let upgrade = if small { upgrade.read_buffer_size(1024).write_buffer_size(0) } else { upgrade };
            upgrade.on_upgrade(wait)
        };
        let router = Router::new().route("/livez", get(async || "ok")).route("/", get(socket));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
        let address = listener.local_addr()?;
        println!("{{\"origin\":\"http://{address}\",\"clientId\":\"peer\",\"clientSecret\":\"peer\"}}");
        std::io::stdout().flush()?;
        axum::serve(listener, router).await.context("cannot serve")
    })
}

async fn wait(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
