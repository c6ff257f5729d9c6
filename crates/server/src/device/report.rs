//! Error reports of the client SDK (device API §12). Their texts are for logs and are never parsed.

use axum::{Json, extract::State};
use ringtrue_domain::flow::ReportedStep;
use ringtrue_wire::{
    device::{Envelope, ErrorReport},
    error::ErrorBody,
};

use super::{
    call::FromDevice,
    envelope::{Place, envelope},
};
use crate::{
    http::{ApiError, Code, body::OptionalJsonBody, parts::Path},
    state::App,
};

/// "An authenticator's completion is missing": our SDK says so when the person gave up.
const GAVE_UP: i64 = 10004;

/// Takes a report and says how to go on.
#[utoipa::path(post, path = "/v1/client/{group}/{step}/error", tag = "device", request_body = ErrorReport,
    params(("group" = String, Path, example = "mobile"), ("step" = String, Path, example = "otp")),
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn report(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    Path((group, step)): Path<(String, String)>,
    OptionalJsonBody { value: body, .. }: OptionalJsonBody<ErrorReport>,
) -> Result<Json<Envelope>, ApiError> {
    let step = match (group.as_str(), step.as_str()) {
        ("mobile", "otp") => ReportedStep::Code,
        ("mobile", "instantlink") => ReportedStep::Link,
        ("mobile", "instant") => ReportedStep::Network,
        ("device", "passive" | "fido2" | "universal") | ("user", "ppb" | "docv" | "mobileactive") => {
            ReportedStep::Other
        }
        _ => return Err(ApiError::new(Code::NotFound, "no such path")),
    };
    let code = body.code.unwrap_or_default();
    tracing::info!(device.step = ?step, device.code = code, "device reported an error");
    let answer = app.engine.report(call, step, code == GAVE_UP).await?;
    Ok(Json(envelope(answer.reply, Place::Report)))
}
