//! Webhooks and deliveries on the terminal, and as JSON for scripts.

use jiff::Timestamp;
use ringtrue_engine::{
    DeliveryReport, Replayed, WebhookReport,
    model::{
        Attempt, Delivery, DeliveryState, NoAnswer, Outcome, PauseReason, Paused, SigningSecret, Webhook,
    },
};
use serde_json::{Value, json};

use crate::cli::output;

/// What `webhook set` shows.
pub(super) fn saved(webhook: &Webhook, is_new: bool, tested: Option<&(Delivery, Attempt)>, json: bool) {
    if json {
        let mut value = json!({ "url": webhook.url.expose(), "created": is_new });
        if is_new {
            value["secret"] = newest(webhook).into();
        }
        if let Some((delivery, attempt)) = tested {
            value["test"] = test_json(delivery, attempt);
        }
        output::json(&value);
        return;
    }
    output::line(&format!("saved    {}", webhook.url.expose()));
    if is_new {
        output::line(&format!("secret   {}", newest(webhook)));
        output::note(
            "the endpoint needs the secret to check signatures; `ringtrue webhook secret` shows it again",
        );
    }
    if let Some((_, attempt)) = tested {
        output::line(&format!("test     {}", outcome(&attempt.outcome)));
        hint(&attempt.outcome);
    }
}

/// What `webhook test` shows.
pub(super) fn tested(delivery: &Delivery, attempt: &Attempt, json: bool) {
    if json {
        output::json(&test_json(delivery, attempt));
    } else {
        output::line(&format!("{} in {} ms", outcome(&attempt.outcome), attempt.duration_ms));
        answer(&attempt.outcome);
        hint(&attempt.outcome);
    }
}

/// What `webhook replay` shows.
pub(super) fn replayed(replayed: Replayed, json: bool) {
    let Replayed { opened, paused } = replayed;
    if json {
        output::json(&json!({ "opened": opened, "paused": paused }));
        return;
    }
    output::line(&match opened {
        0 => "no delivery was opened again: none of these is closed".to_owned(),
        1 => "1 delivery was opened again".to_owned(),
        many => format!("{many} deliveries were opened again"),
    });
    if paused {
        output::note("the webhook is paused: nothing is sent until `ringtrue webhook resume`");
    } else if opened > 0 {
        output::note("the running server sends them, under the ids that they have");
    }
}

/// What `webhook show` shows.
pub(super) fn report(report: &WebhookReport, json: bool) {
    let WebhookReport { webhook, health, waiting, waiting_more, .. } = report;
    if json {
        output::json(&json!({
            "url": webhook.url.expose(),
            "createdAt": webhook.created_at.to_string(),
            "paused": webhook.paused.map(|paused| json!({ "why": reason(paused), "at": paused.at.to_string() })),
            "secrets": webhook.secrets.len(),
            "waiting": waiting,
            "waitingMore": waiting_more,
            "failures": health.failures,
            "failingSince": health.failing_since.map(text),
            "succeededAt": health.succeeded_at.map(text),
            "warnings": health.warnings,
        }));
        return;
    }
    output::line(&format!("url        {}", webhook.url.expose()));
    let state = webhook.paused.map_or_else(
        || "sends".to_owned(),
        |paused| format!("paused since {}: {}", paused.at, reason(paused)),
    );
    output::line(&format!("state      {state}"));
    output::line(&format!("secrets    {}", webhook.secrets.len()));
    let at_least = if *waiting_more { "at least " } else { "" };
    output::line(&format!("waiting    {at_least}{waiting} events"));
    output::line(&match (health.failing_since, health.succeeded_at) {
        (Some(since), _) => format!("endpoint   fails since {since}, {} attempts", health.failures),
        (None, Some(at)) => format!("endpoint   is well; last success {at}"),
        (None, None) => "endpoint   was not needed yet".to_owned(),
    });
    match (health.warnings, webhook.paused) {
        (1.., None) => output::line(&format!(
            "warnings   {} so far: if it goes on failing, it will be paused",
            health.warnings
        )),
        (1.., Some(_)) => output::line(&format!("warnings   {}, before it was paused", health.warnings)),
        (0, _) => {}
    }
}

/// What `webhook secret` and `webhook rotate` show.
pub(super) fn secrets(secrets: &[SigningSecret], json: bool) {
    if json {
        let secrets: Vec<_> = (secrets.iter())
            .map(|secret| {
                json!({
                    "secret": secret.value.expose(),
                    "createdAt": secret.created_at.to_string(),
                    "retiresAt": secret.retires_at.map(text),
                })
            })
            .collect();
        output::json(&json!({ "secrets": secrets }));
        return;
    }
    for secret in secrets {
        let until = secret.retires_at.map(|at| format!("  signs until {at}")).unwrap_or_default();
        output::line(&format!("{}{until}", secret.value.expose()));
    }
}

