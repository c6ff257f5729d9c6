//! `cargo xtask sdk`: the TypeScript client is sound, within its size, and its committed build is what its source gives.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::{command, npm, repo};

/// Runs everything; says what was found in one line.
pub(crate) fn run() -> anyhow::Result<String> {
    let folder = repo::root().join("sdk/web");
    npm::install("sdk", &folder)?;
    command::logged("sdk-check", &mut npm::npm(&folder, &["run", "check"]))?;
    command::logged("sdk-test", &mut npm::npm(&folder, &["test"]))?;
    let size = command::logged("sdk-size", &mut npm::npm(&folder, &["run", "size"]))?;

    let copy = tempfile::tempdir_in(repo::scratch()?).context("cannot create a temporary folder")?;
    copy_source(&folder, copy.path())?;
    command::logged("sdk-build", &mut npm::npm(copy.path(), &["run", "build"]))?;
    compare(&folder.join("dist"), &copy.path().join("dist"))?;
    Ok(format!("dist is up to date; {}", size.trim_end().lines().last().unwrap_or_default()))
}

/// Copies what the build reads, and shares the installed packages.
fn copy_source(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        match entry.file_name().to_str() {
            Some("dist") => {}
            Some("node_modules") => symlink(&source, &target)?,
            _ if source.is_dir() => {
                fs::create_dir(&target)?;
                copy_source(&source, &target)?;
            }
            _ => fs::copy(&source, &target).map(|_| ())?,
        }
    }
    Ok(())
}

fn compare(committed: &Path, built: &Path) -> anyhow::Result<()> {
    let (committed, built) = (contents(committed)?, contents(built)?);
    let different: Vec<String> = committed
        .keys()
        .chain(built.keys())
        .filter(|name| committed.get(*name) != built.get(*name))
        .map(|name| name.display().to_string())
        .collect();
    ensure!(
        different.is_empty(),
        "sdk/web/dist is not what the source gives; run `npm run build` in sdk/web and commit: {}",
        different.join(", ")
    );
    Ok(())
}

/// Every file below a folder, by its path in there.
fn contents(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_owned();
                found.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(found)
}
