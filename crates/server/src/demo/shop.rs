//! The shop's back end: starts a verification for its visitor, keeps the `correlationId` to itself, asks for the result.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use ringtrue_wire::{error::ErrorBody, verify::VerifyRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Demo, client::Answer};
use crate::{
    http::{ApiError, Code, JsonBody, cookies, parts::Path},
    pages::{Shop, serve},
    state::App,
};

/// Which verification is the visitor's, signed: the shop keeps nothing.
const COOKIE: &str = "shop_session";
/// As long as a finished verification answers.
const SESSION_SECONDS: i64 = 24 * 60 * 60;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Signup {
    first_name: Option<String>,
    last_name: Option<String>,
    phone_number: Option<String>,
    device: Option<String>,
}

/// Starts a verification for the visitor.
pub(super) async fn verify(State(app): State<App>, body: JsonBody<Signup>) -> Result<Response, ApiError> {
    let demo = demo(&app)?;
    let signup = body.value;
    let request = VerifyRequest {
        possession_type: signup.device,
        phone_number: signup.phone_number,
        first_name: signup.first_name,
        last_name: signup.last_name,
        final_target_url: Some(format!("{}/shop/return", app.origin)),
        allow_otp_retry: Some(true),
        ..VerifyRequest::default()
    };
    let started = match demo.client.verify(&request).await.map_err(ringtrue_engine::Error::Bug)? {
        Answer::Good(started) => started,
        Answer::Refused(status, error) => return Ok(refused(status, &error)),
    };
    let phone =
        match demo.client.status(&started.correlation_id).await.map_err(ringtrue_engine::Error::Bug)? {
            Answer::Good(status) => status.phone_number,
            Answer::Refused(status, error) => return Ok(refused(status, &error)),
        };
    let until = app.engine.wall().as_second() + SESSION_SECONDS;
    let session =
        app.tokens.mint_visit(&started.correlation_id, until).map_err(ringtrue_engine::Error::Bug)?;
    let mut response = Json(json!({ "authToken": started.auth_token, "phoneNumber": phone })).into_response();
    let cookie = cookies::set(&format!("{COOKIE}={session}; Path=/shop/; HttpOnly; SameSite=Lax"))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Asks how the visitor's verification stands. The browser's word for it is never taken.
pub(super) async fn result(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    let demo = demo(&app)?;
    let session = cookies::read(&headers, COOKIE);
    let Some(id) = session.and_then(|session| app.tokens.visit(session, app.engine.wall().as_second()))
    else {
        return Ok(problem(StatusCode::NOT_FOUND, None, "There is no verification under way here."));
    };
    Ok(match demo.client.status(&id).await.map_err(ringtrue_engine::Error::Bug)? {
        Answer::Good(status) => Json(status).into_response(),
        Answer::Refused(status, error) => refused(status, &error),
    })
}

/// The sandbox's people, to pick from.
pub(super) async fn personas(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let project =
        app.engine.store().project(demo(&app)?.project).await.map_err(ringtrue_engine::Error::from)?;
    let project = project.ok_or_else(|| ApiError::new(Code::NotFound, "no such project"))?;
    let numbers = app.engine.handset_numbers(&project).await?;
    let list = numbers.into_iter().map(|number| {
        json!({ "phoneNumber": number.phone.expose(), "name": number.name, "outcome": number.outcome })
    });
    Ok(Json(list.collect()))
}

/// What the page has to know about its surroundings.
pub(super) async fn config(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let url = demo(&app)?.handset_url(&app).map_err(ringtrue_engine::Error::Bug)?;
    Ok(Json(json!({ "handsetUrl": url, "resendPauseSeconds": 0 })))
}

pub(super) async fn redirect() -> Redirect {
    Redirect::permanent("/shop/")
}

pub(super) async fn index(headers: HeaderMap) -> Response {
    serve::<Shop>("index.html", &headers)
}

pub(super) async fn returned(headers: HeaderMap) -> Response {
    serve::<Shop>("return.html", &headers)
}

pub(super) async fn file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve::<Shop>(&file, &headers)
}

fn demo(app: &App) -> Result<&Demo, ApiError> {
    app.demo.as_ref().ok_or_else(|| ApiError::new(Code::NotFound, "no such path"))
}

/// Shows a refusal beside the field that it names.
fn refused(status: StatusCode, error: &ErrorBody) -> Response {
    let (field, text) = error.message.split_once(": ").unzip();
    let field = field.filter(|field| matches!(*field, "phoneNumber" | "firstName" | "lastName"));
    let message = match (error.code, field, text) {
        (8007, _, _) => "This number is not one of the sandbox's people. Pick one from the list.",
        (8001, Some("phoneNumber"), _) => {
            "Enter a mobile number with its country code, such as +1 200 100 4014."
        }
        (_, Some(_), Some(text)) => text,
        _ => &error.message,
    };
    let mut words = message.chars();
    let sentence: String =
        words.next().map(|first| first.to_uppercase().chain(words).collect()).unwrap_or_default();
    problem(if status.is_success() { StatusCode::BAD_GATEWAY } else { status }, field, &sentence)
}

fn problem(status: StatusCode, field: Option<&str>, message: &str) -> Response {
    let mut error = json!({ "message": message });
    if let Some(field) = field {
        error["field"] = json!(field);
    }
    (status, Json(json!({ "error": error }))).into_response()
}
