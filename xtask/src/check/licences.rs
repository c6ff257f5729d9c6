//! Every package we build with has a licence that we can ship under.

use anyhow::bail;

use super::{
    duplicates::{self, Settings},
    spdx, tree,
};

/// Fails on a package whose licence cannot be met with the list of `deny.toml`.
pub(super) fn check() -> anyhow::Result<String> {
    let Settings { licenses, .. } = duplicates::settings()?;
    let allowed = |id: &str| licenses.allow.iter().any(|good| good == id);
    let packages = tree::everything()?;
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| spdx::is_met(&package.licence, &allowed) != Some(true))
        .map(|package| format!("{} {}: `{}`", package.name, package.version, package.licence))
        .collect();
    if !wrong.is_empty() {
        bail!("licences that deny.toml does not allow:\n{}", wrong.join("\n"));
    }
    Ok(format!("{} packages", packages.len()))
}
