//! `ringtrue listen` with somebody before it.

use std::{
    io::{Read, Write as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::client::eventually;

/// A running `ringtrue listen --json`; killed when dropped.
pub(super) struct Listening {
    child: Child,
    keys: Option<ChildStdin>,
    said: Arc<Mutex<String>>,
    noted: Arc<Mutex<String>>,
}

impl Listening {
    pub(super) fn start(origin: &str, forward: &str, [id, secret]: &[String; 2], more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ringtrue"))
            .args(["listen", "--json", "--origin", origin, "--forward", forward, "--client-id", id])
            .args(more)
            .env("RINGTRUE_CLIENT_SECRET", secret)
            .env_remove("RINGTRUE_WEBHOOK_SECRET")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = collect(child.stdout.take().unwrap());
        let noted = collect(child.stderr.take().unwrap());
        Self { keys: child.stdin.take(), child, said, noted }
    }

    /// Types a line.
    pub(super) fn types(&mut self, line: &str) {
        writeln!(self.keys.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Its lines so far; the first says where it forwards to.
    pub(super) fn lines(&self) -> Vec<Value> {
        let said = self.said.lock().unwrap();
        let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits for the first line. What happened before may have come by then.
    pub(super) async fn starts(&self) {
        eventually("the first line of listen", || async { (!self.lines().is_empty()).then_some(()) }).await;
    }

    /// Waits for so many lines.
    pub(super) async fn says(&self, count: usize) -> Vec<Value> {
        eventually(&format!("{count} lines of listen"), || async {
            let lines = self.lines();
            assert!(lines.len() <= count, "{lines:?}");
            (lines.len() == count).then_some(lines)
        })
        .await
    }

    /// Waits for words to standard error.
    pub(super) async fn notes(&self, words: &str) {
        eventually(&format!("the note {words}"), || async { self.noted().contains(words).then_some(()) })
            .await;
    }

    pub(super) fn noted(&self) -> String {
        self.noted.lock().unwrap().clone()
    }

    /// Ctrl-C.
    pub(super) fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end, and how long that took.
    pub(super) async fn ended(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let mut status = None;
        eventually("the end of listen", || {
            status = self.child.try_wait().unwrap();
            async move { status }
        })
        .await;
        (status.unwrap(), begun.elapsed())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

fn collect(mut from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut bytes = [0; 8192];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            kept.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..n]));
        }
    });
    text
}
