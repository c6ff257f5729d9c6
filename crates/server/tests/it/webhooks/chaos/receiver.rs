//! A receiver on plain TCP, so that it can break every rule, go away and come back at the same address.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{book::Book, deed::Deed, post::Head};

/// The one path that may be called.
const PATH: &str = "/hook";
/// Another address of this machine than the one that connections come from: while nobody listens, none of them can be
/// given our port.
const HOST: &str = "127.0.0.2:0";

/// A receiver.
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    book: Mutex<Book>,
    well: AtomicBool,
    gone_next: AtomicBool,
    next: AtomicUsize,
}

impl Receiver {
    /// An address that nobody listens on yet.
    pub(super) async fn new() -> Self {
        let address = TcpListener::bind(HOST).await.unwrap().local_addr().unwrap();
        Self { address, shared: Arc::default(), listening: None }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Tells it what it needs to know.
    pub(super) fn learn(&self, secret: &str, project: &str) {
        *self.book() = Book::new(secret, project);
    }

    /// Listens.
    pub(super) async fn up(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let shared = Arc::clone(&self.shared);
        self.listening = Some(tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, Arc::clone(&shared)));
            }
        }));
    }

    /// Listens no more and cuts every connection.
    pub(super) async fn down(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
            listening.await.ok();
        }
    }

    /// From now on everything is taken.
    pub(super) fn be_well(&self) {
        self.shared.well.store(true, Ordering::Relaxed);
    }

    /// The next post is answered with 410.
    pub(super) fn be_gone(&self) {
        self.shared.gone_next.store(true, Ordering::Relaxed);
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.shared.book.lock().unwrap()
    }
}

impl Shared {
    fn deed(&self) -> Deed {
        if self.gone_next.swap(false, Ordering::Relaxed) {
            return Deed::Gone;
        }
        if self.well.load(Ordering::Relaxed) {
            return Deed::Accept;
        }
        Deed::on_a_bad_day(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// One connection, until either side has enough of it.
async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut inbox = Vec::new();
    while let Some(head) = Head::read(&mut stream, &mut inbox).await {
        if head.line != format!("POST {PATH} HTTP/1.1") {
            shared.book.lock().unwrap().fault(format!("a call that nobody asked for: {}", head.line));
        }
        let deed = shared.deed();
        if deed == Deed::CloseEarly {
            return shared.book.lock().unwrap().note_broken(deed);
        }
        let Some(body) = head.body(&mut stream, &mut inbox).await else { return };
        shared.book.lock().unwrap().note(&head, &body, deed);
        if matches!(deed, Deed::Hang | Deed::Late) {
            // The sender ends the connection when it has waited long enough.
            stream.read_u8().await.ok();
        }
        if stream.write_all(deed.answer()).await.is_err() || deed.closes() {
            return;
        }
    }
}
