//! How far a long command is: a bar on a terminal, now and then a line elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::output;

/// A bar for a file of so many bytes.
pub(super) fn of_bytes(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    // Without the style, which is ours and fits, it would be the library's own.
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

/// Shows progress on standard error.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    /// What the last line told: of what, and how many tenths of it.
    told: (String, u64),
}

impl Meter {
    /// `unit` is what is counted.
    pub(super) fn new(unit: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let template = format!("{{bar:30}} {{percent:>3}} %  {{pos}}/{{len}} {unit}  {{msg}}");
            let bar = ProgressBar::new(0);
            // Without the style, which is ours and fits, it would be the library's own.
            if let Ok(style) = ProgressStyle::with_template(&template) {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, told: (String::new(), 0) }
    }

    /// `done` of `total` of `what` are done.
    pub(super) fn show(&mut self, what: &str, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(what.to_owned());
            return;
        }
        let tenths = done.saturating_mul(10).checked_div(total).unwrap_or(10);
        if self.told.0 != what || tenths > self.told.1 {
            output::note(&format!("{what}: {done} of {total}"));
            self.told = (what.to_owned(), tenths);
        }
    }

    /// Removes the bar.
    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
