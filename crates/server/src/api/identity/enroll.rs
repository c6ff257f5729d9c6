//! `POST /v3/identity` and `POST /v3/identity/batch`

use axum::{extract::State, response::Response};
use ringtrue_wire::{
    error::ErrorBody,
    identity::{EnrollBatchRequest, EnrollBatchResponse, EnrollBatchResult, EnrollRequest, EnrollResponse},
};
use serde_json::value::RawValue;

use super::convert::enrolment;
use crate::{
    http::{
        ApiError, Authenticated, JsonBody,
        body::{self, MAX_BATCH_BYTES},
        idempotent::{IdempotencyHeader, IdempotencyKey, answer_once},
    },
    state::App,
};

/// Requests of one batch at most (server API §5).
const MAX_BATCH: usize = 100;

/// Enrols a person and number for change notifications.
///
/// Whoever is enrolled with this number and `clientCustomerId` already keeps the identity, which becomes active again.
#[utoipa::path(post, path = "/v3/identity", tag = "identity", request_body = EnrollRequest, security(("bearer" = [])),
    params(IdempotencyHeader),
    responses((status = 200, body = EnrollResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn enroll(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<EnrollRequest>,
) -> Result<Response, ApiError> {
    let key = key.with(&caller, &body.raw)?;
    let request = enrolment(body.value)?;
    let answer = async {
        let id = app.engine.enrol(&caller.0, request).await?.to_string();
        Ok(EnrollResponse { success: true, identity_id: id.clone(), prove_id: id })
    };
    answer_once(&app, key.as_ref(), answer).await
}

/// Enrols 1 to 100 people and numbers at once. Each has a result of its own, in the same order.
#[utoipa::path(post, path = "/v3/identity/batch", tag = "identity", request_body = EnrollBatchRequest,
    security(("bearer" = [])),
    params(IdempotencyHeader),
    responses((status = 200, body = EnrollBatchResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn batch(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<EnrollBatchRequest, MAX_BATCH_BYTES>,
) -> Result<Response, ApiError> {
    let key = key.with(&caller, &body.raw)?;
    let (field, items) = match (body.value.items, body.value.identities) {
        (Some(_), Some(_)) => return Err(ApiError::field("identities", "must not be given besides items")),
        (None, Some(items)) => ("identities", items),
        (items, None) => ("items", items.ok_or_else(|| ApiError::field("items", "is required"))?),
    };
    if !(1..=MAX_BATCH).contains(&items.len()) {
        return Err(ApiError::field(field, "must be 1 to 100"));
    }
    answer_once(&app, key.as_ref(), enroll_all(&app, &caller, &items)).await
}

async fn enroll_all(
    app: &App,
    caller: &Authenticated,
    items: &[Box<RawValue>],
) -> Result<EnrollBatchResponse, ApiError> {
    let mut requests = Vec::with_capacity(items.len());
    let mut refusals = Vec::with_capacity(items.len());
    for item in items {
        let read = body::parse::<EnrollRequest>(item.get().as_bytes());
        match read.and_then(|request| Ok(enrolment(request)?)) {
            Ok(request) => {
                requests.push(request);
                refusals.push(None);
            }
            Err(error) => refusals.push(Some(error)),
        }
    }
    let mut enrolled = app.engine.enrol_all(&caller.0, requests).await?.into_iter();
    // Those that could be read are answered in their order, one result each.
    let results = refusals.into_iter().filter_map(|refusal| match refusal {
        Some(refusal) => Some(Err(refusal)),
        None => enrolled.next().map(|result| result.map_err(ApiError::from)),
    });
    Ok(EnrollBatchResponse { results: results.map(result).collect() })
}

fn result(enrolled: Result<ringtrue_domain::IdentityId, ApiError>) -> EnrollBatchResult {
    match enrolled {
        Ok(id) => EnrollBatchResult {
            identity_id: Some(id.to_string()),
            prove_id: Some(id.to_string()),
            error: None,
        },
        Err(error) => EnrollBatchResult { error: Some(error.body().message), ..EnrollBatchResult::default() },
    }
}
