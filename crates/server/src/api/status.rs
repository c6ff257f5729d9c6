//! `POST /v3/verify-status`

use axum::{extract::State, response::Response};
use ringtrue_domain::{flow::Verdict, text::CallerText};
use ringtrue_wire::{
    error::ErrorBody,
    verify::{VerifyStatusRequest, VerifyStatusResponse},
};

use super::evaluation::{evaluation, outcome, verdict};
use crate::{
    http::{
        ApiError, Authenticated, JsonBody,
        idempotent::{IdempotencyHeader, IdempotencyKey, answer_once},
    },
    state::App,
};

/// Says how a verification stands. Asking again gives the same answer until the session is purged.
#[utoipa::path(post, path = "/v3/verify-status", tag = "server", request_body = VerifyStatusRequest,
    security(("bearer" = [])), params(IdempotencyHeader),
    responses((status = 200, body = VerifyStatusResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn status(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<VerifyStatusRequest>,
) -> Result<Response, ApiError> {
    let key = key.with(&caller, &body.raw)?;
    let asked = body.value;
    let id = asked.correlation_id.ok_or_else(|| ApiError::field("correlationId", "is required"))?;
    if let Some(text) = asked.client_request_id {
        CallerText::parse("clientRequestId", &text)?;
    }
    let answer = async {
        let answer = app.engine.status(&caller.0, &id).await?;
        Ok(VerifyStatusResponse {
            success: verdict(answer.view.verdict).to_owned(),
            correlation_id: answer.id.to_string(),
            possession_result: outcome(answer.view.possession).to_owned(),
            verify_result: outcome(answer.view.ownership).to_owned(),
            identity_id: match answer.view.verdict {
                Verdict::True(identity) => Some(identity.to_string()),
                Verdict::False | Verdict::Pending => None,
            },
            phone_number: answer.view.phone.expose().to_owned(),
            evaluation: evaluation(&answer.view.evaluation),
        })
    };
    answer_once(&app, key.as_ref(), answer).await
}
