//! A node that is told to stop, with clients that come back and clients that do not.

use std::path::Path;

use http::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::client::{Api, LANEY, LORANT, Process, Sandbox, Session, Socket, eventually, probe, ringtrue};

const NOTICE: &str = "RINGTRUE__DRAIN__NOTICE_SECONDS";
const SOCKETS: &str = "RINGTRUE__DRAIN__SOCKETS_SECONDS";

/// A node with its own pace, and a back end's sandbox project on it.
async fn serve(directory: &Path, environment: &[(&str, &str)]) -> (Process, Sandbox) {
    let project = ringtrue(directory, &["project", "create", "Shop"]);
    let id = project["projectId"].as_str().unwrap();
    let create = ["credentials", "create", "--project", id, "--environment", "sandbox"];
    let fresh = ringtrue(directory, &create);
    let server = Process::serve(directory, environment).await;
    let (id, secret) = (fresh["clientId"].as_str().unwrap(), fresh["clientSecret"].as_str().unwrap());
    let api = server.api.signed_in(id, secret).await;
    (server, Sandbox { api })
}

/// The socket of a client that never opens another one.
async fn published(server: &Process, session: &Session) -> Socket {
    let mut socket = Socket::open(server, session.device().token()).await;
    socket.ping().await;
    socket
}

/// The socket of our SDK.
async fn ours(server: &Process, session: &Session) -> Socket {
    let query = format!("?resume=1&token={}", session.device().token());
    let mut socket = Socket::open_with(server, &query).await.unwrap();
    socket.ping().await;
    socket
}

#[tokio::test]
async fn during_the_notice_everything_is_served_but_readiness() {
    let directory = tempfile::tempdir().unwrap();
    let (server, sandbox) = serve(directory.path(), &[(NOTICE, "600"), (SOCKETS, "600")]).await;
    let (first, second) = (sandbox.begin(LORANT, "desktop").await, sandbox.begin(LANEY, "desktop").await);
    let mut kept = published(&server, &first).await;
    let mut sent_away = ours(&server, &second).await;
    assert_eq!(probe(server.address, "/readyz").await, Some(200));
    server.terminate();
    assert_eq!(sent_away.close().await, CloseCode::Restart);
    assert_eq!(probe(server.address, "/readyz").await, Some(503));
    assert_eq!(probe(server.address, "/livez").await, Some(200));
    // A load balancer that has not noticed sends it here again: it stays and waits.
    let mut again = ours(&server, &second).await;
    first.device().send_link().await;
    sandbox.press(&sandbox.link(LORANT).await, "").await.location();
    assert_eq!(kept.verdict().await, json!({ "next": "done" }));
    let mut left = published(&server, &second).await;
    server.terminate();
    for socket in [&mut again, &mut left] {
        assert_eq!(socket.close().await, CloseCode::Restart);
    }
    let (status, log) = server.ended().await;
    assert!(status.success(), "{log}");
    assert!(log.contains("told again"), "{log}");
}

#[tokio::test]
async fn a_socket_that_does_not_come_back_is_kept_to_its_flows_end() {
    let directory = tempfile::tempdir().unwrap();
    let (server, sandbox) = serve(directory.path(), &[(NOTICE, "0"), (SOCKETS, "600")]).await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let mut kept = published(&server, &session).await;
    let mut sent_away = ours(&server, &session).await;
    // A request that is under way when the doors close; it ends every flow of the project.
    let mut slow =
        Slow::begin(&sandbox.api, server.address, "/v3/sandbox/clock", r#"{"advanceSeconds":900}"#).await;
    server.terminate();
    assert_eq!(sent_away.close().await, CloseCode::Restart);
    eventually("no new connections", || async {
        TcpStream::connect(server.address).await.is_err().then_some(())
    })
    .await;
    kept.ping().await;
    assert!(slow.end().await.starts_with("HTTP/1.1 200 "));
    let over = json!({ "code": 10000, "message": "the verification has expired" });
    assert_eq!(kept.verdict().await, json!({ "next": "done", "error": over }));
    // Nothing is left to wait for: it ends long before its time.
    let (status, log) = server.ended().await;
    assert!(status.success(), "{log}");
    assert!(log.contains("waiting for sockets to end"), "{log}");
}

#[tokio::test]
async fn kept_sockets_are_let_go_when_their_time_is_over() {
    let directory = tempfile::tempdir().unwrap();
    let (server, sandbox) = serve(directory.path(), &[(SOCKETS, "1")]).await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let mut kept = published(&server, &session).await;
    server.terminate();
    assert_eq!(kept.close().await, CloseCode::Restart);
    assert!(server.ended().await.0.success());
}

/// A request whose last byte is held back.
struct Slow {
    stream: TcpStream,
    rest: &'static [u8],
}

impl Slow {
    async fn begin(api: &Api, address: std::net::SocketAddr, path: &str, body: &'static str) -> Self {
        let (first, rest) = body.split_at(body.len() - 1);
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
             authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
            Method::POST,
            api.token(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server asks for the body once it has begun with the request.
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(first.as_bytes()).await.unwrap();
        Self { stream, rest: rest.as_bytes() }
    }

    async fn end(&mut self) -> String {
        self.stream.write_all(self.rest).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}
