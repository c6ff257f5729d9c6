//! Logs go to standard error: text on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Log, LogFormat};

/// Libraries of ours that log whole phone numbers and passkeys at `trace`: never, whatever level is asked for.
const INDISCREET: [&str; 2] = ["rlibphonenumber", "webauthn_rs"];

/// Reads a filter such as `info` or `warn,ringtrue=debug`; without any level, errors are shown.
pub(crate) fn filter(text: &str) -> anyhow::Result<Targets> {
    let words: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    let filter: Targets = match words.as_slice() {
        [] => Targets::new().with_default(LevelFilter::ERROR),
        words => words
            .join(",")
            .parse()
            .context("log.filter: must be levels and modules such as warn,ringtrue=debug")?,
    };
    Ok(filter.with_targets(INDISCREET.map(|library| (library, LevelFilter::OFF))))
}

/// Starts logging; call once.
pub(crate) fn install(config: &Log) -> anyhow::Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let text = match config.format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    // A log that cannot be written any more must not take the server down with it.
    let lines = lines.log_internal_errors(false);
    let lines = if text {
        lines.with_ansi(terminal).boxed()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    };
    let installed = tracing_subscriber::registry().with(filter(&config.filter)?).with(lines).try_init();
    installed.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))
}
