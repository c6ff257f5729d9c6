//! A NATS server of our own, and a wire to it that can be cut.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A running server; it ends when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) async fn start(args: &[&str]) -> Self {
        loop {
            // Somebody may take the port in between; then the server ends at once, and another one is tried.
            let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "TERM", "nats-server", "--addr", "127.0.0.1", "--port"]);
            command.arg(address.port().to_string()).args(args).stdout(Stdio::null()).stderr(Stdio::null());
            let child = command.spawn().expect("setpriv (util-linux) is needed");
            let mut server = Self { child, address };
            let began = Instant::now();
            while server.child.try_wait().unwrap().is_none() {
                if TcpStream::connect(address).await.is_ok() {
                    return server;
                }
                assert!(began.elapsed() < Duration::from_secs(20), "nats-server does not start");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(is_there(), "nats-server is needed: install it (Debian: apt-get install nats-server)");
        }
    }
}

fn is_there() -> bool {
    Command::new("nats-server").arg("--version").stdout(Stdio::null()).status().is_ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An address that leads to another one.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    connections: Arc<Mutex<JoinSet<()>>>,
    task: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn open(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let open = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                open.lock().unwrap().spawn(async move {
                    let mut far = TcpStream::connect(to).await.unwrap();
                    // Either side may end it.
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { address, connections, task }
    }

    /// Ends every connection; new ones get through.
    pub(crate) fn cut(&self) {
        self.connections.lock().unwrap().abort_all();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}
