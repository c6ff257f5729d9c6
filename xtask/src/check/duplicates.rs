//! No package twice in incompatible versions, unless `deny.toml` says why.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::tree;
use crate::repo;

/// What we read of `deny.toml`; the file is written for cargo-deny, which knows more.
#[derive(Debug, Deserialize)]
pub(super) struct Settings {
    pub(super) licenses: Licenses,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
pub(super) struct Licenses {
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

/// A version that may be there beside another, with the reason.
#[derive(Debug, Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    krate: String,
    reason: String,
}

/// Reads `deny.toml`.
pub(super) fn settings() -> anyhow::Result<Settings> {
    let text = repo::read("deny.toml")?.context("deny.toml is not text")?;
    toml::from_str(&text).context("cannot understand deny.toml")
}

/// Fails on a duplicate without an exception, and on an exception without a duplicate.
pub(super) fn check() -> anyhow::Result<String> {
    let Settings { bans, .. } = settings()?;
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in tree::everything()? {
        versions.entry(package.name).or_default().insert(generation(&package.version));
    }
    let (doubled, unused) = judge(&versions, &bans.skip);
    if !doubled.is_empty() || !unused.is_empty() {
        bail!(
            "incompatible versions side by side, without an exception in deny.toml: [{}]; exceptions that nothing needs: [{}]",
            doubled.join(", "),
            unused.join(", ")
        );
    }
    if let Some(bare) = bans.skip.iter().find(|skip| skip.reason.trim().is_empty()) {
        bail!("the exception for {} gives no reason", bare.krate);
    }
    Ok(format!("{} exceptions", bans.skip.len()))
}

/// What is doubled although no exception covers all but one of it, and which exceptions cover nothing.
fn judge(versions: &BTreeMap<String, BTreeSet<String>>, skips: &[Skip]) -> (Vec<String>, Vec<String>) {
    let mut doubled = Vec::new();
    let mut unused: BTreeSet<&str> = skips.iter().map(|skip| skip.krate.as_str()).collect();
    for (name, generations) in versions.iter().filter(|(_, generations)| generations.len() > 1) {
        let mut left = Vec::new();
        for generation in generations {
            match unused.take(format!("{name}@{generation}").as_str()) {
                Some(_) => {}
                None => left.push(generation.as_str()),
            }
        }
        if left.len() > 1 {
            doubled.push(format!("{name} {}", left.join(" and ")));
        }
    }
    (doubled, unused.into_iter().map(ToOwned::to_owned).collect())
}

/// The part of a version that decides compatibility: `1`, `0.23`, `0.0.7`.
fn generation(version: &str) -> String {
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(3).collect();
    let kept = numbers.iter().position(|number| *number != "0").map_or(numbers.len(), |first| first + 1);
    numbers[..kept].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations() {
        assert_eq!(generation("1.0.229"), "1");
        assert_eq!(generation("0.23.1"), "0.23");
        assert_eq!(generation("0.0.7-pre.1"), "0.0.7");
    }

    #[test]
    fn an_exception_covers_one_version_and_must_be_needed() {
        let versions = BTreeMap::from([
            ("syn".to_owned(), BTreeSet::from(["2".to_owned(), "3".to_owned()])),
            ("rand".to_owned(), BTreeSet::from(["0.9".to_owned(), "0.10".to_owned()])),
            ("serde".to_owned(), BTreeSet::from(["1".to_owned()])),
        ]);
        let skip = |krate: &str| Skip { krate: krate.to_owned(), reason: "of another".to_owned() };
        let (doubled, unused) = judge(&versions, &[skip("syn@2"), skip("serde@1")]);
        assert_eq!(doubled, ["rand 0.10 and 0.9"]);
        assert_eq!(unused, ["serde@1"]);
    }
}
