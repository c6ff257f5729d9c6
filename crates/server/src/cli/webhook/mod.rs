//! `ringtrue webhook`

mod show;

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{DeliveryId, ProjectId};
use ringtrue_engine::{
    By, Engine,
    model::{DeliveryQuery, DeliveryState, Expect, KeyScope, PauseReason, ReplayOf},
};
use serde_json::json;

use super::{Place, block_on, credentials::Environment, output};

pub(crate) use show::outcome as outcome_in_words;

/// Which webhook: each project has one per environment.
#[derive(Args)]
pub(super) struct Which {
    /// The project
    #[arg(long, value_name = "ID")]
    project: ProjectId,
    /// The environment
    #[arg(long)]
    environment: Environment,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Which {
    fn scope(&self) -> KeyScope {
        KeyScope { project: self.project, environment: self.environment.into() }
    }
}

/// Subcommands of `webhook`.
#[derive(Subcommand)]
pub(super) enum WebhookCommand {
    /// Save where events are posted to and send a test; the first time this makes the secret, which is shown
    Set {
        /// An https address; http for loopback hosts and in sandbox
        url: String,
        /// Send no test
        #[arg(long)]
        no_test: bool,
        #[command(flatten)]
        which: Which,
    },
    /// Send a TEST event and show what came back; the exit code is 0 only when it was taken (2xx)
    Test {
        #[command(flatten)]
        which: Which,
    },
    /// Show the webhook, how its endpoint is doing, and how many events wait
    Show {
        #[command(flatten)]
        which: Which,
    },
    /// Show the secrets that sign
    Secret {
        #[command(flatten)]
        which: Which,
    },
    /// Make a new secret; the old one signs too until the overlap is over
    Rotate {
        /// How long both sign: such as 24h, 90m, 7d; 0s to stop the old one at once. At most 30 days
        #[arg(long, default_value = "24h", value_parser = duration)]
        overlap: Duration,
        /// End an overlap that has begun: only the newest secret signs from now on
        #[arg(long, conflicts_with = "overlap")]
        finish: bool,
        #[command(flatten)]
        which: Which,
    },
    /// Send nothing until it is resumed; events are kept and wait
    Pause {
        #[command(flatten)]
        which: Which,
    },
    /// Go on where sending stopped
    Resume {
        #[command(flatten)]
        which: Which,
    },
    /// Remove the webhook; what was not delivered will not be
    Remove {
        /// Do not ask
        #[arg(long, required = true)]
        yes: bool,
        #[command(flatten)]
        which: Which,
    },
    /// List deliveries, newest first
    Deliveries {
        /// Only those in this state
        #[arg(long)]
        state: Option<State>,
        /// Only those older than this one
        #[arg(long, value_name = "ID")]
        before: Option<DeliveryId>,
        /// 1 to 100
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        which: Which,
    },
    /// Show a delivery: its events, its attempts and what was answered
    Delivery {
        /// The delivery's id, which the endpoint knows as webhook-id
        id: DeliveryId,
        #[command(flatten)]
        which: Which,
    },
    /// Send deliveries again, under their ids
    Replay {
        #[command(flatten)]
        of: Replay,
        #[command(flatten)]
        which: Which,
    },
}

/// Which deliveries are sent again.
#[derive(Args)]
#[group(id = "deliveries", required = true, multiple = true)]
pub(super) struct Replay {
    /// One delivery
    #[arg(value_name = "ID", conflicts_with_all = ["failed", "from"])]
    id: Option<DeliveryId>,
    /// All that were given up
    #[arg(long, conflicts_with = "from")]
    failed: bool,
    /// All from this instant on, delivered ones too (RFC 3339, such as 2026-11-25T08:00:00Z)
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// … and before this one [default: now]
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<Timestamp>,
}

/// How a delivery stands.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum State {
    /// It will be tried (again)
    Open,
    /// Answered with 2xx
    Delivered,
    /// Given up
    Failed,
    /// Nothing of it may be sent any more
    Empty,
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Delivered => Self::Delivered,
            State::Failed => Self::Failed,
            State::Empty => Self::Empty,
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text
        .parse()
        .or_else(|_| days(text))
        .map_err(|()| "must be a duration such as 24h, 90m or 7d".to_owned())?;
    Duration::try_from(span).map_err(|_| "must not be negative".to_owned())
}

