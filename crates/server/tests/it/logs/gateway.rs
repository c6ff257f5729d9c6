//! An SMS gateway that keeps what it is given.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use serde_json::Value;

type Messages = Arc<Mutex<Vec<Value>>>;

pub(super) struct Gateway {
    pub(super) url: String,
    messages: Messages,
}

impl Gateway {
    /// Listens until the test is over.
    pub(super) async fn start(key: &'static str) -> Self {
        let messages = Messages::default();
        let take = move |State(messages): State<Messages>, headers: HeaderMap, body: String| async move {
            assert_eq!(headers["authorization"], format!("Bearer {key}"));
            messages.lock().unwrap().push(serde_json::from_str(&body).unwrap());
            "{}"
        };
        let router = Router::new().route("/send", post(take)).with_state(Arc::clone(&messages));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let http = hyper::server::conn::http1::Builder::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = hyper_util::service::TowerToHyperService::new(router.clone());
                tokio::spawn(http.serve_connection(hyper_util::rt::TokioIo::new(stream), service));
            }
        });
        Self { url, messages }
    }

    /// The text of the newest message.
    pub(super) fn last(&self) -> String {
        self.messages.lock().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned()
    }
}
