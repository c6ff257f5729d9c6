//! What a load run found.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::{
    drive::{Plan, as_f64},
    flow::STEPS,
    histogram::Latency,
    process::{self, Server},
    tally::Tally,
};

/// All rounds, and what follows from them.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) rounds: Vec<Round>,
    /// Medians over the rounds.
    pub(super) ratios: Ratios,
}

/// One round.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Round {
    pub(super) server: Run,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<Run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bare_requests_per_second: Option<f64>,
    /// As the store's own example says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) store: Vec<Value>,
}

/// Flows against one server.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) clients: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offered_per_second: Option<f64>,
    pub(super) seconds: f64,
    pub(super) flows: u64,
    pub(super) flows_per_second: f64,
    pub(super) errors: u64,
    pub(super) kinds_of_error: BTreeMap<String, u64>,
    pub(super) late_messages: u64,
    pub(super) flow: Latency,
    pub(super) steps: BTreeMap<&'static str, Latency>,
    pub(super) cpu: Cpu,
    pub(super) memory: Memory,
    pub(super) first_answer_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) restart_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shutdown_ms: Option<f64>,
}

/// CPU time per flow, in microseconds, and how much of the machine others took.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cpu {
    pub(super) server_us_per_flow: f64,
    pub(super) client_us_per_flow: f64,
    pub(super) machine_us_per_flow: f64,
    pub(super) others_percent_of_busy: f64,
}

/// Resident memory, in bytes.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Memory {
    pub(super) idle_before: u64,
    pub(super) peak: u64,
    pub(super) idle_after: u64,
}

/// How the server stands to what it is compared with.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ratios {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flows_to_reference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server_cpu_to_reference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) calls_to_bare: Option<f64>,
}

/// CPU clocks at one moment.
#[derive(Debug)]
pub(super) struct Sample {
    at: Instant,
    server: Duration,
    client: Duration,
    machine: Duration,
}

impl Sample {
    /// Reads the clocks.
    pub(super) fn take(server: &Server) -> anyhow::Result<Self> {
        Ok(Self {
            at: Instant::now(),
            server: server.cpu().context("cannot read the server's CPU time")?,
            client: process::own_cpu()?,
            machine: process::machine_cpu()?,
        })
    }
}

impl Run {
    /// From what the clients saw, and the clocks at both ends of the measured time.
    pub(super) fn new(tally: &Tally, plan: Plan, samples: &[Sample]) -> Self {
        let seconds = match samples {
            [from, until] => (until.at - from.at).as_secs_f64(),
            _ => plan.measured.as_secs_f64(),
        };
        let latencies = tally.steps.iter().map(super::histogram::Histogram::summary);
        Self {
            clients: plan.clients,
            offered_per_second: plan.rate,
            seconds,
            flows: tally.flows,
            flows_per_second: as_f64(tally.flows) / seconds,
            errors: tally.errors,
            kinds_of_error: tally.kinds_of_error.clone(),
            late_messages: tally.late_messages,
            flow: tally.whole.summary(),
            steps: STEPS.into_iter().zip(latencies).collect(),
            cpu: Cpu::new(tally.flows, samples),
            ..Self::default()
        }
    }
}

impl Cpu {
    fn new(flows: u64, samples: &[Sample]) -> Self {
        let ([from, until], true) = (samples, flows > 0) else { return Self::default() };
        let per_flow = |spent: Duration| spent.as_secs_f64() * 1e6 / as_f64(flows);
        let server = until.server.saturating_sub(from.server);
        let client = until.client.saturating_sub(from.client);
        let machine = until.machine.saturating_sub(from.machine);
        let others = machine.saturating_sub(server + client).as_secs_f64();
        Self {
            server_us_per_flow: per_flow(server),
            client_us_per_flow: per_flow(client),
            machine_us_per_flow: per_flow(machine),
            others_percent_of_busy: 100.0 * others / machine.as_secs_f64().max(f64::MIN_POSITIVE),
        }
    }
}

impl Report {
    /// Works out the ratios.
    pub(super) fn compare(&mut self) {
        let over =
            |ratio: &dyn Fn(&Round) -> Option<f64>| median(self.rounds.iter().filter_map(ratio).collect());
        self.ratios = Ratios {
            flows_to_reference: over(&|round| {
                Some(round.server.flows_per_second / round.reference.as_ref()?.flows_per_second)
            }),
            server_cpu_to_reference: over(&|round| {
                Some(round.server.cpu.server_us_per_flow / round.reference.as_ref()?.cpu.server_us_per_flow)
            }),
            calls_to_bare: over(&|round| {
                let calls = round.server.flows_per_second * 5.0;
                Some(calls / round.bare_requests_per_second?)
            }),
        };
    }

    /// Flows that went wrong, the peers' included: a peer that errs is no measure.
    pub(super) fn errors(&self) -> u64 {
        let of = |round: &Round| round.server.errors + round.reference.as_ref().map_or(0, |run| run.errors);
        self.rounds.iter().map(of).sum()
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_middle_of_some_values() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
    }
}
