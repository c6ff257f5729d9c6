//! Saving, restoring and moving an installation, as an operator does it.

mod backup;
mod migrate;

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs a command of the binary with its own words only.
fn ringtrue(words: &[&str]) -> Output {
    command(&[env!("CARGO_BIN_EXE_ringtrue")], words).output().unwrap()
}

/// `program` is the binary, or what runs it.
fn command(program: &[&str], words: &[&str]) -> Command {
    let mut command = Command::new(program[0]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RINGTRUE__")) {
        command.env_remove(name);
    }
    command.args(&program[1..]).args(words).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}
