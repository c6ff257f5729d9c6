//! What commands print: results to standard output, everything else to standard error.
use std::io::{IsTerminal as _, Write as _};

/// One line of JSON for scripts.
pub(crate) fn json(value: &serde_json::Value) {
    line(&value.to_string());
}

/// A line of a result.
pub(crate) fn line(text: &str) {
    // A closed pipe is no reason to panic.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line that is not part of the result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What went wrong, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    note(&format!("error: {error:#}"));
}

/// Emphasis, where the terminal can show it.
pub(crate) fn bold(text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}
