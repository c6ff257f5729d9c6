//! Silent network authentication: `mobile/instant/*` (device API §7), and the sandbox's operator.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::NetworkStart as Began;
use ringtrue_wire::{
    device::{Envelope, NetworkFinish, NetworkStart},
    error::ErrorBody,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    call::FromDevice,
    envelope::{Place, envelope, next},
};
use crate::{
    http::{ApiError, Code, body::OptionalJsonBody, parts::Query},
    state::App,
};

/// Begins silent network authentication.
#[utoipa::path(post, path = "/v1/client/mobile/instant/start", tag = "device", request_body = NetworkStart,
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn start(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    _body: OptionalJsonBody<NetworkStart>,
) -> Result<Json<Envelope>, ApiError> {
    Ok(Json(match app.engine.start_network(call).await? {
        Began::Fetch(url) => {
            Envelope { data: Some(json!({ "redirectUrl": url.expose() })), ..next("mobile/instant") }
        }
        Began::Answer(answer) => envelope(answer.reply, Place::Start { waits: false }),
    }))
}

/// Takes what the phone's fetch brought.
#[utoipa::path(post, path = "/v1/client/mobile/instant/finish", tag = "device", request_body = NetworkFinish,
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn finish(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    OptionalJsonBody { value: body, .. }: OptionalJsonBody<NetworkFinish>,
) -> Result<Json<Envelope>, ApiError> {
    let answer = app.engine.finish_network(call, Clear::new(body.vfp.unwrap_or_default())).await?;
    Ok(Json(envelope(answer.reply, Place::Start { waits: false })))
}

#[derive(Deserialize)]
pub(crate) struct OperatorQuery {
    handle: Option<String>,
    /// `f` when it was fetched; an image otherwise.
    r: Option<String>,
}

/// The sandbox's mobile operator: the phone shows itself here over its own connection.
pub(crate) async fn sandbox_operator(
    State(app): State<App>,
    Query(query): Query<OperatorQuery>,
) -> Result<Response, ApiError> {
    /// The smallest image that browsers decode.
    const IMAGE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
    let handle = Clear::new(query.handle.unwrap_or_default());
    if !app.engine.reach_sandbox_network(&handle).await? {
        return Err(ApiError::new(Code::NotFound, "no check goes by this handle"));
    }
    if query.r.as_deref() == Some("f") {
        return Ok(Json(json!({ "vfp": handle.expose() })).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((StatusCode::OK, headers, IMAGE).into_response())
}
