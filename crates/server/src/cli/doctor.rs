//! `ringtrue doctor`: what is in place, what is missing, and what to do about it.

use std::{os::unix::fs::PermissionsExt as _, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{Place, output};
use crate::{
    config::{Config, MonitorKind, SmsKind, StoreKind},
    feed::folder,
};

/// Options of `doctor`.
#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Warning,
    Bad,
}

struct Finding {
    name: &'static str,
    verdict: Verdict,
    text: String,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let findings = runtime.block_on(self.examine());
        if self.json {
            let list: Vec<_> = (findings.iter())
                .map(|finding| json!({ "check": finding.name, "result": word(finding.verdict), "text": finding.text }))
                .collect();
            output::json(&json!({ "checks": list }));
        } else {
            for finding in &findings {
                output::line(&format!("{:<8} {:<14} {}", word(finding.verdict), finding.name, finding.text));
            }
        }
        let bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
        Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn examine(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let config = self.place.config();
        match &config {
            Ok(_) => good(&mut findings, "configuration", "is fine".to_owned()),
            Err(error) => bad(&mut findings, "configuration", error),
        }
        if let Ok(config) = &config {
            origin(&mut findings, config);
            connectors(&mut findings, config);
            feeds(&mut findings, config);
        }
        let shared = config.as_ref().is_ok_and(|config| matches!(config.store, StoreKind::Postgres(_)));
        let here = self.place.data.join("keys.json").exists();
        if here {
            directory(&mut findings, &self.place.data);
        }
        if config.is_err() {
            // It says where the database is.
        } else if here || shared {
            self.database(&mut findings).await;
        } else {
            findings.push(Finding {
                name: "data",
                verdict: Verdict::Warning,
                text: format!("{} is empty: `ringtrue serve` will set it up", self.place.data.display()),
            });
        }
        findings
    }

    async fn database(&self, findings: &mut Vec<Finding>) {
        let opened = async {
            let installation = self.place.open().await?;
            installation.store.ping().await.context("the database does not answer")?;
            let projects = installation.store.projects().await.context("projects cannot be read")?.len();
            let jobs = installation.store.jobs_open().await.context("jobs cannot be read")?;
            installation.store.close().await;
            anyhow::Ok((projects, jobs))
        };
        match opened.await {
            Ok((0, _)) => findings.push(Finding {
                name: "database",
                verdict: Verdict::Warning,
                text: "answers, and has no project yet: `ringtrue project create NAME`".to_owned(),
            }),
            Ok((projects, jobs)) => {
                good(findings, "database", format!("answers; {projects} projects, {jobs} jobs waiting"));
            }
            Err(error) => bad(findings, "database", &error),
        }
    }
}

fn origin(findings: &mut Vec<Finding>, config: &Config) {
    match &config.server.public_origin {
        Some(origin) if origin.starts_with("https:") => good(findings, "public origin", origin.clone()),
        Some(origin) => findings.push(Finding {
            name: "public origin",
            verdict: Verdict::Warning,
            text: format!("{origin} is not https: codes and links travel in the open"),
        }),
        None => findings.push(Finding {
            name: "public origin",
            verdict: Verdict::Warning,
            text: "not set: only this machine can use the server; set server.public_origin".to_owned(),
        }),
    }
}

fn connectors(findings: &mut Vec<Finding>, config: &Config) {
    match config.sms.kind {
        SmsKind::Log => findings.push(Finding {
            name: "messages",
            verdict: Verdict::Warning,
            text: "production sends none (kind = \"log\"); set sms.kind to http or twilio".to_owned(),
        }),
        SmsKind::Http => good(findings, "messages", "by the gateway of sms.http".to_owned()),
        SmsKind::Twilio => good(findings, "messages", "by Twilio".to_owned()),
    }
    good(findings, "identity", "by the registry of `ringtrue subscribers import`".to_owned());
    // Not tried: each question costs, and tells somebody a number.
    match config.monitor.kind {
        MonitorKind::None => good(findings, "monitor", "no source is polled".to_owned()),
        MonitorKind::Http => {
            good(findings, "monitor", format!("the gateway of monitor.http: {}", config.monitor.pace_text()));
        }
    }
}

fn feeds(findings: &mut Vec<Finding>, config: &Config) {
    for feed in &config.feed {
        let name = &feed.name;
        let posted = feed.secret.is_some().then(|| format!("posted to /feed/{name}"));
        let dropped =
            feed.directory.as_ref().map(|directory| format!("dropped into {}", directory.display()));
        let ways: Vec<String> = posted.into_iter().chain(dropped).collect();
        match feed.directory.as_deref().map(folder::try_out) {
            Some(Err(error)) => bad(findings, "feed", &error.context(format!("{name}: its directory"))),
            Some(Ok(())) | None if !ways.is_empty() => {
                good(findings, "feed", format!("{name}: files are {}", ways.join(", or ")));
            }
            Some(Ok(())) | None => findings.push(Finding {
                name: "feed",
                verdict: Verdict::Warning,
                text: format!(
                    "{name}: has neither secret nor directory: only `ringtrue feed take` takes files"
                ),
            }),
        }
    }
}

fn directory(findings: &mut Vec<Finding>, directory: &std::path::Path) {
    let open: Vec<String> = ["keys.json", "ringtrue.db"]
        .iter()
        .filter(|name| {
            std::fs::metadata(directory.join(name)).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
        })
        .map(|name| (*name).to_owned())
        .collect();
    if open.is_empty() {
        good(findings, "data", format!("{} is readable by its owner only", directory.display()));
    } else {
        let text = format!("others can read {} in {}: chmod 600", open.join(" and "), directory.display());
        findings.push(Finding { name: "data", verdict: Verdict::Bad, text });
    }
}

fn good(findings: &mut Vec<Finding>, name: &'static str, text: String) {
    findings.push(Finding { name, verdict: Verdict::Good, text });
}

fn bad(findings: &mut Vec<Finding>, name: &'static str, error: &anyhow::Error) {
    findings.push(Finding { name, verdict: Verdict::Bad, text: format!("{error:#}") });
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "ok",
        Verdict::Warning => "note",
        Verdict::Bad => "problem",
    }
}
