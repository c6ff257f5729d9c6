//! Where events go: the address, its test, its secrets, and pauses.

use std::time::Duration;

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_engine::{
    WebhookReport,
    model::{Attempt, Expect, NoAnswer, Outcome, PauseReason, Paused, SigningSecret},
};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::{Looks, Moment},
    page,
    parts::{Copyable, counted},
    session::Permission,
};
use crate::{cli::outcome_in_words, state::App};

#[derive(Template)]
#[template(path = "portal/webhook.html")]
struct WebhookPage {
    shell: Shell,
    path: String,
    deliveries: String,
    may_manage: bool,
    url: String,
    standing: Option<Standing>,
    problem: Option<Problem>,
}

/// How a webhook that is set stands.
pub(super) struct Standing {
    pub(super) origin: String,
    pub(super) paused: Option<(Moment, String)>,
    rotating: bool,
    pub(super) waiting: String,
    pub(super) failing: Option<(Moment, String)>,
    pub(super) succeeded: Option<Moment>,
    pub(super) warnings: u32,
}

impl Standing {
    pub(super) fn of(report: &WebhookReport, looks: &Looks) -> Self {
        let WebhookReport { webhook, health, waiting, waiting_more, .. } = report;
        let at_least = if *waiting_more { "at least " } else { "" };
        let failures = counted(health.failures.into(), "attempt");
        Self {
            origin: webhook.url.origin(),
            paused: webhook.paused.map(|paused| (looks.moment(paused.at), reason(paused))),
            rotating: webhook.secrets.len() > 1,
            waiting: format!("{at_least}{}", counted(*waiting, "event")),
            failing: health.failing_since.map(|since| (looks.moment(since), failures)),
            succeeded: health.succeeded_at.map(|at| looks.moment(at)),
            warnings: health.warnings,
        }
    }
}

fn reason(paused: Paused) -> String {
    match paused.why {
        PauseReason::Asked => "somebody of your team wanted it",
        PauseReason::Gone => "the endpoint answered 410 Gone",
        PauseReason::Failing { .. } => "no attempt succeeded any more",
    }
    .to_owned()
}

/// How it stands.
pub(super) async fn show(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    drawn(&app, &place, None, None).await
}

/// The webhook of an environment and how it is doing, if there is one.
pub(super) async fn known(app: &App, place: &Place) -> Result<Option<WebhookReport>, PageError> {
    Ok(match app.engine.store().webhook(place.scope()).await? {
        Some(_) => Some(app.engine.webhook(place.scope()).await?),
        None => None,
    })
}

async fn drawn(
    app: &App,
    place: &Place,
    typed: Option<String>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let known = known(app, place).await?;
    let may_manage = place.may(Permission::ManageWebhooks);
    // Callers put tokens into paths and queries: whoever may not set the address sees its host only.
    let kept = known.as_ref().filter(|_| may_manage).map(|known| known.webhook.url.expose().to_owned());
    let wrong = problem.is_some();
    let page = WebhookPage {
        shell: place.shell(Section::Webhook),
        path: place.path("webhook"),
        deliveries: place.path("deliveries"),
        may_manage,
        url: typed.or(kept).unwrap_or_default(),
        standing: known.as_ref().map(|known| Standing::of(known, &place.desk.looks)),
        problem,
    };
    form_page(&page, wrong)
}

#[derive(Deserialize)]
pub(super) struct Address {
    url: String,
}

impl Form for Address {
    const NEEDS: Permission = Permission::ManageWebhooks;
}

/// *Save and Test*.
pub(super) async fn save(
    State(app): State<App>,
    place: Place,
    Posted(Address { url }): Posted<Address>,
) -> Result<Response, PageError> {
    match mistake(app.engine.save_webhook(place.by(), place.scope(), &url, Expect::Any).await)? {
        Ok(_) => test(&app, &place, "The address was saved. ").await,
        Err(problem) => drawn(&app, &place, Some(url), Some(problem)).await,
    }
}

async fn test(app: &App, place: &Place, before: &str) -> Result<Response, PageError> {
    let (delivery, attempt) = app.engine.test_webhook(place.by(), place.scope()).await?;
    let Attempt { duration_ms, outcome, .. } = attempt;
    let words = outcome_in_words(&outcome);
    let (to, flash) = if outcome.is_success() {
        let text = format!("{before}The test event was taken: {words} in {duration_ms} ms.");
        (place.path("webhook"), Flash::good(text))
    } else {
        let hint = hint(&outcome);
        let text = format!("{before}The test event was not taken: {words} after {duration_ms} ms. {hint}");
        (place.path(&format!("deliveries/{}", delivery.id)), Flash::bad(text))
    };
    go(&to, &flash)
}

