//! Where the repository is and which files it has.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::command;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// Where logs and temporary copies of tasks go; ignored by git.
pub(crate) fn scratch() -> anyhow::Result<PathBuf> {
    let folder = target().join("xtask");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}

/// Every file that git tracks or would track, relative to the root; deleted ones left out.
pub(crate) fn files() -> anyhow::Result<Vec<String>> {
    let listed = command::text("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let root = root();
    let mut files: Vec<String> =
        listed.split('\0').filter(|path| !path.is_empty()).map(ToOwned::to_owned).collect();
    files.retain(|path| root.join(path).is_file());
    files.sort();
    files.dedup();
    ensure!(!files.is_empty(), "git lists no files in {}", root.display());
    Ok(files)
}

/// A file's text; `None` when it is not text.
pub(crate) fn read(path: &str) -> anyhow::Result<Option<String>> {
    let bytes = std::fs::read(root().join(path)).with_context(|| format!("cannot read {path}"))?;
    Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
}
