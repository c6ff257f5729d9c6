//! A webhook's endpoint on a real socket.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;

/// Answers as it is told and remembers what it got.
pub(super) struct Receiver {
    pub(super) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    status: AtomicU16,
    got: Mutex<Vec<Got>>,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Got {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub(super) fn id(&self) -> String {
        self.header("webhook-id")
    }

    /// `eventType` of each event.
    pub(super) fn types(&self) -> Vec<String> {
        let events: Vec<Value> = serde_json::from_slice(&self.body).unwrap();
        events.iter().map(|event| event["eventType"].as_str().unwrap().to_owned()).collect()
    }
}

impl Receiver {
    pub(super) async fn answering(status: u16) -> Self {
        let shared = Arc::new(Shared { status: status.into(), got: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().route("/hook", post(hook)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, shared }
    }

    /// Answers with this from now on.
    pub(super) fn answer(&self, status: u16) {
        self.shared.status.store(status, Ordering::Relaxed);
    }

    pub(super) fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }
}

async fn hook(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    shared.got.lock().unwrap().push(Got { headers, body });
    StatusCode::from_u16(shared.status.load(Ordering::Relaxed)).unwrap()
}
