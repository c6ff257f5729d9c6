//! The binary itself, as an operator runs it.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Api, Sandbox, door::Door, eventually};

const BINARY: &str = env!("CARGO_BIN_EXE_ringtrue");

/// Runs a command of the binary that prints JSON.
pub(crate) fn ringtrue(directory: &Path, args: &[&str]) -> Value {
    let done = command(directory, args).arg("--json").output().unwrap();
    assert!(done.status.success(), "ringtrue {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Runs a command of the binary, however it ends, and hands over what it said.
pub(crate) fn output(directory: &Path, args: &[&str]) -> Output {
    command(directory, args).output().unwrap()
}

/// Runs a command of the binary that must succeed and has nothing to say.
pub(crate) fn succeeds(directory: &Path, args: &[&str], environment: &[(&str, &str)]) {
    let done = command(directory, args).envs(environment.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "ringtrue {args:?}: {said}");
}

/// What the binary says when it refuses to run.
pub(crate) fn refusal(directory: &Path, args: &[&str], environment: &[(&str, &str)]) -> String {
    let done = command(directory, args).envs(environment.iter().copied()).output().unwrap();
    assert!(!done.status.success(), "ringtrue {args:?} ran");
    String::from_utf8(done.stderr).unwrap()
}

async fn serving(
    directory: &Path,
    address: SocketAddr,
    environment: &[(&str, &str)],
) -> (Child, Arc<Mutex<String>>, JoinHandle<()>) {
    let mut command = command(directory, &["serve", "--listen", &address.to_string()]);
    // Nobody else's metrics port is disturbed.
    command.env("RINGTRUE__OPERATIONS__LISTEN", "off").envs(environment.iter().copied());
    let (child, log, reader) = spawn(command);
    let serves = || async { log.lock().unwrap().contains("server.origin").then_some(()) };
    eventually("the server's word that it serves", serves).await;
    (child, log, reader)
}

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    // The environment of whoever runs the tests must not configure what they test.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RINGTRUE__")) {
        command.env_remove(name);
    }
    command.args(args).arg("--data").arg(directory).stdin(Stdio::null());
    command
}

/// A running server; killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// Without a token.
    pub(crate) api: Api,
    pub(crate) address: SocketAddr,
    /// What `demo` said when it was ready; `null` for `serve`.
    pub(crate) facts: Value,
    log: Arc<Mutex<String>>,
    /// Reads the log to its end.
    reader: Option<JoinHandle<()>>,
    /// Removed when the process is gone.
    directory: Option<TempDir>,
}

impl Process {
    /// `ringtrue demo` on a directory of its own.
    pub(crate) async fn demo() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self::demo_on(directory.path()).await;
        server.directory = Some(directory);
        server
    }

    /// `ringtrue demo`
    pub(crate) async fn demo_on(directory: &Path) -> Self {
        let command = command(directory, &["demo", "--listen", "127.0.0.1:0", "--json"]);
        let (mut child, log, reader) = spawn(command);
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let facts: Value = serde_json::from_str(&first).unwrap_or_else(|_| panic!("{}", log.lock().unwrap()));
        let address = facts["origin"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        Self::ready(child, address, facts, log, reader).await
    }

    /// `ringtrue serve`, with configuration from the environment. It must log at level `info` at least.
    pub(crate) async fn serve(directory: &Path, environment: &[(&str, &str)]) -> Self {
        let address = free_address();
        let (child, log, reader) = serving(directory, address, environment).await;
        Self::ready(child, address, Value::Null, log, reader).await
    }

    /// The same for a node without a main listener: nobody is asked whether it is ready.
    pub(crate) async fn serve_nobody(directory: &Path, environment: &[(&str, &str)]) -> Self {
        let address = free_address();
        let (child, log, reader) = serving(directory, address, environment).await;
        let api = Api::new(Door::tcp(address), r#"{"paths":{}}"#);
        Self { child, api, address, facts: Value::Null, log, reader: Some(reader), directory: None }
    }

    async fn ready(
        child: Child,
        address: SocketAddr,
        facts: Value,
        log: Arc<Mutex<String>>,
        reader: JoinHandle<()>,
    ) -> Self {
        let api = Api::new(Door::tcp(address), r#"{"paths":{}}"#);
        let document = api.get("/openapi.json").await.text();
        let api = Api::new(Door::tcp(address), &document);
        Self { child, api, address, facts, log, reader: Some(reader), directory: None }
    }

    /// The back end of the demo's sandbox project.
    pub(crate) async fn sandbox(&self) -> Sandbox {
        let (id, secret) = (&self.facts["clientId"], &self.facts["clientSecret"]);
        Sandbox { api: self.api.signed_in(id.as_str().unwrap(), secret.as_str().unwrap()).await }
    }

    /// Everything that was logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The first two lines of its output, which `serve` prints while it has no owner.
    pub(crate) fn printed(&mut self) -> String {
        let mut lines = BufReader::new(self.child.stdout.take().unwrap());
        let mut text = String::new();
        for _ in 0..2 {
            lines.read_line(&mut text).unwrap();
        }
        text
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends `SIGTERM` and goes on.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Lets it do nothing until [`Self::thaw`], as a machine would that has no time for it.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Ends [`Self::freeze`].
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end after [`Self::terminate`]; everything that it logged.
    pub(crate) async fn ended(mut self) -> (ExitStatus, String) {
        let mut status = None;
        eventually("the end of the server", || {
            status = self.child.try_wait().unwrap();
            async move { status }
        })
        .await;
        self.reader.take().unwrap().join().unwrap();
        (status.unwrap(), self.log())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
        if !std::thread::panicking() {
            let log = self.log();
            assert!(!log.contains("request failed") && !log.contains("panicked"), "{log}");
        }
    }
}

/// An address that nobody listens on at the moment.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn spawn(mut command: Command) -> (Child, Arc<Mutex<String>>, JoinHandle<()>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = Arc::new(Mutex::new(String::new()));
    let (mut stderr, kept) = (child.stderr.take().unwrap(), Arc::clone(&log));
    let reader = std::thread::spawn(move || {
        let mut bytes = [0; 8192];
        while let Ok(n @ 1..) = stderr.read(&mut bytes) {
            kept.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..n]));
        }
    });
    (child, log, reader)
}
