//! A keep-alive connection that costs little: it shares two cores with the server it measures, so a call is one write,
//! usually one read, and no allocation.

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection to one origin.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    host: String,
    out: Vec<u8>,
    inbox: Vec<u8>,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) target: &'a str,
    /// Of the `Authorization: Bearer` header; none when empty.
    pub(super) bearer: &'a str,
    /// JSON; no body when empty.
    pub(super) body: &'a [u8],
}

/// An answer; the body lives in the connection until the next call.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

impl Connection {
    /// Connects to `host:port`.
    pub(super) async fn open(host: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host).await.with_context(|| format!("cannot connect to {host}"))?;
        stream.set_nodelay(true)?;
        let (out, inbox) = (Vec::with_capacity(2048), Vec::with_capacity(64 * 1024));
        Ok(Self { stream, host: host.to_owned(), out, inbox })
    }

    /// Sends a call and waits for the whole answer.
    pub(super) async fn send(&mut self, call: Call<'_>) -> anyhow::Result<Answer<'_>> {
        self.write_head(call);
        self.out.extend_from_slice(call.body);
        self.stream.write_all(&self.out).await.context("cannot send")?;
        self.inbox.clear();
        loop {
            let read = self.stream.read_buf(&mut self.inbox).await.context("cannot read the answer")?;
            ensure!(read > 0, "the server closed the connection before it had answered");
            let Some(head) = Head::read(&self.inbox)? else { continue };
            let end = head.length + head.body_length;
            while self.inbox.len() < end {
                let read = self.stream.read_buf(&mut self.inbox).await.context("cannot read the body")?;
                ensure!(read > 0, "the server closed the connection within an answer");
            }
            ensure!(self.inbox.len() == end, "the answer is longer than it says");
            return Ok(Answer { status: head.status, body: &self.inbox[head.length..] });
        }
    }

    fn write_head(&mut self, call: Call<'_>) {
        let out = &mut self.out;
        out.clear();
        for part in [call.method, " ", call.target, " HTTP/1.1\r\nhost: ", &self.host] {
            out.extend_from_slice(part.as_bytes());
        }
        if !call.bearer.is_empty() {
            out.extend_from_slice(b"\r\nauthorization: Bearer ");
            out.extend_from_slice(call.bearer.as_bytes());
        }
        if !call.body.is_empty() {
            out.extend_from_slice(b"\r\ncontent-type: application/json\r\ncontent-length: ");
            out.extend_from_slice(call.body.len().to_string().as_bytes());
        }
        out.extend_from_slice(b"\r\naccept: application/json\r\n\r\n");
    }
}

/// What counts of an answer's head.
struct Head {
    status: u16,
    length: usize,
    body_length: usize,
}

impl Head {
    /// `None` while it is incomplete.
    fn read(bytes: &[u8]) -> anyhow::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; 48];
        let mut answer = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = answer.parse(bytes).context("not an HTTP answer")? else {
            return Ok(None);
        };
        let mut body_length = None;
        for header in answer.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                let text = std::str::from_utf8(header.value)?;
                body_length = Some(text.parse().context("content-length is no number")?);
            }
        }
        let status = answer.code.unwrap_or_default();
        let Some(body_length) = body_length else {
            bail!("an answer ({status}) without content-length, which this client does not read")
        };
        Ok(Some(Self { status, length, body_length }))
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\ncontent-le").unwrap().is_none());
        let head = Head::read(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nhello").unwrap().unwrap();
        assert_eq!((head.status, head.length, head.body_length), (403, 45, 5));
    }

    #[test]
    fn what_we_do_not_read_is_refused() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(Head::read(b"SSH-2.0-OpenSSH\r\n\r\n").is_err());
    }
}
