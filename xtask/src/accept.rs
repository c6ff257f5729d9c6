//! `cargo xtask accept`: the suites that know the release binary only from outside.
//!
//! A suite is a folder of `tests/` with either an executable `run` or a `package.json` with a `test` script; it finds
//! the server's file in `RINGTRUE_BIN`.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, bail, ensure};

use crate::{command, npm, repo};

/// Runs every suite, all of them even when one fails.
pub(crate) fn run(bin: Option<&Path>) -> anyhow::Result<()> {
    let bin = server(bin)?;
    let suites = suites()?;
    ensure!(!suites.is_empty(), "tests/ has no suite");
    let mut failed = Vec::new();
    for (name, folder) in suites {
        println!("▸ tests/{name}");
        let began = Instant::now();
        let done = run_suite(&name, &folder, &bin);
        let seconds = began.elapsed().as_secs_f64();
        match done {
            Ok(said) => println!("  ok, {seconds:.1} s; {}", closing(&said)),
            Err(error) => {
                println!("  FAILED, {seconds:.1} s\n{error:#}");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("acceptance failed: {}", failed.join(", "));
    }
    Ok(())
}

/// The release binary: the given file, that of `RINGTRUE_BIN`, or one that is built now, visibly.
pub(crate) fn server(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    let known = given.map(Path::to_owned).or_else(|| std::env::var_os("RINGTRUE_BIN").map(PathBuf::from));
    if let Some(file) = known {
        return file.canonicalize().with_context(|| format!("no server at {}", file.display()));
    }
    command::shown(&mut command::cargo(&["build", "--release", "--locked", "--package", "ringtrue"]))?;
    Ok(repo::target().join("release/ringtrue"))
}

fn suites() -> anyhow::Result<Vec<(String, PathBuf)>> {
    let tests = repo::root().join("tests");
    let mut suites = Vec::new();
    for entry in std::fs::read_dir(&tests).with_context(|| format!("cannot read {}", tests.display()))? {
        let folder = entry?.path();
        if folder.join("run").is_file() || folder.join("package.json").is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            suites.push((name, folder));
        }
    }
    suites.sort();
    Ok(suites)
}

fn run_suite(name: &str, folder: &Path, bin: &Path) -> anyhow::Result<String> {
    let script = folder.join("run");
    let mut suite = if script.is_file() {
        let mut suite = Command::new(script);
        suite.current_dir(folder);
        suite
    } else {
        npm::install(name, folder)?;
        npm::npm(folder, &["test"])
    };
    command::logged(&format!("accept-{name}"), suite.env("RINGTRUE_BIN", bin))
}

/// What the suite says of itself at its end: the counts of Node's test runner and what it left out, else its last line.
fn closing(said: &str) -> String {
    let counts: Vec<&str> = (said.lines())
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            ["tests ", "pass ", "fail ", "skipped ", "todo "].iter().any(|of| line.starts_with(of))
        })
        .collect();
    if counts.is_empty() {
        return said.trim_end().lines().last().unwrap_or_default().to_owned();
    }
    let skipped = said.lines().filter_map(|line| line.split_once(" - ")?.1.split_once(" # SKIP "));
    let skipped: Vec<String> = skipped.map(|(name, why)| format!("; {name} skipped ({why})")).collect();
    counts.join(", ") + &skipped.concat()
}

#[cfg(test)]
mod tests {
    use super::closing;

    #[test]
    fn a_suite_is_told_by_its_counts_or_its_last_line() {
        assert_eq!(closing("ok 1\n# tests 2\n# suites 0\n# pass 2\n# fail 0\n"), "tests 2, pass 2, fail 0");
        assert_eq!(closing("this\nthat\n"), "that");
        let skipped = "ok 1 - go # SKIP the toolchain: go is not installed\n# tests 1\n# skipped 1\n";
        assert_eq!(closing(skipped), "tests 1, skipped 1; go skipped (the toolchain: go is not installed)");
    }
}
