//! The status socket as a browser holds it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use http::Response;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, protocol::frame::coding::CloseCode},
};

use super::Process;

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket that must not be refused.
    pub(crate) async fn open(server: &Process, token: &str) -> Self {
        Self::try_open(server, token).await.expect("a socket")
    }

    /// Opens a socket, unless it is refused.
    pub(crate) async fn try_open(server: &Process, token: &str) -> Result<Self, Response<Value>> {
        Self::open_with(server, &format!("?token={token}")).await
    }

    pub(crate) async fn open_with(server: &Process, query: &str) -> Result<Self, Response<Value>> {
        match connect_async(format!("ws://{}/v1/client/status{query}", server.address)).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(refusal)) => {
                Err(refusal.map(|body| serde_json::from_slice(&body.unwrap_or_default()).unwrap()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next thing that comes; `None` when the connection is gone.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        timeout(LIMIT, self.0.next()).await.expect("something in time")?.ok()
    }

    /// Asks for a sign of life and gets nothing else.
    pub(crate) async fn ping(&mut self) {
        self.send(Message::text("ping")).await;
        assert_eq!(self.next().await, Some(Message::text("pong")));
    }

    /// The one message that ends the wait, and the close after it.
    pub(crate) async fn verdict(&mut self) -> Value {
        let Some(Message::Text(text)) = self.next().await else { panic!("no message before the end") };
        assert_eq!(self.close().await, CloseCode::Normal);
        serde_json::from_str(&text).unwrap()
    }

    /// The code of the close frame that comes next.
    pub(crate) async fn close(&mut self) -> CloseCode {
        match self.next().await {
            Some(Message::Close(Some(frame))) => frame.code,
            other => panic!("{other:?} instead of a close frame"),
        }
    }
}
