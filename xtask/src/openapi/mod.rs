//! `cargo xtask openapi --compare BASE`: would a client of an older document still work?

mod breaking;
mod schema;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::{command, repo};

const DOCUMENT: &str = "docs/openapi.json";

/// Compares the document with the one of a git revision, or with a file.
pub(crate) fn compare(base: &str) -> anyhow::Result<()> {
    let Some(old) = old_document(base)? else {
        println!("{base} has no {DOCUMENT}: nothing to compare with");
        return Ok(());
    };
    let new = repo::read(DOCUMENT)?.with_context(|| format!("{DOCUMENT} is not text"))?;
    let new: Value = serde_json::from_str(&new).with_context(|| format!("{DOCUMENT} is not JSON"))?;
    let breaks = breaking::changes(&old, &new);
    if !breaks.is_empty() {
        bail!("clients of {base} would break:\n{}", breaks.join("\n"));
    }
    println!("clients of {base} go on working");
    Ok(())
}

/// The older document; `None` when that revision had none.
fn old_document(base: &str) -> anyhow::Result<Option<Value>> {
    let text = if Path::new(base).is_file() {
        std::fs::read_to_string(base).with_context(|| format!("cannot read {base}"))?
    } else {
        let revision = format!("{base}^{{commit}}");
        command::text("git", &["rev-parse", "--verify", "--quiet", &revision])
            .with_context(|| format!("{base} is neither a file nor a revision"))?;
        let listed = command::text("git", &["ls-tree", "--name-only", base, "--", DOCUMENT])?;
        if listed.trim().is_empty() {
            return Ok(None);
        }
        command::text("git", &["show", &format!("{base}:{DOCUMENT}")])?
    };
    serde_json::from_str(&text).map(Some).with_context(|| format!("the document of {base} is not JSON"))
}
