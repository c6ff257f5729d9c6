//! Errors as problem documents (RFC 9457). Handlers and what reads requests speak of the same errors as the other APIs; they
//! become documents in one place, on their way out.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use ringtrue_wire::admin::problem::Problem;

use crate::http::{Code, error::Refusal, idempotent::to_json};

const TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Tells a refusal as a problem document; its headers stay.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(Refusal { code, message, field }) = response.extensions_mut().remove() else { return response };
    let (kind, title) = words(code);
    let status = match code {
        // What is not there is 404 here, whatever it is.
        Code::UnknownFlow => StatusCode::NOT_FOUND,
        _ => response.status(),
    };
    let problem = Problem {
        kind: format!("urn:ringtrue:problem:{kind}"),
        title: title.to_owned(),
        status: status.as_u16(),
        detail: message,
        field: field.map(str::to_owned),
    };
    let (mut parts, _) = response.into_parts();
    parts.status = status;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, TYPE);
    (parts, to_json(&problem)).into_response()
}

/// The end of the problem's type, and its title.
const fn words(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::Bug => ("bug", "Our mistake"),
        Code::Invalid => ("invalid", "A field is missing or invalid"),
        Code::TooLarge => ("too-large", "The body is too large"),
        Code::WrongType => ("wrong-type", "The body is of a type that is not taken"),
        Code::Unauthorized | Code::BadSignature => ("unauthorized", "No good access key"),
        Code::Forbidden => ("not-permitted", "The role of the access key does not permit it"),
        Code::NoPersona => ("no-persona", "No sandbox persona has this number"),
        Code::UnknownFlow | Code::UnknownIdentity | Code::NotFound => ("not-found", "There is no such thing"),
        Code::WrongMethod => ("wrong-method", "The path has no such method"),
        Code::Stale => ("stale", "Somebody else has changed it"),
        Code::TooMany => ("too-many-requests", "Too many requests"),
        Code::Unavailable => ("unavailable", "Not available at the moment"),
    }
}
