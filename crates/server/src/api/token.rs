//! `POST /token`: client credentials (RFC 6749 §4.4), as a form or as JSON, the client in the body or in HTTP Basic.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ringtrue_wire::{
    error::ErrorBody,
    token::{TokenRequest, TokenResponse},
};

use crate::{
    console::Noted,
    http::{ApiError, Code, body},
    state::App,
};

/// Gives an access token to a back end.
#[utoipa::path(post, path = "/token", tag = "server",
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json"))),
    responses((status = 200, body = TokenResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn token(State(app): State<App>, request: Request) -> Response {
    let by_header = request.headers().contains_key(header::AUTHORIZATION);
    match issue(&app, request).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let name = match error.code() {
                Code::Unauthorized => "invalid_client",
                Code::Forbidden => "unsupported_grant_type",
                Code::Unavailable | Code::TooMany => "temporarily_unavailable",
                Code::Bug => "server_error",
                _ => "invalid_request",
            };
            // An unsupported grant is a bad request to the contract; RFC 6749 only names it.
            let error = if error.code() == Code::Forbidden {
                ApiError::field("grant_type", "must be client_credentials")
            } else {
                error
            };
            let message = error.body().message;
            let body =
                ErrorBody { error: Some(name.to_owned()), error_description: Some(message), ..error.body() };
            let mut response = error.respond(body);
            response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
            if by_header && error.code() == Code::Unauthorized {
                // The challenge matches the scheme that the client is to use here (RFC 6749 §5.2).
                let basic = HeaderValue::from_static("Basic realm=\"token\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
            }
            response
        }
    }
}

async fn issue(app: &App, request: Request) -> Result<TokenResponse, ApiError> {
    let (parts, content) = request.into_parts();
    let raw = body::read(content, body::MAX_BODY_BYTES).await?;
    if let Some(noted) = Noted::of(app, &parts.extensions)
        && let Some(id) = named_client(&parts.headers, &raw)
    {
        noted.is_of_client(app, &id).await;
    }
    let mut asked: TokenRequest = if is_json(&parts.headers) { body::parse(&raw)? } else { form(&raw)? };
    if let Some((id, secret)) = basic(&parts.headers)? {
        if asked.client_id.as_ref().is_some_and(|other| *other != id) {
            return Err(ApiError::field("client_id", "must be the one of the Authorization header"));
        }
        (asked.client_id, asked.client_secret) = (Some(id), Some(secret));
    }
    match asked.grant_type.as_deref() {
        Some("client_credentials") => {}
        None | Some("") => return Err(ApiError::field("grant_type", "is required")),
        Some(_) => return Err(ApiError::new(Code::Forbidden, "grant_type")),
    }
    let id = asked
        .client_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| ApiError::field("client_id", "is required"))?;
    let secret = (asked.client_secret.filter(|secret| !secret.is_empty()))
        .ok_or_else(|| ApiError::field("client_secret", "is required"))?;
    let issued = app.engine.issue_token(&id, &secret).await.map_err(|error| match error {
        ringtrue_engine::Error::Unauthorized => {
            ApiError::new(Code::Unauthorized, "client_id and client_secret do not name a credential")
        }
        other => other.into(),
    })?;
    Ok(TokenResponse {
        access_token: issued.token.expose().to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in: issued.expires_in_seconds,
    })
}

/// The client id of a request, also of one that will be refused, such as JSON that says it is a form.
fn named_client(headers: &HeaderMap, raw: &[u8]) -> Option<String> {
    if let Ok(Some((id, _))) = basic(headers) {
        return Some(id);
    }
    let of_form = form(raw).ok().and_then(|asked| asked.client_id);
    of_form.or_else(|| body::parse::<TokenRequest>(raw).ok()?.client_id)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a form. A parameter that comes twice is refused (RFC 6749 §3.2), unknown ones are ignored.
fn form(raw: &[u8]) -> Result<TokenRequest, ApiError> {
    let mut request = TokenRequest::default();
    for (name, value) in url::form_urlencoded::parse(raw) {
        let (name, field) = match &*name {
            "grant_type" => ("grant_type", &mut request.grant_type),
            "client_id" => ("client_id", &mut request.client_id),
            "client_secret" => ("client_secret", &mut request.client_secret),
            _ => continue,
        };
        if field.replace(value.into_owned()).is_some() {
            return Err(ApiError::field(name, "must not be given twice"));
        }
    }
    Ok(request)
}

/// The client of HTTP Basic; both parts are form-encoded (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let wrong = || ApiError::new(Code::Unauthorized, "Authorization: is not valid HTTP Basic");
    let (scheme, encoded) = value.to_str().map_err(|_| wrong())?.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(wrong());
    }
    let text = STANDARD
        .decode(encoded.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(wrong)?;
    let (id, secret) = text.split_once(':').ok_or_else(wrong)?;
    let decode = |part: &str| {
        let pair = format!("x={part}");
        url::form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    Ok(Some((decode(id), decode(secret))))
}
