//! A small HTTP server around a function, for the peers.

use std::{convert::Infallible, io::Write, sync::Arc};

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A request as a peer sees it.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "reference"),
    expect(dead_code, reason = "the bare handler looks at the body alone")
)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) query: String,
    /// What follows `Bearer `; empty without.
    pub(super) bearer: String,
    pub(super) body: Bytes,
}

/// Status and JSON.
pub(super) type Told = (u16, Vec<u8>);

/// Announces itself as `ringtrue demo --json` does, and serves on every core until it is killed.
pub(super) fn serve<A, F>(answer: A) -> anyhow::Result<()>
where
    A: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Told> + Send,
{
    let runtime = tokio::runtime::Runtime::new().context("cannot start a runtime")?;
    runtime.block_on(listen(Arc::new(answer)))
}

async fn listen<A, F>(answer: Arc<A>) -> anyhow::Result<()>
where
    A: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Told> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
    let address = listener.local_addr()?;
    println!("{{\"origin\":\"http://{address}\",\"clientId\":\"peer\",\"clientSecret\":\"peer\"}}");
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await.context("cannot accept")?;
        stream.set_nodelay(true)?;
        let answer = Arc::clone(&answer);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(request, answer.as_ref()));
            // A client that goes away in the middle is no fault of ours.
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

async fn respond<A, F>(request: Request<Incoming>, answer: &A) -> Result<Response<Full<Bytes>>, Infallible>
where
    A: Fn(Asked) -> F,
    F: Future<Output = Told>,
{
    let (head, body) = request.into_parts();
    let bearer =
        head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let asked = Asked {
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        bearer: bearer.unwrap_or_default().to_owned(),
        body: body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
    };
    let (status, json) = if asked.path == "/livez" { (200, b"{}".to_vec()) } else { answer(asked).await };
    let mut response = Response::new(Full::new(Bytes::from(json)));
    *response.status_mut() = status.try_into().unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
