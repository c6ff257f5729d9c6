//! Verifications: found, told as what happened, looked at in the clear.

use axum::{Json, extract::State};
use jiff::Timestamp;
use ringtrue_domain::{
    FlowId, NameMatch,
    flow::{Environment, Standing},
};
use ringtrue_engine::{
    Error, Happening, MAX_FOUND, StoryStep, Unmasked, VerificationLine, VerificationQuery, VerificationStory,
    model::Listing,
};
use ringtrue_wire::admin::{
    problem::Problem,
    verification::{
        UnmaskedResponse, VerificationPageResponse, VerificationResponse, VerificationSearchRequest,
        VerificationStep, VerificationSummary,
    },
};
use serde_json::Value;

use super::{
    convert::{METHODS, PAGE_ROWS, method, own_text, proof},
    holder::{At, Id, May, PlaceParams, needs, read},
};
use crate::{
    api::evaluation::evaluation,
    http::{ApiError, body::OptionalJsonBody},
    state::App,
};

const INSTANT: &str = "must be an instant such as 2026-03-01T12:00:00Z";

/// Verifications, newest first. A POST, because numbers in addresses are kept in logs.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/verifications/search", tag = "people", request_body = Option<VerificationSearchRequest>, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = VerificationPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn search(
    State(app): State<App>,
    _: May<needs::SeeVerifications>,
    at: At,
    OptionalJsonBody { value, .. }: OptionalJsonBody<VerificationSearchRequest>,
) -> Result<Json<VerificationPageResponse>, ApiError> {
    let page =
        app.engine.find_verifications(at.scope(), &query(value)?).await.map_err(|error| match error {
            // The engine's own name for it.
            Error::Field(error) if error.field == "number" => {
                ApiError::field("phoneNumber", "must be a number")
            }
            other => other.into(),
        })?;
    Ok(Json(VerificationPageResponse {
        verifications: page.lines.iter().map(line).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

fn query(asked: VerificationSearchRequest) -> Result<VerificationQuery, ApiError> {
    let standing = |text: &String| {
        Standing::parse(text)
            .ok_or_else(|| ApiError::field("standings", "must each be how a verification can stand"))
    };
    let known = |text: String| {
        let found = METHODS.into_iter().find(|one| method(*one) == text);
        found.ok_or_else(|| ApiError::field("possessionType", "must be desktop, mobile or none"))
    };
    let limit = asked.limit.map_or(Ok(PAGE_ROWS), |limit| {
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=MAX_FOUND).contains(limit));
        limit.ok_or_else(|| ApiError::field("limit", "must be 1 to 100"))
    });
    let from: Option<Timestamp> = read("from", INSTANT, asked.from.as_deref())?;
    Ok(VerificationQuery {
        number: asked.phone_number,
        client_customer_id: asked.client_customer_id,
        client_request_id: asked.client_request_id,
        correlation_id: read("correlationId", "must be an id", asked.correlation_id.as_deref())?,
        from,
        until: read("until", INSTANT, asked.until.as_deref())?,
        standings: asked.standings.iter().flatten().map(standing).collect::<Result<_, _>>()?,
        method: asked.possession_type.map(known).transpose()?,
        after: read("after", "must be next of the page before", asked.after.as_deref())?,
        limit: limit?,
    })
}

/// One verification as what happened, redacted.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/verifications/{id}", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`correlationId`")),
    responses((status = 200, body = VerificationResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeVerifications>,
    at: At,
    Id(id): Id<FlowId>,
) -> Result<Json<VerificationResponse>, ApiError> {
    Ok(Json(story(app.engine.verification(at.scope(), id).await?)))
}

/// Whom a verification is about, in the clear. Who looked is in the audit log.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/verifications/{id}/unmask", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`correlationId`")),
    responses((status = 200, body = UnmaskedResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn unmask(
    State(app): State<App>,
    _: May<needs::Unmask>,
    at: At,
    Id(id): Id<FlowId>,
) -> Result<Json<UnmaskedResponse>, ApiError> {
    let Unmasked { phone, name, email } = app.engine.unmask_verification(at.scope(), id).await?;
    app.engine.note_unmasking(at.by(), id).await?;
    Ok(Json(UnmaskedResponse {
        phone_number: phone.expose().to_owned(),
        first_name: name.first().to_owned(),
        last_name: name.last().to_owned(),
        email_address: email.map(|email| email.expose().to_owned()),
    }))
}

fn line(line: &VerificationLine) -> VerificationSummary {
    let environment = line.listing.scope.environment;
    VerificationSummary {
        client_customer_id: own_text(line.client_customer_id.as_ref(), environment),
        client_request_id: own_text(line.client_request_id.as_ref(), environment),
        ..summary(&line.listing, line.began_at, &line.number)
    }
}

fn summary(listing: &Listing, began_at: Timestamp, number: &str) -> VerificationSummary {
    VerificationSummary {
        correlation_id: listing.id.to_string(),
        began_at: began_at.to_string(),
        concluded_at: listing.concluded_at.map(|at| at.to_string()),
        standing: listing.standing.as_str().to_owned(),
        possession_type: method(listing.method).to_owned(),
        proof: listing.proof.map(|by| proof(by).to_owned()),
        phone_number: number.to_owned(),
        country_code: listing.country.clone(),
        client_customer_id: None,
        client_request_id: None,
        messages: listing.messages,
        segments: listing.segments,
    }
}

fn story(story: VerificationStory) -> VerificationResponse {
    let environment: Environment = story.listing.scope.environment;
    let name_match = |findings: &ringtrue_domain::Findings| match findings.name {
        NameMatch::Match => "match",
        NameMatch::Mismatch => "mismatch",
        NameMatch::Unknown => "unknown",
    };
    let findings = story.findings.as_ref();
    VerificationResponse {
        summary: VerificationSummary {
            client_customer_id: own_text(story.client_customer_id.as_ref(), environment),
            client_request_id: own_text(story.client_request_id.as_ref(), environment),
            ..summary(&story.listing, story.began_at, &story.number)
        },
        name: story.name,
        session_ends_at: story.session_ends_at.to_string(),
        kept_until: story.kept_until.to_string(),
        asked_from: story.asked_from,
        name_match: findings.map(|findings| name_match(findings).to_owned()),
        carrier: findings.and_then(|findings| findings.carrier.clone()),
        line_type: findings.and_then(|findings| Some(findings.line_type?.as_str().to_owned())),
        evaluation: evaluation(&story.evaluation),
        identity_id: story.identity.map(|id| id.to_string()),
        steps: story.steps.iter().map(step).collect(),
    }
}

fn step(step: &StoryStep) -> VerificationStep {
    let (what, detail) = match step.what {
        Happening::MessageKept { segments, .. } => ("message_kept".to_owned(), Some(segments.to_string())),
        Happening::RanOut(standing) => ("ran_out".to_owned(), Some(standing.as_str().to_owned())),
        Happening::Event(event) => told(serde_json::to_value(event).unwrap_or_default()),
    };
    VerificationStep { at: step.at.to_string(), what, detail }
}

/// An event as it is kept: its name, and its one field if it has one.
fn told(mut event: Value) -> (String, Option<String>) {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let Some(fields) = event.as_object_mut() else { return (text(event), None) };
    let what = fields.remove("event").map(text).unwrap_or_default();
    (what, std::mem::take(fields).into_iter().next().map(|(_, value)| text(value)))
}