/// Days are no part of a duration to the library, since some have 23 hours; here a day is 24.
fn days(text: &str) -> Result<SignedDuration, ()> {
    let days: i64 = text.strip_suffix('d').ok_or(())?.parse().map_err(|_| ())?;
    Ok(SignedDuration::from_hours(days.checked_mul(24).ok_or(())?))
}

impl WebhookCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            let which = self.which();
            let installation = which.place.open().await?;
            let engine = installation.engine(&which.place.config()?, "http://localhost")?;
            let done = self.carry_out(&engine).await;
            engine.store().close().await;
            done
        })
    }

    const fn which(&self) -> &Which {
        match self {
            Self::Set { which, .. }
            | Self::Test { which }
            | Self::Show { which }
            | Self::Secret { which }
            | Self::Rotate { which, .. }
            | Self::Pause { which }
            | Self::Resume { which }
            | Self::Remove { which, .. }
            | Self::Deliveries { which, .. }
            | Self::Delivery { which, .. }
            | Self::Replay { which, .. } => which,
        }
    }

    async fn carry_out(&self, engine: &std::sync::Arc<Engine>) -> anyhow::Result<ExitCode> {
        let which = self.which();
        let (scope, json) = (which.scope(), which.json);
        match self {
            Self::Set { url, no_test, .. } => {
                let is_new = engine.store().webhook(scope).await?.is_none();
                let webhook = engine.save_webhook(By::Operator, scope, url, Expect::Any).await?.webhook;
                let tested =
                    if *no_test { None } else { Some(engine.test_webhook(By::Operator, scope).await?) };
                show::saved(&webhook, is_new, tested.as_ref(), json);
            }
            Self::Test { .. } => {
                let (delivery, attempt) = engine.test_webhook(By::Operator, scope).await?;
                show::tested(&delivery, &attempt, json);
                if !attempt.outcome.is_success() {
                    return Ok(ExitCode::FAILURE);
                }
            }
            Self::Show { .. } => show::report(&engine.webhook(scope).await?, json),
            Self::Secret { .. } => show::secrets(&engine.webhook_secrets(By::Operator, scope).await?, json),
            Self::Rotate { finish: true, .. } => {
                show::secrets(&engine.finish_webhook_rotation(By::Operator, scope).await?.secrets, json);
            }
            Self::Rotate { overlap, .. } => {
                let rotated = engine.rotate_webhook_secret(By::Operator, scope, *overlap).await?;
                show::secrets(&rotated.secrets, json);
            }
            Self::Pause { .. } => {
                engine.pause_webhook(By::Operator, scope, PauseReason::Asked).await?;
                show::report(&engine.webhook(scope).await?, json);
            }
            Self::Resume { .. } => {
                engine.resume_webhook(By::Operator, scope).await?;
                show::report(&engine.webhook(scope).await?, json);
            }
            Self::Remove { .. } => {
                engine.remove_webhook(By::Operator, scope).await?;
                if json {
                    output::json(&json!({ "removed": true }));
                } else {
                    output::line("removed");
                }
            }
            Self::Deliveries { state, before, limit, .. } => {
                let query = DeliveryQuery { state: state.map(Into::into), before: *before, limit: *limit };
                show::deliveries(&engine.deliveries(scope, query).await?, json);
            }
            Self::Delivery { id, .. } => show::delivery(&engine.delivery(scope, *id).await?, json),
            Self::Replay { of, .. } => {
                let of = match (of.id, of.failed, of.from) {
                    (Some(id), ..) => ReplayOf::One(id),
                    (None, true, _) => ReplayOf::Failed,
                    (None, false, from) => {
                        let from = from.context("--from: is required")?;
                        ReplayOf::Between(from, of.until.unwrap_or(Timestamp::MAX))
                    }
                };
                show::replayed(engine.replay_deliveries(By::Operator, scope, of).await?, json);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_durations() {
        assert_eq!(duration("24h"), Ok(Duration::from_hours(24)));
        assert_eq!(duration("7d"), Ok(Duration::from_hours(168)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        for bad in ["", "x", "-1h", "9223372036854775807d"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
