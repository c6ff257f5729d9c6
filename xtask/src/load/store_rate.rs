//! What the store does by itself: its own example says it.

use anyhow::Context;
use serde_json::Value;

use crate::{command, repo};

/// Runs the example; `None` when there is none.
pub(super) fn measure() -> anyhow::Result<Option<Value>> {
    if !repo::root().join("crates/store/examples/commit_rate.rs").is_file() {
        return Ok(None);
    }
    let args = ["run", "--release", "--locked", "--quiet", "--package", "ringtrue-store"];
    let mut example = command::cargo(&args);
    let output = example
        .args(["--example", "commit_rate", "--", "--json"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot run the store's example")?;
    anyhow::ensure!(output.status.success(), "the store's example failed ({})", output.status);
    serde_json::from_slice(&output.stdout).map(Some).context("the store's example did not write JSON")
}
