//! `POST /v3/verify`

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::{
    FieldError, PersonName, TargetUrl,
    flow::{Environment, Flow, PossessionType, View},
    sms::{Slot, SmsTemplate},
    text::EmailAddress,
};
use ringtrue_engine::{StartVerification, Started};
use ringtrue_wire::{
    error::ErrorBody,
    verify::{VerifyRequest, VerifyResponse},
};

use super::{
    caller_text,
    evaluation::{evaluation, outcome, verdict},
};
use crate::{
    http::{
        ApiError, Authenticated, JsonBody,
        idempotent::{IdempotencyHeader, IdempotencyKey, json_text, to_json},
    },
    state::App,
};

/// Starts a verification.
///
/// The answer's `authToken` goes to the client SDK on the person's device; `correlationId` stays with the back end.
#[utoipa::path(post, path = "/v3/verify", tag = "server", request_body = VerifyRequest, security(("bearer" = [])),
    params(IdempotencyHeader),
    responses((status = 200, body = VerifyResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn verify(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<VerifyRequest>,
) -> Result<Response, ApiError> {
    let key = key.with(&caller, &body.raw)?;
    let request = parse(body.value, caller.0.environment)?;
    match app.engine.start(&caller.0, request, key.as_ref()).await? {
        Started::Answer(first) => Ok(json_text(first)),
        Started::Flow { flow, view } => {
            let answer = answer(&app, &flow, &view)?;
            let Some(key) = key else { return Ok(axum::Json(answer).into_response()) };
            let text = to_json(&answer);
            app.engine.remember_answer(&key, text.clone()).await?;
            Ok(json_text(text))
        }
    }
}

fn answer(app: &App, flow: &Flow, view: &View) -> Result<VerifyResponse, ApiError> {
    let token = flow.needs_device().then(|| app.tokens.mint(flow)).transpose();
    Ok(VerifyResponse {
        success: verdict(view.verdict).to_owned(),
        correlation_id: flow.id().to_string(),
        auth_token: token.map_err(ringtrue_engine::Error::Bug)?,
        possession_result: outcome(view.possession).to_owned(),
        verify_result: outcome(view.ownership).to_owned(),
        evaluation: evaluation(&view.evaluation),
    })
}

/// From the contract's strings to values that carry their rules.
fn parse(request: VerifyRequest, environment: Environment) -> Result<StartVerification, FieldError> {
    let required = |field: &'static str, value: Option<String>| {
        value.ok_or_else(|| FieldError::new(field, "is required"))
    };
    let possession = match required("possessionType", request.possession_type)?.as_str() {
        "desktop" => PossessionType::Desktop,
        "mobile" => PossessionType::Mobile,
        "none" => PossessionType::None,
        _ => return Err(FieldError::new("possessionType", "must be desktop, mobile or none")),
    };
    let phone = required("phoneNumber", request.phone_number)?;
    let first = required("firstName", request.first_name)?;
    let last = required("lastName", request.last_name)?;
    let sandbox = environment == Environment::Sandbox;
    let target_url = request.final_target_url.map(|url| TargetUrl::parse(&url, sandbox)).transpose()?;
    if possession == PossessionType::Desktop && target_url.is_none() {
        return Err(FieldError::new("finalTargetUrl", "is required for possessionType desktop"));
    }
    let slot = if possession == PossessionType::Desktop { Slot::Link } else { Slot::Code };
    Ok(StartVerification {
        possession,
        phone,
        name: PersonName::parse(&first, &last)?,
        target_url,
        message: request.sms_message.map(|text| SmsTemplate::parse(&text, slot)).transpose()?,
        email: request.email_address.map(|text| EmailAddress::parse("emailAddress", &text)).transpose()?,
        client_customer_id: caller_text("clientCustomerId", request.client_customer_id)?,
        client_request_id: caller_text("clientRequestId", request.client_request_id)?,
        allow_otp_retry: request.allow_otp_retry.unwrap_or(false),
    })
}
