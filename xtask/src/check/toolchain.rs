//! The steps that cargo does.

use anyhow::Context;

use crate::command;

/// What is off by default is checked too; the release build is without it.
const OPTIONAL: [&str; 2] = ["--features", "nats,month"];

/// `cargo fmt --check`; names the files alone.
pub(super) fn format() -> anyhow::Result<String> {
    command::logged("format", &mut command::cargo(&["fmt", "--all", "--check", "--", "-l"]))
        .context("run `cargo fmt --all`")?;
    Ok(String::new())
}

/// Lints of every target; a warning is an error here.
pub(super) fn clippy() -> anyhow::Result<String> {
    let mut cargo = command::cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
    command::logged("clippy", cargo.args(OPTIONAL).args(["--", "-D", "warnings"]))?;
    Ok(String::new())
}

/// Every test, with nextest where it is installed.
pub(super) fn tests() -> anyhow::Result<String> {
    if command::present("cargo", &["nextest", "--version"]) {
        let mut cargo = command::cargo(&["nextest", "run", "--workspace", "--locked"]);
        let said = command::logged("tests", cargo.args(OPTIONAL))?;
        let summary = said.lines().rev().find(|line| line.contains("Summary")).unwrap_or_default();
        return Ok(summary.trim().to_owned());
    }
    let args = ["test", "--workspace", "--locked", "--all-targets"];
    let said = command::logged("tests", command::cargo(&args).args(OPTIONAL))?;
    Ok(format!("{} passed", passed(&said)))
}

/// Examples in doc comments.
pub(super) fn doc_tests() -> anyhow::Result<String> {
    let mut cargo = command::cargo(&["test", "--workspace", "--locked", "--doc"]);
    let said = command::logged("doc-tests", cargo.args(OPTIONAL))?;
    Ok(format!("{} passed", passed(&said)))
}

/// The documentation, without a broken link.
pub(super) fn docs() -> anyhow::Result<String> {
    let args = ["doc", "--workspace", "--no-deps", "--locked"];
    command::logged("docs", command::cargo(&args).args(OPTIONAL).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(String::new())
}

/// cargo-deny, where it is installed; our own steps look at licences and duplicates in any case.
pub(super) fn deny() -> anyhow::Result<String> {
    if !command::present("cargo", &["deny", "--version"]) {
        return Ok("cargo-deny is not installed; licences and duplicates are checked above".to_owned());
    }
    command::logged("deny", &mut command::cargo(&["deny", "check", "bans", "licenses", "sources"]))?;
    Ok(String::new())
}

/// Adds up cargo test's `test result: ok. 12 passed; …` lines.
fn passed(said: &str) -> u64 {
    said.lines()
        .filter_map(|line| line.trim().strip_prefix("test result: ok. "))
        .filter_map(|rest| rest.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn passed_tests_are_added_up() {
        let said =
            "running 2 tests\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 40 passed; 1 ignored";
        assert_eq!(super::passed(said), 42);
    }
}
