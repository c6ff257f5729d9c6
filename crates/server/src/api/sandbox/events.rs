//! `POST /v3/sandbox/events`: letting something become of an enrolled persona's number.

use axum::{extract::State, response::Response};
use ringtrue_domain::{
    EventId, FieldError,
    identity::{LineChange, Told},
};
use ringtrue_engine::{By, MAX_AFTER_SECONDS, SimulatedStep};
use ringtrue_wire::{
    error::ErrorBody,
    sandbox::{SandboxEventRequest, SandboxEventResponse, SandboxEventStep},
};

use crate::{
    http::{
        ApiError, Authenticated, JsonBody,
        body::MAX_BATCH_BYTES,
        idempotent::{IdempotencyHeader, IdempotencyKey, json_text, to_json},
    },
    state::App,
};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Lets something become of an identity's number, now or later on the project's sandbox clock. It takes the ordinary
/// path to the webhook.
#[utoipa::path(post, path = "/v3/sandbox/events", tag = "sandbox", request_body = SandboxEventRequest,
    security(("bearer" = [])), params(IdempotencyHeader),
    responses((status = 200, body = SandboxEventResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn simulate(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<SandboxEventRequest, MAX_BATCH_BYTES>,
) -> Result<Response, ApiError> {
    caller.sandbox_only()?;
    let key = key.with(&caller, &body.raw)?;
    let (identity_id, steps) = simulated_steps(body.value)?;
    let identity = identity_id.ok_or_else(|| ApiError::field("identityId", "is required"))?;
    let render = |events: &[EventId]| {
        let event_ids = events.iter().map(ToString::to_string).collect();
        to_json(&SandboxEventResponse { success: true, event_ids })
    };
    Ok(json_text(
        app.engine.simulate(By::Nobody, caller.0.scope(), &identity, &steps, key.as_ref(), render).await?,
    ))
}

/// Whose number something is to become of, and what.
pub(crate) fn simulated_steps(
    asked: SandboxEventRequest,
) -> Result<(Option<String>, Vec<SimulatedStep>), FieldError> {
    let (identity_id, timeline, single) = asked.into_parts();
    let steps = match timeline {
        None => vec![step(&single)?],
        Some(_) if single.event_type.is_some() => {
            return Err(FieldError::new("timeline", "must not be given besides eventType"));
        }
        Some(steps) => timeline_steps(&steps)?,
    };
    Ok((identity_id, steps))
}

fn timeline_steps(steps: &[SandboxEventStep]) -> Result<Vec<SimulatedStep>, FieldError> {
    let mut read = Vec::with_capacity(steps.len());
    for (number, one) in (1..).zip(steps) {
        read.push(step(one).map_err(|error| FieldError::new("timeline", format!("step {number}: {error}")))?);
    }
    Ok(read)
}

fn step(step: &SandboxEventStep) -> Result<SimulatedStep, FieldError> {
    let (field, after) = match (step.after_seconds, step.after_days) {
        (Some(_), Some(_)) => {
            return Err(FieldError::new("afterDays", "must not be given besides afterSeconds"));
        }
        (None, Some(days)) => ("afterDays", days.saturating_mul(DAY_SECONDS)),
        (seconds, None) => ("afterSeconds", seconds.unwrap_or(0)),
    };
    let in_time = u32::try_from(after).ok().filter(|after| *after <= MAX_AFTER_SECONDS);
    let told = Told {
        event: step.event_type.as_deref(),
        new_phone_number: step.new_phone_number.as_deref(),
        carrier: step.carrier.as_deref(),
        new_carrier: step.new_carrier.as_deref(),
        line_type: step.line_type.as_deref(),
        new_line_type: step.new_line_type.as_deref(),
    };
    Ok(SimulatedStep {
        change: LineChange::parse("eventType", told)?,
        after_seconds: in_time.ok_or_else(|| FieldError::new(field, "must be 0 to ten years"))?,
    })
}
