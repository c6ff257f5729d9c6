//! Two ways to the same server: straight into its router, or over TCP.

use std::net::SocketAddr;

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tower::ServiceExt as _;

/// Where requests go in.
#[derive(Clone)]
pub(super) enum Door {
    Router(Router),
    Tcp(Box<Client<HttpConnector, Full<Bytes>>>, SocketAddr),
}

impl Door {
    pub(super) fn tcp(address: SocketAddr) -> Self {
        Self::Tcp(Box::new(Client::builder(TokioExecutor::new()).build_http()), address)
    }

    /// The whole answer; `None` when the connection broke.
    pub(super) async fn send(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        match self {
            Self::Router(router) => {
                let answer = router.clone().oneshot(request.map(Body::from)).await.unwrap();
                let (parts, body) = answer.into_parts();
                Some(Response::from_parts(parts, body.collect().await.ok()?.to_bytes()))
            }
            Self::Tcp(client, address) => {
                let (mut parts, body) = request.into_parts();
                let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
                parts.uri = format!("http://{address}{path}").parse::<Uri>().unwrap();
                let answer = client.request(Request::from_parts(parts, Full::new(body))).await.ok()?;
                let (parts, body) = answer.into_parts();
                Some(Response::from_parts(parts, body.collect().await.ok()?.to_bytes()))
            }
        }
    }
}
