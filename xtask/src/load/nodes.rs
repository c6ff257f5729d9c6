//! `cargo xtask load nodes`: whole flows on the embedded store, on PostgreSQL with one node and with two, and beside
//! them what pgbench reaches on the same PostgreSQL with the same writes.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::{
    drive::{self, Plan},
    flow::Person,
    postgres::Postgres,
    process::Server,
    single_thread,
    tally::Tally,
};
use crate::{accept, command, repo};

/// Options of `load nodes`.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Flows at once, over all nodes
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    clients: u16,
    /// Seconds that are measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// The writes of one flow: the same statements, rows as large as ours, in three transactions.
const WRITES: &str = r"
\set id random(1, 2000000000)
BEGIN;
INSERT INTO flows (id, project, sandbox, version, purge_after, body) VALUES (int8send(:id), 'p', 1, 1, 0, decode(repeat('ab', 1000), 'hex')) ON CONFLICT (id) DO NOTHING;
INSERT INTO audit (flow, seq, project, at, events) VALUES (int8send(:id), (SELECT coalesce(max(seq), 0) + 1 FROM audit WHERE flow = int8send(:id)), 'p', 0, '[]');
COMMIT;
BEGIN;
INSERT INTO outbox (id, project, number_hash, sent_at, body) VALUES (int8send(:id), 'p', int8send(:id), 0, decode(repeat('ab', 400), 'hex')) ON CONFLICT (id) DO NOTHING;
UPDATE flows SET version = version + 1, body = decode(repeat('ab', 1100), 'hex') WHERE id = int8send(:id);
INSERT INTO audit (flow, seq, project, at, events) VALUES (int8send(:id), (SELECT coalesce(max(seq), 0) + 1 FROM audit WHERE flow = int8send(:id)), 'p', 0, '[]');
COMMIT;
BEGIN;
INSERT INTO identities (id, project, sandbox, number_hash, customer_hash, created_at, verified_at, body) VALUES (int8send(:id), 'p', 1, int8send(:id), '', 0, 0, decode(repeat('ab', 600), 'hex')) ON CONFLICT (id) DO UPDATE SET verified_at = excluded.verified_at;
UPDATE flows SET version = version + 1, body = decode(repeat('ab', 1200), 'hex') WHERE id = int8send(:id);
INSERT INTO audit (flow, seq, project, at, events) VALUES (int8send(:id), (SELECT coalesce(max(seq), 0) + 1 FROM audit WHERE flow = int8send(:id)), 'p', 0, '[]');
COMMIT;
";

/// Measures all of them, one after another on the same machine.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let data = tempfile::tempdir_in(repo::scratch()?).context("cannot create a data folder")?;
    let plan = Plan {
        clients: options.clients.into(),
        warm_up: Duration::from_secs(2),
        measured: Duration::from_secs(options.seconds.into()),
        rate: None,
    };
    println!("{} clients, {} s each; a step is one call", options.clients, options.seconds);
    println!("{:<34}{:>9}{:>14}{:>14}", "", "flows/s", "step p99 ms", "flow p99 ms");
    show("embedded store", &flows(&bin, &data.path().join("embedded"), None, 1, plan)?, plan);
    let postgres = Postgres::start()?;
    let one = flows(&bin, &data.path().join("one"), Some(&postgres.url), 1, plan)?;
    let one = show("PostgreSQL, one node", &one, plan);
    let two = flows(&bin, &data.path().join("one"), Some(&postgres.url), 2, plan)?;
    let two = show("PostgreSQL, two nodes", &two, plan);
    let limit = pgbench(&postgres, options, &data.path().join("writes.sql"))?;
    println!("{:<34}{limit:>9.0}", "pgbench, the same writes");
    println!("one node to pgbench: {:.2}; two nodes to pgbench: {:.2}", one / limit, two / limit);
    Ok(())
}

/// Runs flows against so many nodes at once; each client stays with one of them.
fn flows(bin: &Path, data: &Path, store: Option<&str>, nodes: usize, plan: Plan) -> anyhow::Result<Tally> {
    let data = data.display().to_string();
    let mut args = vec!["demo", "--listen", "127.0.0.1:0", "--data", &data, "--json"];
    args.extend(store.into_iter().flat_map(|url| ["--store", url]));
    let servers: Vec<Server> = (0..nodes)
        .map(|number| Server::start(&format!("node-{number}"), bin, &args))
        .collect::<anyhow::Result<_>>()?;
    let announced: Vec<_> = servers.iter().map(|server| &server.announced).collect();
    let people = people();
    let file = PathBuf::from(&data).join("people.json");
    std::fs::write(&file, serde_json::to_vec(&people.iter().map(persona).collect::<Vec<_>>())?)?;
    let project = &announced.first().context("no node")?.project_id;
    let mut add = Command::new(bin);
    add.args(["project", "personas"]).arg(&file).args(["--project", project, "--data", &data]);
    command::logged("load-personas", add.args(store.into_iter().flat_map(|url| ["--store", url])))?;
    let tally = single_thread()?.block_on(drive::flows(&announced, people, plan, || Ok(())))?;
    ensure!(
        tally.errors == 0,
        "{} flows did not go as they should: {:?}",
        tally.errors,
        tally.kinds_of_error
    );
    for server in servers {
        server.stop()?;
    }
    Ok(tally)
}

/// So many that few flows at once are about the same one, whose identity is one row; and not more: a project carries its
/// personas along wherever it is read.
fn people() -> Vec<Person> {
    let person = |number| Person {
        phone: format!("+1201555{number:04}"),
        first_name: "Ada".to_owned(),
        last_name: "Byron".to_owned(),
    };
    (2000..2030).map(person).collect()
}

fn persona(person: &Person) -> serde_json::Value {
    let Person { phone, first_name, last_name } = person;
    json!({ "phone": phone, "first_name": first_name, "last_name": last_name, "outcome": "ordinary" })
}

/// Prints a line; answers the flows per second.
fn show(name: &str, tally: &Tally, plan: Plan) -> f64 {
    let rate = drive::as_f64(tally.flows) / plan.measured.as_secs_f64();
    let step = tally.steps.iter().map(|step| step.summary().p99_ms).fold(0.0, f64::max);
    println!("{name:<34}{rate:>9.0}{step:>14.2}{:>14.2}", tally.whole.summary().p99_ms);
    rate
}

/// Transactions per second of the same writes, with as many clients.
fn pgbench(postgres: &Postgres, options: &Options, script: &Path) -> anyhow::Result<f64> {
    std::fs::write(script, WRITES)?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--username=ringtrue"])
        .args(["--client", &options.clients.to_string(), "--time", &options.seconds.to_string()])
        .args(["--host", &postgres.host()?, "--file"])
        .arg(script)
        .arg("postgres")
        .output()
        .context("cannot run pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.with_context(|| format!("pgbench said: {said}{}", String::from_utf8_lossy(&output.stderr)))
}
