//! What cargo would compile, as `cargo tree` tells it.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};

use crate::command;

/// A package of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// The SPDX expression of its manifest; empty when there is none.
    pub(super) licence: String,
}

/// Every package that any target of ours needs on this kind of machine, ours left out.
pub(super) fn everything() -> anyhow::Result<BTreeSet<Package>> {
    let args = ["--workspace", "--all-features", "--edges", "normal,build,dev"];
    Ok(tree(&args)?.into_iter().filter(|package| !is_ours(&package.name)).collect())
}

/// What a crate of ours needs to run: directly, or at any distance.
pub(super) fn needs_of(name: &str, directly: bool) -> anyhow::Result<BTreeSet<String>> {
    let mut args = vec!["--package", name, "--edges", "normal"];
    if directly {
        args.extend(["--depth", "1"]);
    }
    Ok(tree(&args)?.into_iter().map(|package| package.name).filter(|found| found != name).collect())
}

fn is_ours(name: &str) -> bool {
    name == "xtask" || name == "ringtrue" || name.starts_with("ringtrue-")
}

fn tree(args: &[&str]) -> anyhow::Result<BTreeSet<Package>> {
    let mut cargo = command::cargo(&["tree", "--locked", "--prefix", "none", "--format", "{p}|{l}|"]);
    let output = cargo.args(args).output().context("cannot run cargo tree")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree failed: {}", said.trim_end());
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| package(line).with_context(|| format!("cargo tree wrote `{line}`")))
        .collect()
}

/// Reads `name v1.2.3 (proc-macro)|MIT|`, with or without the star of a repetition.
fn package(line: &str) -> Option<Package> {
    let (id, rest) = line.split_once('|')?;
    let (licence, _) = rest.split_once('|')?;
    let mut words = id.split(' ');
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    Some(Package { name, version, licence: licence.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_is_read() {
        let read = package("serde_derive v1.0.229 (proc-macro)|MIT OR Apache-2.0| (*)").unwrap();
        assert_eq!((read.name.as_str(), read.version.as_str()), ("serde_derive", "1.0.229"));
        assert_eq!(read.licence, "MIT OR Apache-2.0");
        assert!(package("no bars here").is_none());
    }
}
