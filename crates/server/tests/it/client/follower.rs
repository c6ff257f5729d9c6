//! A live console of the portal, as a browser holds it: events as the server sends them.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt as _;

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(45);

/// An open console.
pub(crate) struct Follower {
    body: Body,
    text: String,
}

fn request<B>(address: &str, path: &str, cookie: &str, body: B) -> Request<B> {
    Request::builder().uri(format!("{address}{path}")).header("cookie", cookie).body(body).unwrap()
}

impl Follower {
    /// Opens one in this process, unless it is refused.
    pub(crate) async fn in_process(router: Router, path: &str, cookie: &str) -> Result<Self, StatusCode> {
        Self::opened(router.oneshot(request("", path, cookie, Body::empty())).await.unwrap()).await
    }

    /// Opens one over TCP, unless it is refused.
    pub(crate) async fn over_tcp(address: SocketAddr, path: &str, cookie: &str) -> Result<Self, StatusCode> {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = request(&format!("http://{address}"), path, cookie, Full::<Bytes>::default());
        Self::opened(client.request(request).await.unwrap().map(Body::new)).await
    }

    async fn opened(answer: Response<Body>) -> Result<Self, StatusCode> {
        if answer.status() != StatusCode::OK {
            return Err(answer.status());
        }
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let mut opened = Self { body: answer.into_body(), text: String::new() };
        assert_eq!(opened.event().await, Some(("open".to_owned(), String::new())));
        Ok(opened)
    }

    /// The next event's name and data; `None` when the server has closed the connection.
    pub(crate) async fn event(&mut self) -> Option<(String, String)> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let value = event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    value.map(|value| value.trim_start().to_owned())
                };
                let found = field("event").map(|name| (name, field("data").unwrap_or_default()));
                self.text = rest.into();
                if found.is_some() {
                    return found;
                }
            }
            let frame = timeout(LIMIT, self.body.frame()).await.expect("something in time")?.ok()?;
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// The next call that is shown.
    pub(crate) async fn call(&mut self) -> Value {
        let (name, data) = self.event().await.expect("an open console");
        assert_eq!(name, "call", "{data}");
        serde_json::from_str(&data).unwrap()
    }
}
