//! `cargo xtask load pages DIR`: how long the portal's pages take and how large they are, on a data directory such as
//! `cargo xtask month` fills. Whoever signs in follows every link, once for each kind of address; the filters and searches
//! that people use besides are added.
//!
//! One page at a time, as one person sees it; what a busy server does meanwhile is not in it.

mod browser;

use std::{
    collections::BTreeSet,
    fmt,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::Serialize;

use super::{
    histogram::{Histogram, Latency},
    process::Server,
};
use crate::accept;
use browser::{Browser, Page};

/// Within which half of the answers of each page must come.
const LIMIT_MS: f64 = 50.0;
/// A page's HTML is to stay below this (docs/adr/0013-portal-pages.md).
const LIMIT_BYTES: usize = 64 * 1024;

/// Options of `load pages`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// The data directory; the demo's project is added to it
    data: PathBuf,
    /// The project whose pages are opened
    #[arg(long, default_value = "Harbour Lending")]
    project: String,
    /// How often each page is opened
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    times: u32,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    times: u32,
    pages: Vec<Figures>,
}

/// Of one kind of page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    page: String,
    bytes: usize,
    #[serde(flatten)]
    latency: Latency,
}

/// Measures; fails when a page is too slow or too large.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let data = options.data.to_str().context("the data folder's name is no text")?;
    ensure!(options.data.join("keys.json").is_file(), "{data} holds no installation");
    let server =
        Server::start("pages", &bin, &["demo", "--listen", "127.0.0.1:0", "--data", data, "--json"])?;
    let report = super::single_thread()?.block_on(measure(&server, options))?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    let wrong: Vec<&str> =
        report.pages.iter().filter(|page| page.is_wrong()).map(|page| &*page.page).collect();
    if !wrong.is_empty() {
        bail!("over {LIMIT_MS} ms or {LIMIT_BYTES} bytes: {}", wrong.join(", "));
    }
    Ok(())
}

async fn measure(server: &Server, options: &Options) -> anyhow::Result<Report> {
    let host = server.announced.host()?;
    let mut browser = Browser::sign_in(host, &server.announced.portal).await?;
    let projects = browser.get("/portal/projects").await?;
    let place =
        projects.link_named(&options.project).context("there is no such project on the first page")?;
    let place =
        place.trim_end_matches(|c| c != '/').trim_end_matches('/').trim_end_matches(|c| c != '/').to_owned();
    let mut report = Report { times: options.times, pages: Vec::new() };
    let mut seen = BTreeSet::from(["portal".to_owned()]);
    let mut waiting = vec!["/portal/projects".to_owned(), format!("{place}production/integrate")];
    waiting.extend(filters(&place));
    while !waiting.is_empty() {
        let address = waiting.remove(0);
        let kind = kind_of(&address, &place);
        if !seen.insert(kind.clone()) {
            continue;
        }
        let page = browser.get(&address).await?;
        waiting.extend(page.links());
        report.pages.push(time(&mut browser, kind, options.times, &address, None).await?);
        for (name, body) in searches(&page) {
            let kind = kind_of(&format!("{address} {name}"), &place);
            if seen.insert(kind.clone()) {
                report.pages.push(time(&mut browser, kind, options.times, &address, Some(&body)).await?);
            }
        }
    }
    report.pages.sort_by(|one, other| other.latency.p50_ms.total_cmp(&one.latency.p50_ms));
    Ok(report)
}

/// Opens a page again and again; with a form, by sending it.
async fn time(
    browser: &mut Browser,
    page: String,
    times: u32,
    address: &str,
    form: Option<&str>,
) -> anyhow::Result<Figures> {
    let mut histogram = Histogram::new();
    let mut bytes = 0;
    for _ in 0..times {
        let began = Instant::now();
        let answer = match form {
            Some(form) => browser.post(address, form).await?,
            None => browser.get(address).await?,
        };
        histogram.record(began.elapsed());
        bytes = answer.html.len();
    }
    Ok(Figures { page, bytes, latency: histogram.summary() })
}

