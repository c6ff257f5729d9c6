//! The report for people.

use std::fmt::{Display, Formatter, Result};

use super::{
    drive::as_f64,
    flow::STEPS,
    histogram::Latency,
    report::{Report, Run},
};

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        for round in &self.rounds {
            write!(out, "ringtrue: {}", round.server)?;
            if let Some(reference) = &round.reference {
                write!(out, "minimal server: {reference}")?;
            }
            if let Some(rate) = round.bare_requests_per_second {
                writeln!(out, "bare JSON handler: {rate:.0} requests/s")?;
            }
            for store in &round.store {
                writeln!(out, "store alone: {store}")?;
            }
        }
        let ratios = [
            ("flows/s to the minimal server's", self.ratios.flows_to_reference),
            ("server CPU per flow to the minimal server's", self.ratios.server_cpu_to_reference),
            ("calls/s to the bare handler's", self.ratios.calls_to_bare),
        ];
        for (what, ratio) in ratios {
            if let Some(ratio) = ratio {
                writeln!(out, "{what}: {ratio:.3}")?;
            }
        }
        Ok(())
    }
}

impl Display for Run {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        write!(out, "{:.0} flows/s with {} clients", self.flows_per_second, self.clients)?;
        if let Some(rate) = self.offered_per_second {
            write!(out, " at most, {rate} flows/s offered")?;
        }
        let (seconds, errors, late) = (self.seconds, self.errors, self.late_messages);
        writeln!(out, ", {seconds:.1} s, {errors} errors, {late} late messages")?;
        self.latencies(out)?;
        self.machine(out)?;
        for (error, count) in &self.kinds_of_error {
            writeln!(out, "  error, {count} times: {error}")?;
        }
        Ok(())
    }
}

impl Run {
    fn latencies(&self, out: &mut Formatter<'_>) -> Result {
        writeln!(out, "  {:<15}{:>10}{:>10}{:>10}", "ms", "p50", "p99", "max")?;
        let steps = STEPS.iter().filter_map(|step| Some((*step, self.steps.get(step)?)));
        for (step, Latency { p50_ms, p99_ms, max_ms }) in steps.chain([("whole flow", &self.flow)]) {
            writeln!(out, "  {step:<15}{p50_ms:>10.2}{p99_ms:>10.2}{max_ms:>10.2}")?;
        }
        Ok(())
    }

    fn machine(&self, out: &mut Formatter<'_>) -> Result {
        let cpu = &self.cpu;
        writeln!(
            out,
            "  CPU per flow: server {:.0} µs, client {:.0} µs, whole machine {:.0} µs (other processes: {:.0} % of it)",
            cpu.server_us_per_flow,
            cpu.client_us_per_flow,
            cpu.machine_us_per_flow,
            cpu.others_percent_of_busy
        )?;
        let mebi = |bytes: u64| as_f64(bytes) / 1_048_576.0;
        writeln!(
            out,
            "  memory: {:.1} MiB idle, {:.1} MiB at most, {:.1} MiB idle afterwards",
            mebi(self.memory.idle_before),
            mebi(self.memory.peak),
            mebi(self.memory.idle_after)
        )?;
        write!(out, "  first answer after {:.0} ms", self.first_answer_ms)?;
        if let Some(ms) = self.restart_ms {
            write!(out, ", on the same data again after {ms:.0} ms")?;
        }
        if let Some(ms) = self.shutdown_ms {
            write!(out, ", shutdown in {ms:.0} ms")?;
        }
        writeln!(out)
    }
}
