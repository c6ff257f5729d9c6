//! §6: the status socket, over real TCP. The first text other than `pong` ends the wait.

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::client::{LANEY, LORANT, Process, Sandbox, Socket, eventually};

async fn start() -> (Process, Sandbox) {
    let server = Process::demo().await;
    let sandbox = server.sandbox().await;
    (server, sandbox)
}

#[tokio::test]
async fn a_wrong_token_is_401_before_the_upgrade() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let good = session.device().token().to_owned();
    for query in [
        "",
        "?token=",
        "?token=x",
        "?token=..",
        "?other=1",
        &format!("?token={}", sandbox.api.token()),
        &format!("?token={good}x"),
    ] {
        let refusal = Socket::open_with(&server, query).await.unwrap_err();
        assert_eq!((refusal.status().as_u16(), &refusal.body()["code"]), (401, &json!(8002)), "{query}");
    }
    // The same without a handshake, and a good token without one.
    sandbox.api.anonymous().get("/v1/client/status?token=x").await.refused(401, 8002);
    sandbox.api.anonymous().get(&format!("/v1/client/status?token={good}")).await.refused(400, 8001);
    sandbox.advance(15 * 60).await;
    let refusal = Socket::try_open(&server, &good).await.unwrap_err();
    assert_eq!(refusal.status(), 401, "its session is over");
}

#[tokio::test]
async fn ping_is_answered_and_nothing_else() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let mut socket = Socket::open(&server, session.device().token()).await;
    for _ in 0..3 {
        socket.ping().await;
    }
    // Other texts and binary frames are ignored; a frame of the protocol gets the protocol's answer.
    for odd in
        [Message::text("hello"), Message::text("Ping"), Message::text(""), Message::binary(b"ping".to_vec())]
    {
        socket.send(odd).await;
    }
    socket.ping().await;
    socket.send(Message::Ping("x".into())).await;
    assert_eq!(socket.next().await, Some(Message::Pong("x".into())));
    session.device().send_link().await;
    socket.ping().await;
    sandbox.press(&sandbox.link(LORANT).await, "").await.location();
    assert_eq!(socket.verdict().await, json!({ "next": "done" }));
}

#[tokio::test]
async fn all_sockets_of_a_flow_are_woken_and_no_other() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let other = sandbox.begin(LANEY, "desktop").await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(Socket::open(&server, session.device().token()).await);
    }
    let mut bystander = Socket::open(&server, other.device().token()).await;
    session.device().send_link().await;
    sandbox.press(&sandbox.link(LORANT).await, "").await.location();
    for socket in &mut sockets {
        assert_eq!(socket.verdict().await, json!({ "next": "done" }));
    }
    bystander.ping().await;
}

#[tokio::test]
async fn a_late_socket_gets_the_final_state_at_once() {
    let (server, sandbox) = start().await;
    let good = sandbox.begin(LORANT, "mobile").await;
    good.device().send_code().await;
    good.device().enter("1234").await;
    let bad = sandbox.begin(LANEY, "mobile").await;
    bad.device().send_code().await;
    bad.device().enter("0000").await;
    let error = json!({ "code": 10000, "message": "all tries are used up" });
    for (session, verdict) in
        [(good, json!({ "next": "done" })), (bad, json!({ "next": "done", "error": error }))]
    {
        for _ in 0..2 {
            let mut socket = Socket::open(&server, session.device().token()).await;
            assert_eq!(socket.verdict().await, verdict);
        }
    }
}

#[tokio::test]
async fn failure_and_expiry_wake_with_an_error() {
    let (server, sandbox) = start().await;
    let over = |message: &str| json!({ "next": "done", "error": { "code": 10000, "message": message } });
    let cancelled = sandbox.begin(LORANT, "desktop").await;
    let mut socket = Socket::open(&server, cancelled.device().token()).await;
    cancelled.device().step("mobile/instantlink/error", json!({ "code": 10004 })).await;
    assert_eq!(socket.verdict().await, over("the verification was cancelled"));
    // The link's end, where no other link can be asked for; and the session's end, where one can.
    for (patient, seconds) in [(false, 180), (true, 15 * 60)] {
        let request = LORANT.verify_with("desktop", "allowOTPRetry", json!(patient));
        let session = sandbox.begin_with(&request).await;
        session.device().send_link().await;
        let mut socket = Socket::open(&server, session.device().token()).await;
        sandbox.advance(seconds - 60).await;
        socket.ping().await;
        sandbox.advance(60).await;
        assert_eq!(socket.verdict().await, over("the verification has expired"));
    }
}

#[tokio::test]
async fn at_most_four_sockets_per_flow() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let token = session.device().token();
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(Socket::open(&server, token).await);
    }
    let refusal = Socket::try_open(&server, token).await.unwrap_err();
    assert_eq!((refusal.status().as_u16(), &refusal.body()["code"]), (429, &json!(8429)));
    assert_eq!(refusal.headers()["retry-after"], "1");
    for socket in &mut sockets {
        socket.ping().await;
    }
    // Another flow has its own four.
    let other = sandbox.begin(LANEY, "desktop").await;
    Socket::open(&server, other.device().token()).await.ping().await;
    // A place that is given up, in order or not, can be taken again.
    sockets.pop();
    let again =
        eventually("a place for another socket", || async { Socket::try_open(&server, token).await.ok() });
    again.await.ping().await;
}

#[tokio::test]
async fn handshakes_that_are_broken_off_take_no_place() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let token = session.device().token();
    for _ in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "GET /v1/client/status?token={token} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
    }
    let open = || async { Socket::try_open(&server, token).await.ok() };
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(eventually("a place for a socket", open).await);
    }
    for socket in &mut sockets {
        socket.ping().await;
    }
}

#[tokio::test]
async fn too_much_at_once_ends_the_socket_only() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    let mut socket = Socket::open(&server, session.device().token()).await;
    socket.send(Message::text("x".repeat(2000))).await;
    assert!(!matches!(socket.next().await, Some(Message::Text(_))));
    let mut again = Socket::open(&server, session.device().token()).await;
    again.ping().await;
}

#[tokio::test]
async fn a_stopping_server_asks_to_come_back() {
    let (server, sandbox) = start().await;
    let session = sandbox.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let mut socket = Socket::open(&server, session.device().token()).await;
    socket.ping().await;
    server.terminate();
    assert_eq!(socket.close().await, CloseCode::Restart);
    let (status, log) = server.ended().await;
    assert!(status.success(), "{log}");
}
