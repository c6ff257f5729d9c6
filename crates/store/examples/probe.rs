//! temporary
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::print_stdout, clippy::allow_attributes_without_reason, clippy::allow_attributes)]
use std::{sync::Arc, time::{Duration, Instant}};
use ringtrue_engine::{conformance::sample::*, ports::*};
use ringtrue_store::*;
fn cpu() -> f64 { std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(" ").next().unwrap().parse::<f64>().unwrap() / 1e9 }
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmRSS") || l.starts_with("RssAnon") || l.starts_with("VmHWM")).map(|l| l.replace('\t', " ")).collect::<Vec<_>>().join(" ") }
#[tokio::main]
async fn main() {
    println!("start {}", rss());
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&dir, &StoreKeys::new(&[1; 32], &[2; 32]), SqliteOptions::default()).await.unwrap());
    println!("open {}", rss());
    let mut s = Sample::default();
    s.entropy = Counted::from_seed(std::process::id().into());
    s.other_project();
    let cred = s.credential(SANDBOX);
    let mut unit = Unit::new().with(put_project(&s.project("name"))).with(Change::PutCredential(cred.clone()));
    let mut flows = vec![];
    for i in 0..2000 { let f = s.flow(PRODUCTION); unit.push(put(0, &f)); flows.push(f.id()); unit.push(Change::PutToken(s.token(cred.id, &format!("{i}-{}", std::process::id())))); }
    store.commit(unit).await.unwrap();
    println!("written {}", rss());
    for (name, n) in [("flow same", 1usize), ("flow 2000", 2000)] {
        let t = cpu();
        for i in 0..50_000 { assert!(store.flow(flows[i * 7 % n]).await.unwrap().is_some()); }
        println!("{name}: {:.2} µs", (cpu() - t) * 1e6 / 50_000.0);
    }
    for n in [1usize, 2000] {
        let d: Vec<_> = (0..n).map(|i| digest(&format!("{i}-{}", std::process::id()))).collect();
        let t = cpu();
        for i in 0..50_000 { assert!(store.caller(d[i * 7 % n], s.wall).await.unwrap().is_some()); }
        println!("caller {n}: {:.2} µs", (cpu() - t) * 1e6 / 50_000.0);
    }
    let t = cpu();
    for _ in 0..50_000 { store.clock_ahead(s.project).await.unwrap(); }
    println!("clock: {:.2} µs", (cpu() - t) * 1e6 / 50_000.0);
    let f = s.flow(PRODUCTION);
    let t = cpu();
    for _ in 0..50_000 { std::hint::black_box(serde_json::from_slice::<ringtrue_domain::Flow>(&serde_json::to_vec(&f).unwrap()).unwrap()); }
    println!("json there and back: {:.2} µs, {} bytes", (cpu() - t) * 1e6 / 50_000.0, serde_json::to_vec(&f).unwrap().len());
    { let v = serde_json::to_vec(&f).unwrap(); let t = cpu();
    for _ in 0..50_000 { std::hint::black_box(serde_json::from_slice::<ringtrue_domain::Flow>(&v).unwrap()); }
    println!("json parse: {:.2} µs", (cpu() - t) * 1e6 / 50_000.0); }
    println!("read {}", rss());
    for clients in [1, 64, 256] {
        let r = rate::measure(store.clone(), clients, Duration::from_secs(3)).await.unwrap();
        println!("{clients} {:.0}/s p50 {:.2} p99 {:.2} ms  {}  wal {} MiB", r.per_second, r.p50.as_secs_f64()*1e3, r.p99.as_secs_f64()*1e3, rss(), std::fs::metadata(dir.join("ringtrue.db-wal")).unwrap().len() >> 20);
    }
    store.close().await;
}
