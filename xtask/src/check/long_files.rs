//! A file has one subject. 500 lines need a reason, in `xtask/long-files.toml`.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::repo;

const LIMIT_LINES: usize = 500;
const KINDS: [&str; 7] = ["rs", "ts", "js", "mjs", "css", "html", "sql"];
/// Folders of files that nobody writes by hand.
const NOT_WRITTEN: [&str; 4] = ["dist", "vendor", "node_modules", "snapshots"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    #[serde(default)]
    file: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    path: String,
    reason: String,
}

/// Fails on a long file without a reason, and on a reason without a long file.
pub(super) fn check() -> anyhow::Result<String> {
    let text = repo::read("xtask/long-files.toml")?.context("xtask/long-files.toml is not text")?;
    let Exceptions { file: exceptions } =
        toml::from_str(&text).context("cannot understand xtask/long-files.toml")?;
    let mut wrong = Vec::new();
    let mut long = Vec::new();
    let mut lengths = Vec::new();
    for path in repo::files()?.into_iter().filter(|path| is_ours(path)) {
        let Some(text) = repo::read(&path)? else { continue };
        let lines = text.lines().count();
        lengths.push(lines);
        if lines >= LIMIT_LINES {
            if !exceptions.iter().any(|known| known.path == path && !known.reason.trim().is_empty()) {
                wrong.push(format!(
                    "{path} has {lines} lines: split it, or give a reason in xtask/long-files.toml"
                ));
            }
            long.push(path);
        }
    }
    let stale = exceptions.iter().filter(|known| !long.contains(&known.path));
    wrong.extend(stale.map(|known| format!("{} is no longer long: take it off the list", known.path)));
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    let longest = lengths.last().copied().unwrap_or_default();
    Ok(format!("{} files, median {median} lines, longest {longest}", lengths.len()))
}

fn is_ours(path: &str) -> bool {
    let path = Path::new(path);
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
    let folders = || path.iter().filter_map(|part| part.to_str());
    KINDS.contains(&kind) && !folders().any(|part| NOT_WRITTEN.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn what_is_built_or_vendored_does_not_count() {
        assert!(is_ours("crates/wire/src/verify.rs"));
        assert!(!is_ours("sdk/web/dist/ringtrue.js"));
        assert!(!is_ours("portal/static/vendor/htmx.js"));
        assert!(!is_ours("docs/openapi.json"));
    }
}
