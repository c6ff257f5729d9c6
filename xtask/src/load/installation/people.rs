//! Numbers, the registry that knows them, and their enrolment.

use std::{
    cell::Cell,
    fs::File,
    io::{BufWriter, Write},
    ops::Range,
    path::Path,
    rc::Rc,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::task::LocalSet;

use super::{super::process::Announcement, Caller, Key};

/// Enrolments of one call at most.
const BATCH: u32 = 100;
/// Calls that are under way at once.
const WORKERS: usize = 8;

/// A number that can be mobile; one for each person below 8,000,000.
pub(crate) fn number(person: u32) -> String {
    format!("+1415{}", 2_000_000 + person)
}

/// Writes a registry of the people in a range.
pub(crate) fn write_registry(
    file: &Path,
    people: Range<u32>,
    carrier: impl Fn(u32) -> String,
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file).context("cannot write a registry")?);
    writeln!(out, "phoneNumber,firstName,lastName,lineType,carrier")?;
    for person in people {
        writeln!(out, "{},Ada,Byron,mobile,{}", number(person), carrier(person))?;
    }
    out.flush().context("cannot write a registry")
}

/// Enrols the people in a range.
pub(crate) async fn enrol(server: &Announcement, key: &Key, people: Range<u32>) -> anyhow::Result<()> {
    let first = Caller::sign_in(server, key).await?;
    let next = Rc::new(Cell::new(people.start));
    let workers = LocalSet::new();
    let mut handles = Vec::new();
    for _ in 0..WORKERS {
        let (mut caller, next, end) = (first.another(server).await?, Rc::clone(&next), people.end);
        handles.push(workers.spawn_local(async move {
            while next.get() < end {
                let from = next.get();
                let until = end.min(from + BATCH);
                next.set(until);
                let items: Vec<_> = (from..until)
                    .map(|person| json!({ "phoneNumber": number(person), "clientCustomerId": format!("customer-{person}") }))
                    .collect();
                let answer = caller.post("/v3/identity/batch", &json!({ "items": items })).await?;
                let results = answer["results"].as_array().context("no results")?;
                let enrolled = results.iter().filter(|result| result["identityId"].is_string()).count();
                ensure!(enrolled == items.len(), "some were not enrolled: {answer}");
            }
            anyhow::Ok(())
        }));
    }
    workers.await;
    for handle in handles {
        handle.await??;
    }
    Ok(())
}
