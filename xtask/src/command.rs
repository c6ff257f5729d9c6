//! Other programs: run at the root, their words kept in a log of which only the end is shown.

use std::{fs::File, path::Path, process::Command};

use anyhow::{Context, bail, ensure};

use crate::repo;

/// Lines of a failed command's log that are repeated.
const TAIL_LINES: usize = 80;

/// A program that will run at the root.
pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(repo::root());
    command
}

/// Cargo, without what the cargo that runs us has set for us: build scripts must not see another package's variables.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = program(&cargo, args);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command and keeps what it says in `target/xtask/<name>.log`; returns that text.
///
/// # Errors
/// With the log's last lines when the command fails.
pub(crate) fn logged(name: &str, command: &mut Command) -> anyhow::Result<String> {
    let path = repo::scratch()?.join(format!("{name}.log"));
    command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").env("RUST_BACKTRACE", "0");
    let log = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    let both = log.try_clone().context("cannot share the log")?;
    let shown = show(command);
    let status = command.stdout(log).stderr(both).status().with_context(|| format!("cannot run {shown}"))?;
    let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
    if !status.success() {
        bail!("`{shown}` failed ({status}); the end of {}:\n{}", path.display(), tail(&text));
    }
    Ok(text)
}

/// Runs a command on our terminal.
pub(crate) fn shown(command: &mut Command) -> anyhow::Result<()> {
    let shown = show(command);
    let status = command.status().with_context(|| format!("cannot run {shown}"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}

/// What a program writes to its standard output.
pub(crate) fn text(name: &str, args: &[&str]) -> anyhow::Result<String> {
    let output = program(name, args).output().with_context(|| format!("cannot run {name}"))?;
    ensure!(
        output.status.success(),
        "`{name} {}` failed: {}",
        args.join(" "),
        tail(&String::from_utf8_lossy(&output.stderr))
    );
    String::from_utf8(output.stdout).with_context(|| format!("{name} wrote something that is not UTF-8"))
}

/// Whether a program can be run at all.
pub(crate) fn present(name: &str, args: &[&str]) -> bool {
    program(name, args).output().is_ok_and(|output| output.status.success())
}

fn show(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    std::iter::once(name.to_string_lossy()).chain(args).collect::<Vec<_>>().join(" ")
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
