//! npm, for the two folders that have packages.

use std::{path::Path, process::Command};

use anyhow::{Context, bail};

use crate::command;

/// npm in a folder.
pub(crate) fn npm(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir(folder);
    command
}

/// Installs a folder's locked packages when they are missing or older than the lock file.
pub(crate) fn install(name: &str, folder: &Path) -> anyhow::Result<()> {
    if !command::present("npm", &["--version"]) {
        bail!("npm is missing: install Node.js 20 or newer");
    }
    if is_current(folder)? {
        return Ok(());
    }
    command::logged(&format!("{name}-npm-ci"), &mut npm(folder, &["ci", "--no-audit", "--no-fund"]))?;
    Ok(())
}

fn is_current(folder: &Path) -> anyhow::Result<bool> {
    let changed = |file: &Path| file.metadata().and_then(|about| about.modified());
    let lock = folder.join("package-lock.json");
    let wanted = changed(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    Ok(changed(&folder.join("node_modules/.package-lock.json")).is_ok_and(|installed| installed >= wanted))
}
