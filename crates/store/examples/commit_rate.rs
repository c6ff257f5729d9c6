//! Units per second of a store on this machine: `cargo run --release --example commit_rate -- [--json] [DIR | URL]`.
//!
//! Without a directory a temporary one is used; name one on the disk that matters. With the URL of an empty PostgreSQL
//! database, that is measured, and the rows stay there.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that prints what it measured")]

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use ringtrue_engine::ports::Store;
use ringtrue_store::{
    PostgresAddress, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, StoreKeys, rate,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let mut json = false;
    let mut place = None;
    for arg in std::env::args().skip(1) {
        if arg == "--json" { json = true } else { place = Some(arg) }
    }
    let temporary = tempfile::tempdir()?;
    let keys = StoreKeys::new(&[1; 32], &[2; 32]);
    let store: Arc<dyn Store> = match place.as_deref() {
        Some(url) if PostgresAddress::is_meant(url) => {
            Arc::new(PostgresStore::open(&url.parse()?, &keys, PostgresOptions::default()).await?)
        }
        dir => {
            let dir = dir.map_or(temporary.path(), Path::new);
            Arc::new(SqliteStore::open(dir, &keys, SqliteOptions::default()).await?)
        }
    };
    for clients in [1, 64, 256] {
        let rate = rate::measure(Arc::clone(&store), clients, Duration::from_secs(3)).await?;
        let (per_second, p50, p99) =
            (rate.per_second, rate.p50.as_secs_f64() * 1e3, rate.p99.as_secs_f64() * 1e3);
        if json {
            println!(
                r#"{{"clients":{clients},"units_per_second":{per_second:.0},"p50_ms":{p50:.2},"p99_ms":{p99:.2}}}"#
            );
        } else {
            println!(
                "{clients:>4} clients {per_second:>8.0} units/s   p50 {p50:>6.2} ms   p99 {p99:>6.2} ms"
            );
        }
    }
    store.close().await;
    Ok(())
}
