//! Receivers of webhooks on real sockets, from well-behaved to hostile.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a receiver does once it has read a request.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Writes these bytes and waits for the next request.
    Answer(Vec<u8>),
    /// Writes these bytes and closes.
    Close(Vec<u8>),
    /// Writes these bytes, then one byte more every 20 ms, for ever.
    Drip(Vec<u8>),
    /// Says nothing.
    Hang,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `POST /path HTTP/1.1`
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// A header field's value, when there is exactly one.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next()?.1.as_str();
        assert!(found.next().is_none(), "{name} is there twice");
        Some(value)
    }
}

/// A receiver on loopback.
pub(crate) struct Receiver {
    pub(crate) origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

impl Receiver {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        tokio::spawn({
            let (seen, connections) = (Arc::clone(&seen), Arc::clone(&connections));
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    *connections.lock().unwrap() += 1;
                    tokio::spawn(serve(socket, manner.clone(), Arc::clone(&seen)));
                }
            }
        });
        Self { origin, seen, connections }
    }

    /// A receiver that answers like this, with a body.
    pub(crate) async fn answering(status: &str, fields: &[(&str, &str)], body: &[u8]) -> Self {
        Self::start(Manner::Answer(answer(status, fields, body))).await
    }

    pub(crate) fn port(&self) -> u16 {
        self.origin.rsplit(':').next().unwrap().parse().unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// An answer in bytes.
pub(crate) fn answer(status: &str, fields: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in fields {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

async fn serve(mut socket: TcpStream, manner: Manner, seen: Arc<Mutex<Vec<Seen>>>) {
    while let Some(request) = read(&mut socket).await {
        seen.lock().unwrap().push(request);
        match &manner {
            Manner::Answer(bytes) => {
                if socket.write_all(bytes).await.is_err() {
                    return;
                }
            }
            Manner::Close(bytes) => {
                let _ = socket.write_all(bytes).await;
                return;
            }
            Manner::Drip(bytes) => {
                let _ = socket.write_all(bytes).await;
                let mut beat = tokio::time::interval(std::time::Duration::from_millis(20));
                while socket.write_all(b"x").await.is_ok() {
                    beat.tick().await;
                }
                return;
            }
            Manner::Hang => {}
        }
    }
}

async fn read(socket: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.split("\r\n");
            let line = lines.next().unwrap().to_owned();
            let headers: Vec<(String, String)> = lines
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length =
                headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
            let body = bytes[end + 4..].to_vec();
            if body.len() >= length {
                return Some(Seen { line, headers, body });
            }
        }
        let mut chunk = [0; 4096];
        match socket.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}
