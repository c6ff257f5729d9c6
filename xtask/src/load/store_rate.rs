//! What the store does by itself: its own example says it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use serde_json::{Deserializer, Value};

use crate::{command, repo};

/// Builds the example, before anything is measured; `None` when there is none.
pub(super) fn build() -> anyhow::Result<Option<PathBuf>> {
    if !repo::root().join("crates/store/examples/commit_rate.rs").is_file() {
        return Ok(None);
    }
    let args = ["build", "--release", "--locked", "--package", "ringtrue-store", "--example", "commit_rate"];
    command::shown(&mut command::cargo(&args))?;
    Ok(Some(repo::target().join("release/examples/commit_rate")))
}

/// Runs the example on the disk that the servers had too; it writes one JSON object per number of clients.
pub(super) fn measure(example: &Path, data: &Path) -> anyhow::Result<Vec<Value>> {
    std::fs::create_dir_all(data)?;
    let run = Command::new(example).arg("--json").arg(data).output();
    let output = run.context("cannot run the store's example")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the store's example failed ({}): {}", output.status, said.trim_end());
    let lines = Deserializer::from_slice(&output.stdout).into_iter();
    lines.collect::<Result<_, _>>().context("the store's example did not write JSON")
}
