//! What the clients have seen.

use std::{collections::BTreeMap, time::Instant};

use super::{flow::Flow, histogram::Histogram};

/// Different errors that are kept word for word.
const KEPT_ERRORS: usize = 10;

/// Counts and latencies of a run.
#[derive(Debug)]
pub(super) struct Tally {
    /// Flows that ended within the measured time.
    pub(super) flows: u64,
    /// Flows that did not go as they should, at any time.
    pub(super) errors: u64,
    /// Flows whose message was not in the outbox when first looked for.
    pub(super) late_messages: u64,
    /// What went wrong, and how often.
    pub(super) kinds_of_error: BTreeMap<String, u64>,
    /// Latency of each call.
    pub(super) steps: Vec<Histogram>,
    /// Latency of the whole flow.
    pub(super) whole: Histogram,
}

impl Tally {
    /// Nothing seen yet.
    pub(super) fn new(steps: usize) -> Self {
        Self {
            flows: 0,
            errors: 0,
            late_messages: 0,
            kinds_of_error: BTreeMap::new(),
            steps: vec![Histogram::new(); steps],
            whole: Histogram::new(),
        }
    }

    /// Counts a good flow that began, or was due, at `from`, if that lies within the measured time.
    pub(super) fn flow(&mut self, from: Instant, flow: &Flow, window_from: Instant, window_until: Instant) {
        let ended = flow.answered_at[flow.answered_at.len() - 1];
        self.flows += u64::from(ended >= window_from && ended < window_until);
        if from < window_from {
            return;
        }
        self.late_messages += u64::from(flow.message_was_late);
        self.whole.record(ended.saturating_duration_since(from));
        let mut before = from;
        for (step, answered) in self.steps.iter_mut().zip(flow.answered_at) {
            step.record(answered.saturating_duration_since(before));
            before = answered;
        }
    }

    /// Counts a flow that failed.
    pub(super) fn error(&mut self, text: String) {
        self.errors += 1;
        if self.kinds_of_error.len() < KEPT_ERRORS || self.kinds_of_error.contains_key(&text) {
            *self.kinds_of_error.entry(text).or_default() += 1;
        }
    }
}
