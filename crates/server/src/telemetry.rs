//! Logs go to standard error: text on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// A library of ours that logs whole phone numbers at `trace`: never, whatever level is asked for.
const INDISCREET: &str = "rlibphonenumber=off";

/// Reads a filter such as `info` or `warn,ringtrue=debug`.
pub(crate) fn filter(text: &str) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::try_new(text)
        .context("log.filter: must be levels and modules such as warn,ringtrue=debug")?;
    Ok(filter.add_directive(INDISCREET.parse()?))
}

/// Starts logging; call once.
pub(crate) fn install(config: &Log) -> anyhow::Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let text = match config.format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let builder =
        fmt().with_env_filter(filter(&config.filter)?).with_writer(std::io::stderr).with_target(false);
    // A log that cannot be written any more must not take the server down with it.
    let builder = builder.log_internal_errors(false);
    let installed = if text {
        builder.with_ansi(terminal).try_init()
    } else {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    installed.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))
}
