//! A PostgreSQL to measure on.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::repo;

/// A private PostgreSQL; it ends with its standard input.
pub(super) struct Postgres {
    child: Child,
    pub(super) url: String,
}

impl Postgres {
    pub(super) fn start() -> anyhow::Result<Self> {
        let script = repo::root().join("tests/nodes/postgres.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run node, which starts PostgreSQL")?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut url)?;
        ensure!(!url.is_empty(), "PostgreSQL did not start");
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// The directory of its socket.
    pub(super) fn host(&self) -> anyhow::Result<String> {
        let (_, host) = self.url.split_once("host=").context("the URL names no host")?;
        Ok(host.replace("%2F", "/"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It stops the database first; nothing to do if that fails.
        let _ = self.child.wait();
    }
}
