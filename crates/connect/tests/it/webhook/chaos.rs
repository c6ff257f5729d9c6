//! Endpoints that answer badly, late, endlessly or not at all.

use std::sync::Arc;

use ringtrue_engine::model::{Answer, NoAnswer, Outcome};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};

use super::{OLD, PATIENCE, knowing, post, refusal, secret, sender};
use crate::support::{
    peer,
    receiver::{Manner, Receiver, answer},
};

/// Posts with one second of patience, and sees that it is not exceeded by much.
async fn impatient(url: &str) -> Outcome {
    let sender = knowing(&[], &[]);
    timeout(PATIENCE, post(&sender, url, &[secret(OLD)])).await.unwrap()
}

async fn answered(receiver: &Receiver) -> Answer {
    match impatient(&receiver.origin).await {
        Outcome::Answered(answer) => answer,
        Outcome::NoAnswer { detail, .. } => panic!("{detail}"),
    }
}

fn kept(answer: &Answer) -> Vec<(&str, &str)> {
    answer.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect()
}

#[tokio::test]
async fn every_status_is_an_answer_and_no_redirect_is_followed() {
    let elsewhere = Receiver::answering("200 OK", &[], b"").await;
    for status in ["200 OK", "302 Found", "308 Permanent Redirect", "410 Gone", "500 Oops", "599 What"] {
        let receiver = Receiver::answering(status, &[("Location", &elsewhere.origin)], b"").await;
        let answer = answered(&receiver).await;
        assert_eq!(answer.status.to_string(), status[..3]);
        assert_eq!(kept(&answer), [("location", elsewhere.origin.as_str())]);
        assert_eq!(receiver.seen().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn what_helps_is_kept_of_an_answer() {
    let long = "x".repeat(300);
    let fields = [
        ("Content-Type", "text/plain"),
        ("Retry-After", "120"),
        ("Server", "us/1"),
        ("Webhook-Hint", &long),
        ("Set-Cookie", "session=1"),
        ("Date", "Mon, 23 Nov 2026 12:00:00 GMT"),
    ];
    let receiver = Receiver::answering("503 Busy", &fields, b"later, please").await;
    let answer = answered(&receiver).await;
    assert_eq!(
        kept(&answer),
        [
            ("content-type", "text/plain"),
            ("retry-after", "120"),
            ("server", "us/1"),
            ("webhook-hint", &long[..256]),
        ]
    );
    assert_eq!((answer.body.expose(), answer.retry_after_seconds), ("later, please", Some(120)));

    for (value, seconds) in
        [("Mon, 23 Nov 2026 12:00:30 GMT", Some(30)), ("soon", None), ("999999999999", Some(86400))]
    {
        let receiver = Receiver::answering("429 Slow down", &[("retry-after", value)], b"").await;
        assert_eq!(answered(&receiver).await.retry_after_seconds, seconds, "{value}");
    }
}

#[tokio::test]
async fn of_a_long_answer_the_first_kibibyte_is_kept() {
    let long = vec![b'x'; 10 * 1024 * 1024];
    let answer = answered(&Receiver::answering("200 OK", &[], &long).await).await;
    assert_eq!((answer.status, answer.body.expose().len()), (200, 1024));

    // Complete as far as it is kept: how it goes on is no reason to post again.
    let cut = self::answer("200 OK", &[], &long)[..2048].to_vec();
    let receiver = Receiver::start(Manner::Close(cut)).await;
    assert_eq!(answered(&receiver).await.status, 200);

    let binary = answered(&Receiver::answering("200 OK", &[], &[0xff; 100]).await).await;
    assert_eq!(binary.body.expose(), "");
}

#[tokio::test]
async fn an_incomplete_answer_is_none() {
    let whole = answer("200 OK", &[], b"ok");
    for (length, detail) in [
        (0, "the connection was closed before the answer was complete"),
        (10, "the connection was closed before the answer was complete"),
        (whole.len() - 1, "the connection was closed before the answer was complete"),
    ] {
        let receiver = Receiver::start(Manner::Close(whole[..length].to_vec())).await;
        assert_eq!(refusal(&impatient(&receiver.origin).await), (NoAnswer::Broken, detail), "{length}");
    }
    let receiver = Receiver::start(Manner::Close(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())).await;
    let outcome = impatient(&receiver.origin).await;
    assert_eq!(refusal(&outcome), (NoAnswer::Broken, "the answer is no HTTP/1.1"));
}

#[tokio::test]
async fn patience_ends_however_the_endpoint_dawdles() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n".to_vec();
    for manner in [Manner::Hang, Manner::Drip(b"HTTP/1.1 200 ".to_vec()), Manner::Drip(head)] {
        let receiver = Receiver::start(manner).await;
        let outcome = impatient(&receiver.origin).await;
        assert_eq!(refusal(&outcome), (NoAnswer::TimedOut, "no complete answer within the time limit"));
        assert_eq!(receiver.seen().len(), 1);
    }
}

#[tokio::test]
async fn nobody_and_bad_tls_are_no_connection() {
    let outcome = impatient(&peer::nobody().await).await;
    assert_eq!(refusal(&outcome), (NoAnswer::Unconnected, "the connection was refused"));

    // Speaks no TLS at all.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 1024]).await;
        let _ = socket.write_all(b"HTTP/1.1 400 This is no TLS\r\n\r\n").await;
    });
    assert_eq!(refusal(&impatient(&url).await), (NoAnswer::Unconnected, "TLS could not be agreed on"));

    let outcome = impatient(&self_signed().await).await;
    let untrusted = "the certificate is of an issuer that is not trusted";
    assert_eq!(refusal(&outcome), (NoAnswer::Unconnected, untrusted));
}

/// An address where TLS is spoken with a certificate that nobody signed.
async fn self_signed() -> String {
    // Made once with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500
    // -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE; then DER.
    let certificate = CertificateDer::from_slice(include_bytes!("self-signed.crt.der"));
    let key = PrivateKeyDer::try_from(include_bytes!("self-signed.key.der").as_slice()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        assert!(acceptor.accept(socket).await.is_err(), "the sender must not go on");
    });
    url
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let receiver = Receiver::answering("200 OK", &[], b"done").await;
    let sender = sender();
    for _ in 0..20 {
        post(&sender, &receiver.origin, &[secret(OLD)]).await;
    }
    assert_eq!((receiver.seen().len(), receiver.connections()), (20, 1));
}
