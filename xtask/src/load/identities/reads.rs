//! How long a back end waits for a page of the list, an identity, and the identities of a number.

use std::time::Instant;

use anyhow::{Context, ensure};

use super::super::{
    histogram::{Histogram, Latency},
    installation::{Caller, Key, number},
    process::Announcement,
};

/// Calls of each kind.
const CALLS: usize = 2_000;
/// Identities of a page.
const PAGE: usize = 100;

/// Latencies, one call after the other.
pub(super) struct Reads {
    /// Pages of the list: its first tenth, the tenth in its middle, its last tenth.
    first: Latency,
    middle: Latency,
    last: Latency,
    pub(super) get: Latency,
    lookup: Latency,
}

impl Reads {
    pub(super) fn all(&self) -> [(&'static str, Latency); 5] {
        [
            ("pages of 100, the first", self.first),
            ("… in the middle", self.middle),
            ("… the last", self.last),
            ("get", self.get),
            ("lookup by number", self.lookup),
        ]
    }
}

/// Walks the whole list, which must have at least `size` identities, and asks for some of those that are on it.
pub(super) async fn measure(server: &Announcement, key: &Key, size: u32) -> anyhow::Result<Reads> {
    let mut caller = Caller::sign_in(server, key).await?;
    let (ids, pages) = walk(&mut caller).await?;
    ensure!(ids.len() >= size as usize, "the list has {} of {size} identities", ids.len());
    let tenth = pages.len().div_ceil(10);
    let of = |from: usize| {
        let mut seen = Histogram::new();
        pages.iter().skip(from).take(tenth).for_each(|took| seen.record(*took));
        seen.summary()
    };
    let (mut get, mut lookup) = (Histogram::new(), Histogram::new());
    for call in 0..CALLS {
        // A stride that has no factor in common with round numbers comes by all of them in no order that helps.
        let at = call * 7_919 % ids.len();
        let id = ids.get(at).context("no identity")?;
        let began = Instant::now();
        let found = caller.get(&format!("/v3/identity/{id}")).await?;
        get.record(began.elapsed());
        ensure!(found["identityId"] == **id && found["active"] == true, "get: {found}");
        let phone = number(u32::try_from(call * 7_919 % size as usize)?);
        let began = Instant::now();
        let found = caller.get(&format!("/v3/identity/%2B{}/lookup", &phone[1..])).await?;
        lookup.record(began.elapsed());
        ensure!(found["items"][0]["phoneNumber"] == phone, "lookup: {found}");
    }
    Ok(Reads {
        first: of(0),
        middle: of((pages.len() - tenth) / 2),
        last: of(pages.len() - tenth),
        get: get.summary(),
        lookup: lookup.summary(),
    })
}

/// Every id of the list, and how long each page took.
async fn walk(caller: &mut Caller) -> anyhow::Result<(Vec<String>, Vec<std::time::Duration>)> {
    let (mut ids, mut pages) = (Vec::new(), Vec::new());
    let mut target = format!("/v3/identity?limit={PAGE}");
    loop {
        let began = Instant::now();
        let page = caller.get(&target).await?;
        pages.push(began.elapsed());
        for identity in page["results"].as_array().context("no results")? {
            ids.push(identity["identityId"].as_str().context("no identityId")?.to_owned());
        }
        match page["lastKey"].as_str() {
            Some(key) => target = format!("/v3/identity?limit={PAGE}&startKey={key}"),
            None => return Ok((ids, pages)),
        }
    }
}
