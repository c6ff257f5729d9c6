//! What an operator does on the command line, beside the running server.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::Key;

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(15);

/// Runs commands on one data directory.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    bin: PathBuf,
    data: PathBuf,
}

impl Operator {
    pub(crate) fn new(bin: &Path, data: &Path) -> Self {
        Self { bin: bin.to_owned(), data: data.to_owned() }
    }

    /// The words of a server on the same directory that announces itself.
    pub(crate) fn serve(&self) -> anyhow::Result<[&str; 6]> {
        let data = self.data.to_str().context("the data folder's name is no text")?;
        Ok(["demo", "--listen", "127.0.0.1:0", "--data", data, "--json"])
    }

    /// Makes a project; its id.
    pub(crate) fn project(&self, name: &str) -> anyhow::Result<String> {
        text(&self.run(&["project", "create", name])?, "projectId")
    }

    /// Makes a credential.
    pub(crate) fn credentials(&self, project: &str, environment: &str) -> anyhow::Result<Key> {
        let made =
            self.run(&["credentials", "create", "--project", project, "--environment", environment])?;
        Ok(Key { id: text(&made, "clientId")?, secret: text(&made, "clientSecret")? })
    }

    /// Saves a webhook, without a test.
    pub(crate) fn set_webhook(&self, project: &str, environment: &str, url: &str) -> anyhow::Result<()> {
        let place = ["--project", project, "--environment", environment];
        self.run(&[&["webhook", "set", url, "--no-test"][..], &place].concat()).map(drop)
    }

    /// `show`, `pause` or `resume` of a project's production webhook.
    pub(crate) fn webhook(&self, verb: &str, project: &str) -> anyhow::Result<Value> {
        self.run(&["webhook", verb, "--project", project, "--environment", "production"])
    }

    /// Imports a registry; says how long that took and what came of it.
    pub(crate) fn import(&self, file: &Path) -> anyhow::Result<(Duration, Value)> {
        let began = Instant::now();
        let file = file.to_str().context("the registry's name is no text")?;
        let counts = self.run(&["subscribers", "import", file])?;
        ensure!(counts["rejected"] == 0, "the registry was not taken: {counts}");
        Ok((began.elapsed(), counts))
    }

    /// Fails unless every event was delivered at the first attempt, and the newest deliveries have these on record.
    pub(crate) fn check_delivered(&self, project: &str) -> anyhow::Result<()> {
        let place = ["--project", project, "--environment", "production"];
        let list = |words: &[&str]| self.run(&[&["webhook", "deliveries"][..], words, &place].concat());
        eventually("the last attempts to be on record", || {
            let open = list(&["--state", "open"])?;
            Ok(is_empty(&open["deliveries"]) && self.webhook("show", project)?["waiting"] == 0)
        })?;
        ensure!(is_empty(&list(&["--state", "failed"])?["deliveries"]), "a delivery failed");
        for delivery in list(&["--limit", "20"])?["deliveries"].as_array().context("no deliveries")? {
            let id = text(delivery, "id")?;
            let report = self.run(&[&["webhook", "delivery", &id][..], &place].concat())?;
            let attempts = report["attemptList"].as_array().context("no attempts")?;
            ensure!(
                delivery["state"] == "delivered" && attempts.len() == 1 && attempts[0]["status"] == 200,
                "a delivery is not on record as it went: {report}"
            );
        }
        Ok(())
    }

    /// Bytes of the database with its log.
    pub(crate) fn database_bytes(&self) -> anyhow::Result<u64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.data)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("ringtrue.db") {
                bytes += entry.metadata()?.len();
            }
        }
        Ok(bytes)
    }

    fn run(&self, words: &[&str]) -> anyhow::Result<Value> {
        let output = Command::new(&self.bin)
            .args(words)
            .arg("--json")
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", self.bin.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ringtrue {}: {}", words.join(" "), said.trim_end());
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("ringtrue {}: no JSON", words.join(" ")))
    }
}

/// Waits until something is so.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > PATIENCE {
            bail!("waited too long for {what}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_some_and(Vec::is_empty)
}

fn text(of: &Value, field: &str) -> anyhow::Result<String> {
    Ok(of[field].as_str().with_context(|| format!("no {field} in {of}"))?.to_owned())
}