/// What people choose on the pages with forms, the worst included: outcomes that there are none of.
fn filters(place: &str) -> Vec<String> {
    let of = |rest: &str| format!("{place}production/{rest}");
    vec![
        of("verifications"),
        of("verifications?outcome=not_verified"),
        of("verifications?outcome=too_many_steps"),
        of("verifications?outcome=exhausted&method=mobile"),
        of("verifications?method=desktop"),
        of("deliveries?state=failed"),
    ]
}

/// The searches of a page, with what is sent: a number that somebody may have.
fn searches(page: &Page) -> Vec<(&'static str, String)> {
    const NUMBER: &str = "%2B14156200000";
    let Some(csrf) = page.csrf() else { return Vec::new() };
    [
        ("number", "id=\"number\" name=\"number\" type=\"search\"", format!("number={NUMBER}")),
        ("to", "id=\"to\" name=\"to\" type=\"search\"", format!("to={NUMBER}")),
        ("by-number", "id=\"text\" name=\"text\" type=\"search\"", format!("by=number&text={NUMBER}")),
        ("by-customer", "id=\"text\" name=\"text\" type=\"search\"", "by=customer&text=cus_1".to_owned()),
        ("by-request", "id=\"text\" name=\"text\" type=\"search\"", "by=request&text=req_1".to_owned()),
    ]
    .into_iter()
    .filter(|(_, field, _)| page.html.contains(field))
    .map(|(name, _, fields)| (name, format!("csrf={csrf}&{fields}")))
    .collect()
}

/// What is the same in all addresses of a kind: ids are left out, but for the project's, and so are keys of pages.
fn kind_of(address: &str, place: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path = match path.strip_prefix(place) {
        Some(rest) => rest.to_owned(),
        None => match path.strip_prefix("/portal/p/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => format!("bare/{rest}"),
            None => path.trim_start_matches('/').to_owned(),
        },
    };
    let parts: Vec<&str> = path.split('/').map(|part| if is_id(part) { "id" } else { part }).collect();
    let chosen = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name @ ("outcome" | "method" | "state" | "range"), value)) => format!("{name}={value}"),
        Some((name, _)) => name.to_owned(),
        None => String::new(),
    });
    let chosen: Vec<String> = chosen.filter(|pair| !pair.is_empty()).collect();
    let join = if chosen.is_empty() { "" } else { "?" };
    format!("{}{join}{}", parts.join("/"), chosen.join("&"))
}

fn is_id(part: &str) -> bool {
    part.len() == 36 && part.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

impl Figures {
    fn is_wrong(&self) -> bool {
        self.latency.p50_ms >= LIMIT_MS || self.bytes > LIMIT_BYTES
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "each page {} times, slowest first; not compressed\n", self.times)?;
        writeln!(f, "{:>9} {:>9} {:>9} {:>9}  page", "p50 ms", "p99 ms", "max ms", "bytes")?;
        for Figures { page, bytes, latency } in &self.pages {
            let Latency { p50_ms, p99_ms, max_ms } = latency;
            writeln!(f, "{p50_ms:9.2} {p99_ms:9.2} {max_ms:9.2} {bytes:9}  {page}")?;
        }
        Ok(())
    }
}

/// How long a page may take that does not come at all.
const PATIENCE: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_kind_are_one() {
        let place = "/portal/p/01a10d12-3456-7738-8d23-d94ef2de6a48/";
        let id = "01a2059f-4c1f-77da-8d58-a06c66ba5e96";
        for (address, kind) in [
            (format!("{place}sandbox/identities/{id}"), "sandbox/identities/id"),
            (
                format!("{place}production/deliveries?state=open&before={id}"),
                "production/deliveries?state=open&before",
            ),
            (format!("/portal/p/{id}/sandbox/outbox"), "bare/sandbox/outbox"),
            ("/portal/audit".to_owned(), "portal/audit"),
        ] {
            assert_eq!(kind_of(&address, place), kind);
        }
    }
}