/// What `webhook deliveries` shows.
pub(super) fn deliveries(deliveries: &[Delivery], json: bool) {
    if json {
        output::json(&json!({ "deliveries": deliveries.iter().map(delivery_json).collect::<Vec<_>>() }));
        return;
    }
    if deliveries.is_empty() {
        output::note("no deliveries");
    }
    for delivery in deliveries {
        output::line(&summary(delivery));
    }
}

/// What `webhook delivery` shows.
pub(super) fn delivery(report: &DeliveryReport, json: bool) {
    let DeliveryReport { delivery, events, attempts } = report;
    if json {
        let mut value = delivery_json(delivery);
        value["eventIds"] = events.iter().map(|event| event.event.id.to_string()).collect();
        value["attemptList"] = attempts.iter().map(attempt_json).collect();
        output::json(&value);
        return;
    }
    output::line(&summary(delivery));
    for event in events {
        let muted = if event.muted { "  not sent: deactivated" } else { "" };
        let kind = event.event.what.event_type().as_str();
        output::line(&format!("  event    {}  {kind}  {}{muted}", event.event.id, event.event.at));
    }
    for attempt in attempts {
        let what = outcome(&attempt.outcome);
        output::line(&format!(
            "  attempt  {}  {}  {} ms  {what}",
            attempt.number, attempt.at, attempt.duration_ms
        ));
        answer(&attempt.outcome);
    }
    if let Some(last) = attempts.last() {
        hint(&last.outcome);
    }
}

fn summary(delivery: &Delivery) -> String {
    let next = match delivery.state {
        DeliveryState::Open => format!("  next {}", delivery.due_at),
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Empty => String::new(),
    };
    format!(
        "{}  {:<9}  {:<10}  {:<11}  {}{next}",
        delivery.id,
        state(delivery.state),
        counted(delivery.events(), "event"),
        counted(delivery.attempts.into(), "attempt"),
        delivery.created_at,
    )
}

/// `1 event`, `2 events`.
fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

const fn state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Open => "open",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::Empty => "empty",
    }
}

/// What came of an attempt, in words.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) => format!("answered {}", answer.status),
        Outcome::NoAnswer { detail, .. } if !detail.is_empty() => detail.clone(),
        Outcome::NoAnswer { why, .. } => match why {
            NoAnswer::Forbidden => "the address is not allowed",
            NoAnswer::Unresolved => "the host has no address",
            NoAnswer::Unconnected => "no connection",
            NoAnswer::TimedOut => "no answer in time",
            NoAnswer::Broken => "the connection broke",
        }
        .to_owned(),
    }
}

/// What an operator can do about an attempt that came to nothing.
fn hint(outcome: &Outcome) {
    if matches!(outcome, Outcome::NoAnswer { why: NoAnswer::Forbidden, .. }) {
        output::note("webhook.allow_networks of the configuration can name its network");
    }
}

/// What the endpoint said, where it said something; control characters would reach the terminal.
fn answer(outcome: &Outcome) {
    let Outcome::Answered(answer) = outcome else { return };
    for line in answer.body.expose().lines().take(20) {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        output::line(&format!("    {line}"));
    }
}

fn reason(paused: Paused) -> String {
    match paused.why {
        PauseReason::Asked => "asked for".to_owned(),
        PauseReason::Gone => "the endpoint answered 410 Gone".to_owned(),
        PauseReason::Failing { since } => format!("every attempt has failed since {since}"),
    }
}

fn newest(webhook: &Webhook) -> &str {
    webhook.secrets.last().map_or("", |secret| secret.value.expose())
}

fn delivery_json(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id.to_string(),
        "state": state(delivery.state),
        "events": delivery.events(),
        "attempts": delivery.attempts,
        "createdAt": delivery.created_at.to_string(),
        "dueAt": (delivery.state == DeliveryState::Open).then(|| delivery.due_at.to_string()),
    })
}

fn attempt_json(attempt: &Attempt) -> Value {
    let mut value = json!({
        "number": attempt.number,
        "at": attempt.at.to_string(),
        "durationMs": attempt.duration_ms,
    });
    match &attempt.outcome {
        Outcome::Answered(answer) => {
            let headers = answer.headers.iter().map(|(name, value)| (name.clone(), value.expose().into()));
            value["status"] = answer.status.into();
            value["headers"] = Value::Object(headers.collect());
            value["body"] = answer.body.expose().into();
        }
        no_answer @ Outcome::NoAnswer { .. } => value["error"] = outcome(no_answer).into(),
    }
    value
}

fn test_json(delivery: &Delivery, attempt: &Attempt) -> Value {
    let mut value = attempt_json(attempt);
    value["delivered"] = (delivery.state == DeliveryState::Delivered).into();
    value
}

fn text(at: Timestamp) -> String {
    at.to_string()
}
