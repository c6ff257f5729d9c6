//! Receivers of webhooks that cost little, on a thread of their own: they share two cores with the server.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::LocalSet,
};

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
/// Header fields of a request at most.
const FIELDS: usize = 48;

/// A request that came in whole.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    pub(super) at: Instant,
    /// Head and body as they came.
    bytes: Vec<u8>,
    head: usize,
}

impl Receipt {
    pub(super) fn body(&self) -> &[u8] {
        &self.bytes[self.head..]
    }

    /// The header fields.
    #[cfg(feature = "reference")]
    pub(super) fn fields(&self) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        request.parse(&self.bytes[..self.head]).context("not an HTTP request")?;
        let owned = |field: &httparse::Header<'_>| (field.name.to_owned(), field.value.to_vec());
        Ok(request.headers.iter().map(owned).collect())
    }
}

/// One endpoint.
#[derive(Debug, Clone)]
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    receipts: Mutex<Vec<Receipt>>,
    hangs: AtomicBool,
}

impl Receiver {
    /// Starts so many, each at an address of its own, for as long as this program runs.
    pub(super) fn start(count: usize) -> anyhow::Result<Vec<Self>> {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            if let Err(error) = serve(count, &tell) {
                eprintln!("the receivers ended: {error:#}");
            }
        });
        told.iter().take(count).map(anyhow::Ok).collect()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// From now on requests are taken, or come in and are never answered.
    pub(super) fn hang(&self, hangs: bool) {
        self.shared.hangs.store(hangs, Ordering::Relaxed);
    }

    /// Whether requests are not answered.
    pub(super) fn hangs(&self) -> bool {
        self.shared.hangs.load(Ordering::Relaxed)
    }

    /// How many have come.
    pub(super) fn count(&self) -> usize {
        self.receipts().len()
    }

    /// What has come since the last time.
    pub(super) fn take(&self) -> Vec<Receipt> {
        std::mem::take(&mut *self.receipts())
    }

    /// The same, and leaves it there.
    pub(super) fn look(&self) -> Vec<Receipt> {
        self.receipts().clone()
    }

    fn receipts(&self) -> MutexGuard<'_, Vec<Receipt>> {
        self.shared.receipts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(count: usize, tell: &mpsc::Sender<Receiver>) -> anyhow::Result<()> {
    let runtime = super::single_thread()?;
    let connections = LocalSet::new();
    connections.block_on(&runtime, async {
        let mut listeners = Vec::new();
        for _ in 0..count {
            let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
            let receiver = Receiver { address: listener.local_addr()?, shared: Arc::default() };
            let shared = Arc::clone(&receiver.shared);
            listeners.push(tokio::task::spawn_local(async move {
                loop {
                    let (stream, _) = listener.accept().await.context("cannot accept")?;
                    stream.set_nodelay(true)?;
                    tokio::task::spawn_local(connection(stream, Arc::clone(&shared)));
                }
            }));
            tell.send(receiver).context("nobody wants receivers any more")?;
        }
        for listener in listeners {
            let ended: anyhow::Result<()> = listener.await.context("a receiver broke off")?;
            ended?;
        }
        Ok(())
    })
}

/// Answers request after request until the sender goes away.
async fn connection(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut inbox = Vec::with_capacity(8 * 1024);
    loop {
        let (head, end) = loop {
            match request(&inbox) {
                Some((head, length)) if inbox.len() >= head + length => break (head, head + length),
                Some(_) | None => {}
            }
            if !matches!(stream.read_buf(&mut inbox).await, Ok(1..)) {
                return;
            }
        };
        if shared.hangs.load(Ordering::Relaxed) {
            // Until the sender has waited long enough.
            while matches!(stream.read_buf(&mut inbox).await, Ok(1..)) {}
            return;
        }
        let bytes: Vec<u8> = inbox.drain(..end).collect();
        let receipt = Receipt { at: Instant::now(), bytes, head };
        shared.receipts.lock().unwrap_or_else(PoisonError::into_inner).push(receipt);
        if stream.write_all(TAKEN).await.is_err() {
            return;
        }
    }
}

/// Lengths of a request's head and body; `None` while the head is incomplete.
fn request(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let Ok(httparse::Status::Complete(head)) = request.parse(bytes) else { return None };
    let length = request.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"))?;
    Some((head, std::str::from_utf8(length.value).ok()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn a_request_is_whole_when_its_body_is() {
        assert_eq!(request(b"POST / HTTP/1.1\r\ncontent-le"), None);
        let whole = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]";
        assert_eq!(request(whole), Some((whole.len() - 2, 2)));
    }
}