/// What can be done about an attempt that came to nothing.
pub(super) fn hint(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(answer) => match answer.status {
            200..=299 => "",
            300..=399 => "Redirects are not followed: save the address that it leads to.",
            401 | 403 => "The endpoint refuses: check that it verifies with this webhook’s secret.",
            404 | 405 => "Nothing takes POST there: check the path.",
            410 => "410 Gone pauses a webhook: answer something else if events are still wanted.",
            _ => "The endpoint’s own log says more.",
        },
        Outcome::NoAnswer { why, .. } => match why {
            NoAnswer::Forbidden => {
                "The address belongs to a network that nothing may be sent to; webhook.allow_networks of the \
                 configuration can name it."
            }
            NoAnswer::Unresolved => {
                "Check the spelling of the host, and that its name can be looked up from here."
            }
            NoAnswer::Unconnected => "Check that something listens there, and its certificate.",
            NoAnswer::TimedOut => "Answer first and do slow work afterwards: there are ten seconds.",
            NoAnswer::Broken => "The connection ended before the answer was complete.",
        },
    }
}

/// What a button of the page does.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Test,
    Rotate,
    Finish,
    Pause,
    Resume,
    Remove,
}

#[derive(Deserialize)]
pub(super) struct Change {
    deed: Deed,
    /// Hours for which both secrets sign.
    #[serde(default)]
    overlap_hours: Option<u64>,
}

impl Form for Change {
    const NEEDS: Permission = Permission::ManageWebhooks;
}

/// Does what a button says.
pub(super) async fn change(
    State(app): State<App>,
    place: Place,
    Posted(Change { deed, overlap_hours }): Posted<Change>,
) -> Result<Response, PageError> {
    const DEFAULT_OVERLAP_HOURS: u64 = 24;
    let (engine, by, scope) = (&app.engine, place.by(), place.scope());
    let overlap = Duration::from_secs(overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS).saturating_mul(3600));
    let (done, text) = match deed {
        Deed::Test => return test(&app, &place, "").await,
        Deed::Rotate if overlap.is_zero() => (
            engine.rotate_webhook_secret(by, scope, overlap).await.map(drop),
            "There is a new secret, and the old one signs no more.",
        ),
        Deed::Rotate => (
            engine.rotate_webhook_secret(by, scope, overlap).await.map(drop),
            "There is a new secret. Both sign until the overlap ends: give your endpoint the new one, then finish.",
        ),
        Deed::Finish => (
            engine.finish_webhook_rotation(by, scope).await.map(drop),
            "The rotation is finished: only the new secret signs.",
        ),
        Deed::Pause => (
            engine.pause_webhook(by, scope, PauseReason::Asked).await.map(drop),
            "Nothing is sent until you resume. Events are kept, and wait.",
        ),
        Deed::Resume => {
            (engine.resume_webhook(by, scope).await.map(drop), "Sending goes on where it stopped.")
        }
        Deed::Remove => (
            engine.remove_webhook(by, scope).await,
            "The webhook was removed. Events can still be fetched with GET /v3/events.",
        ),
    };
    let flash = match mistake(done)? {
        Ok(()) => Flash::good(text),
        Err(problem) => Flash::bad(problem.text),
    };
    go(&place.path("webhook"), &flash)
}

#[derive(Template)]
#[template(path = "portal/webhook_secrets.html")]
struct SecretsPage {
    shell: Shell,
    secrets: Vec<SecretRow>,
}

struct SecretRow {
    value: Copyable,
    created: Moment,
    retires: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct Reveal {}

impl Form for Reveal {
    const NEEDS: Permission = Permission::ManageWebhooks;
}

/// Shows the secrets. A form, so that no link and no other site brings them onto a screen.
pub(super) async fn secrets(
    State(app): State<App>,
    place: Place,
    Posted(Reveal {}): Posted<Reveal>,
) -> Result<Response, PageError> {
    let looks = &place.desk.looks;
    let secrets = app.engine.webhook_secrets(place.by(), place.scope()).await?;
    let row = |secret: &SigningSecret| SecretRow {
        value: Copyable::new(secret.value.expose(), "secret"),
        created: looks.moment(secret.created_at),
        retires: secret.retires_at.map(|at| looks.moment(at)),
    };
    page(&SecretsPage {
        shell: place.below(Section::Webhook, "Secrets"),
        secrets: secrets.iter().rev().map(row).collect(),
    })
}
