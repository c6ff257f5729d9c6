//! `cargo xtask check`: one step after the other, all of them even when one fails.

mod borders;
mod duplicates;
mod licences;
mod long_files;
mod patterns;
mod quotes;
mod spdx;
mod toolchain;
mod tree;

use std::{
    io::{IsTerminal, Write},
    time::Instant,
};

use anyhow::{bail, ensure};

use crate::{generated, sdk};

/// A step: what it is called, whether `--fast` has it, and what it does; it answers with a line of what it found.
struct Step {
    name: &'static str,
    fast: bool,
    run: fn() -> anyhow::Result<String>,
}

const fn step(name: &'static str, fast: bool, run: fn() -> anyhow::Result<String>) -> Step {
    Step { name, fast, run }
}

/// The cheap ones first, so that a slip is seen at once.
const STEPS: [Step; 14] = [
    step("format", true, toolchain::format),
    step("file lengths", true, long_files::check),
    step("forbidden patterns", true, patterns::check),
    step("quoted code", true, quotes::check),
    step("crate borders", true, borders::check),
    step("licences", true, licences::check),
    step("duplicate crates", true, duplicates::check),
    step("cargo deny", false, toolchain::deny),
    step("clippy", true, toolchain::clippy),
    step("tests", true, toolchain::tests),
    step("doc tests", false, toolchain::doc_tests),
    step("documentation", false, toolchain::docs),
    step("generated files", false, generated::check),
    step("web SDK", false, sdk::run),
];

/// Runs the steps whose name contains `only`, and prints their failures at the end.
pub(crate) fn run(fast: bool, only: &str) -> anyhow::Result<()> {
    let steps: Vec<&Step> =
        STEPS.iter().filter(|step| (step.fast || !fast) && step.name.contains(only)).collect();
    ensure!(!steps.is_empty(), "no step is called `{only}`");
    let mut failures = Vec::new();
    let began = Instant::now();
    for step in steps {
        print!("▸ {:<20}", step.name);
        std::io::stdout().flush()?;
        let start = Instant::now();
        let done = (step.run)();
        let seconds = start.elapsed().as_secs_f64();
        match done {
            Ok(found) => println!("{}  {seconds:6.1} s  {found}", mark(true)),
            Err(error) => {
                println!("{}  {seconds:6.1} s", mark(false));
                failures.push((step.name, error));
            }
        }
    }
    for (name, error) in &failures {
        println!("\n── {name} ──\n{error:#}");
    }
    println!("\nchecked in {:.1} s", began.elapsed().as_secs_f64());
    if !failures.is_empty() {
        let names: Vec<&str> = failures.iter().map(|(name, _)| *name).collect();
        bail!("{} of the checks failed: {}", names.len(), names.join(", "));
    }
    Ok(())
}

fn mark(good: bool) -> &'static str {
    match (std::io::stdout().is_terminal(), good) {
        (true, true) => "\x1b[32mok    \x1b[0m",
        (true, false) => "\x1b[31mFAILED\x1b[0m",
        (false, true) => "ok    ",
        (false, false) => "FAILED",
    }
}
