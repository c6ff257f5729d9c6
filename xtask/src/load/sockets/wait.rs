//! A waiting socket as cheap as it can be: a connection, a handshake, and at the end one text.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Connections from one source address; the kernel has some 28,000 ports for each.
const PER_ADDRESS: usize = 5_000;

/// An open socket.
#[derive(Debug)]
pub(super) struct Waiting(TcpStream);

impl Waiting {
    /// Opens socket number `number` at `target` (path and query).
    pub(super) async fn open(host: &str, target: &str, number: usize) -> anyhow::Result<Self> {
        let to: SocketAddr = host.parse().context("the server is not at an address")?;
        let socket = TcpSocket::new_v4().context("no more sockets")?;
        let last = u8::try_from(2 + number / PER_ADDRESS).context("too many sockets")?;
        socket.bind((IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0).into())?;
        let mut stream = socket.connect(to).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.context("cannot send")?;
        let mut head = Vec::with_capacity(512);
        while !head.ends_with(b"\r\n\r\n") {
            ensure!(stream.read_buf(&mut head).await.context("cannot read")? > 0, "closed in the handshake");
        }
        let status = String::from_utf8_lossy(head.get(..12).unwrap_or_default()).into_owned();
        ensure!(status == "HTTP/1.1 101", "no socket: {status}");
        Ok(Self(stream))
    }

    /// The text of the next frame, which must be small, whole and unmasked, as servers' are.
    pub(super) async fn text(&mut self) -> anyhow::Result<String> {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).await.context("the socket ended")?;
        let [0x81, length @ 0..126] = head else { bail!("no short text but {head:02x?}") };
        let mut text = vec![0; length.into()];
        self.0.read_exact(&mut text).await.context("the socket ended in a frame")?;
        String::from_utf8(text).context("the text is not UTF-8")
    }
}
