//! §1 over real sockets: slow, huge and broken requests are answered or cut off in bounded time, and harm nobody.

use std::time::Duration;

use http::Method;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::client::{LORANT, Process, eventually};

async fn connect(server: &Process) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

/// What comes until the other side closes, or until the first whole answer.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        match timeout(Duration::from_secs(30), stream.read(&mut bytes)).await.expect("an end in time") {
            Ok(n @ 1..) => text.extend_from_slice(&bytes[..n]),
            Ok(0) | Err(_) => break,
        }
        if text.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8(text).unwrap()
}

fn head(token: &str, extra: &str) -> String {
    format!(
        "POST /v3/verify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\n{extra}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_slow_body_is_given_up_after_ten_seconds() {
    let server = Process::demo().await;
    let token = server.sandbox().await.api.token().to_owned();
    let mut slow = connect(&server).await;
    slow.write_all(head(&token, "content-length: 100").as_bytes()).await.unwrap();
    slow.write_all(b"{\"possessionType\":").await.unwrap();
    // A head that never ends is cut off too; both are waited for together.
    let mut endless = connect(&server).await;
    endless.write_all(b"POST /v3/verify HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let begun = Instant::now();
    let refused = answer(&mut slow).await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    assert!(refused.contains("body: took longer than 10 seconds to arrive"), "{refused}");
    assert!((9..14).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let nothing = answer(&mut endless).await;
    assert!(nothing.is_empty() || nothing.starts_with("HTTP/1.1 408 "), "{nothing}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    server.sandbox().await.api.post("/v3/verify", &LORANT.verify("none")).await.ok();
}

#[tokio::test]
async fn a_huge_body_is_refused_without_being_read() {
    let server = Process::demo().await;
    let token = server.sandbox().await.api.token().to_owned();
    for extra in ["content-length: 5000", "transfer-encoding: chunked"] {
        let mut stream = connect(&server).await;
        stream.write_all(head(&token, extra).as_bytes()).await.unwrap();
        let body = "x".repeat(5000);
        let sent = if extra.starts_with("content") { body } else { format!("1388\r\n{body}\r\n0\r\n\r\n") };
        stream.write_all(sent.as_bytes()).await.unwrap();
        let refused = answer(&mut stream).await;
        assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("\"code\":8001"), "{refused}");
    }
    // A gigabyte is announced; the answer does not wait for it.
    let mut stream = connect(&server).await;
    stream.write_all(head(&token, "content-length: 1000000000").as_bytes()).await.unwrap();
    stream.write_all(&[b' '; 8192]).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn who_sends_a_huge_body_to_its_end_is_answered_too() {
    let server = Process::demo().await;
    let api = server.sandbox().await.api;
    for length in [4097, 16 << 10, 64 << 10, 256 << 10, 1 << 20] {
        for _ in 0..10 {
            let call = api.call(Method::POST, "/v3/verify").raw_json(vec![b' '; length]);
            call.send().await.refused(413, 8001);
        }
    }
}

#[tokio::test]
async fn broken_requests_leave_no_trace() {
    let server = Process::demo().await;
    let api = server.sandbox().await.api;
    let long_header = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(500));
    let long_path = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    let short_body = head(api.token(), "content-length: 100") + "{";
    let two_lengths = head(api.token(), "content-length: 2\r\ncontent-length: 3") + "{}";
    let smuggled = head(api.token(), "content-length: 2\r\ntransfer-encoding: chunked") + "0\r\n\r\n";
    for raw in [
        "\r\n\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &long_header,
        &many_headers,
        &long_path,
        &short_body,
        &two_lengths,
        &smuggled,
    ] {
        let mut stream = connect(&server).await;
        // The other side may close before it has read everything.
        let _ = stream.write_all(raw.as_bytes()).await;
        let _ = stream.shutdown().await;
        let answer = answer(&mut stream).await;
        let status = answer.split(' ').nth(1).unwrap_or("none");
        assert!(status == "none" || status.starts_with('4') || status == "505", "{answer}");
    }
    api.post("/v3/verify", &LORANT.verify("none")).await.ok();
}

#[tokio::test]
async fn connections_are_kept_and_requests_may_follow_each_other() {
    let server = Process::demo().await;
    let token = server.sandbox().await.api.token().to_owned();
    let body = LORANT.verify("none").to_string();
    let request = head(&token, &format!("content-length: {}", body.len())) + &body;
    let mut stream = connect(&server).await;
    // Two at once, then a third one on the same connection, with a question before its body.
    stream.write_all(format!("{request}{request}").as_bytes()).await.unwrap();
    let mut text = answer(&mut stream).await;
    while text.matches("HTTP/1.1 200").count() < 2 {
        text += &answer(&mut stream).await;
    }
    let third = head(&token, &format!("expect: 100-continue\r\ncontent-length: {}", body.len()));
    stream.write_all(third.as_bytes()).await.unwrap();
    let mut line = [0; 25];
    stream.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    let server = Process::demo().await;
    let token = server.sandbox().await.api.token().to_owned();
    let body = LORANT.verify("none").to_string();
    let (first, rest) = body.split_at(20);
    let (mut busy, mut idle) = (connect(&server).await, connect(&server).await);
    let head = head(&token, &format!("content-length: {}", body.len()));
    busy.write_all(format!("{head}{first}").as_bytes()).await.unwrap();
    // It is being read: a later request on another connection has been answered.
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).await.unwrap();
    server.terminate();
    // An idle connection is closed at once, and nobody new is let in.
    let _ = answer(&mut idle).await;
    eventually("no new connections", || async {
        TcpStream::connect(server.address).await.is_err().then_some(())
    })
    .await;
    busy.write_all(rest.as_bytes()).await.unwrap();
    let finished = answer(&mut busy).await;
    assert!(finished.starts_with("HTTP/1.1 200 ") && finished.contains("\"success\":\"true\""), "{finished}");
    let (status, log) = server.ended().await;
    assert!(status.success(), "{log}");
}
