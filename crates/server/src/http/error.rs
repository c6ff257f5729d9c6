//! Errors on the wire: one exhaustive match from what went wrong to status, code and text (server API §1).

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use ringtrue_domain::FieldError;
use ringtrue_engine::Error;
use ringtrue_wire::error::ErrorBody;

use super::rate_limit::Allowance;

/// The contract's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Our fault.
    Bug,
    /// Malformed JSON, body too large, a field missing or invalid.
    Invalid,
    /// No token, a bad, expired or revoked token, wrong client credentials.
    Unauthorized,
    /// A file of a feed that its sender has not signed.
    BadSignature,
    /// A call out of order, not permitted to these credentials, or from a page that the project does not allow.
    Forbidden,
    /// Sandbox: no persona has this number.
    NoPersona,
    /// Unknown, expired or foreign `correlationId`.
    UnknownFlow,
    /// No such identity, or a foreign one.
    UnknownIdentity,
    /// No such path.
    NotFound,
    /// Wrong method.
    WrongMethod,
    /// Body over the limit.
    TooLarge,
    /// A body of a type that is not taken.
    WrongType,
    /// Somebody else has changed it since it was read.
    Stale,
    /// Rate limit.
    TooMany,
    /// Overloaded or a dependency is down.
    Unavailable,
}

impl Code {
    /// Those of the server API, for the reference page.
    pub(crate) const ALL: [Self; 14] = [
        Self::Bug,
        Self::Invalid,
        Self::TooLarge,
        Self::WrongType,
        Self::Unauthorized,
        Self::BadSignature,
        Self::Forbidden,
        Self::NoPersona,
        Self::UnknownFlow,
        Self::UnknownIdentity,
        Self::NotFound,
        Self::WrongMethod,
        Self::TooMany,
        Self::Unavailable,
    ];

    /// The HTTP status and the number in the body.
    pub(crate) const fn wire(self) -> (StatusCode, u16) {
        match self {
            Self::Bug => (StatusCode::INTERNAL_SERVER_ERROR, 8000),
            Self::Invalid => (StatusCode::BAD_REQUEST, 8001),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 8001),
            Self::WrongType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, 8001),
            Self::Unauthorized | Self::BadSignature => (StatusCode::UNAUTHORIZED, 8002),
            Self::Forbidden => (StatusCode::FORBIDDEN, 8003),
            Self::NoPersona => (StatusCode::BAD_REQUEST, 8007),
            Self::UnknownFlow => (StatusCode::BAD_REQUEST, 8008),
            Self::UnknownIdentity => (StatusCode::NOT_FOUND, 8011),
            Self::NotFound => (StatusCode::NOT_FOUND, 8404),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, 8405),
            Self::Stale => (StatusCode::PRECONDITION_FAILED, 8412),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, 8429),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, 8503),
        }
    }

    /// What it means, for the reference page.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Bug => "our fault; the log has the cause under the request id",
            Self::Invalid => {
                "malformed JSON, or a field missing or invalid; the message names the field and the rule"
            }
            Self::TooLarge => {
                "the body is over the limit: 4 KiB, 1 MiB for batches, 32 MiB for files of a feed"
            }
            Self::WrongType => "a feed's file is neither CSV nor JSON lines, by its Content-Type",
            Self::Unauthorized => "no token, a bad, expired or revoked token, or wrong client credentials",
            Self::BadSignature => "a feed's file is not signed, or too long ago, or by somebody else",
            Self::Forbidden => {
                "a call out of order, not permitted to these credentials, or from a page that the project does not allow"
            }
            Self::NoPersona => "sandbox: no persona has this number",
            Self::UnknownFlow => "unknown, expired or foreign correlationId",
            Self::UnknownIdentity => "no such identity, for these credentials",
            Self::NotFound => "no such path",
            Self::WrongMethod => "the path has no such method",
            Self::Stale => "somebody else has changed it since it was read",
            Self::TooMany => {
                "rate limit, or a number verified as often as the project allows; Retry-After says when to try again"
            }
            Self::Unavailable => {
                "overloaded, or a dependency is down; nothing was half-done; see Retry-After"
            }
        }
    }
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    field: Option<&'static str>,
    retry_after: Option<Duration>,
    /// How the caller stands to a limit that is not of its credential.
    allowance: Option<Box<Allowance>>,
}

/// A refusal as it travels with its response, for surfaces that tell it in another form.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) field: Option<&'static str>,
}

impl ApiError {
    /// An error with a text for people. The text must hold nothing personal.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, retry_after: None, allowance: None }
    }

    /// Says when to try again.
    #[must_use]
    pub(crate) fn after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }

    /// A field breaks its rule.
    pub(crate) fn field(field: &'static str, rule: &'static str) -> Self {
        FieldError::new(field, rule).into()
    }

    /// Which error it is.
    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// The body, to which an endpoint may add fields.
    pub(crate) fn body(&self) -> ErrorBody {
        let (_, code) = self.code.wire();
        ErrorBody { code, message: self.message.clone(), error: None, error_description: None }
    }

    /// The response with a body that an endpoint made.
    pub(crate) fn respond(&self, body: ErrorBody) -> Response {
        let (status, _) = self.code.wire();
        let message = body.message.clone();
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(Refusal { code: self.code, message, field: self.field });
        let headers = response.headers_mut();
        if let Some(pause) = self.retry_after {
            // Whole seconds, rounded up: an early retry would be refused again.
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if let Some(allowance) = &self.allowance {
            allowance.describe(headers);
        }
        let scheme = match self.code {
            Code::Unauthorized => Some("Bearer"),
            Code::BadSignature => Some("Standard-Webhooks"),
            _ => None,
        };
        if let Some(scheme) = scheme {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        response
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self { field: Some(error.field), ..Self::new(Code::Invalid, error.to_string()) }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Field(error) => error.into(),
            Error::Unauthorized => {
                Self::new(Code::Unauthorized, "the token is missing, wrong, expired or revoked")
            }
            Error::NotPermitted => Self::new(Code::Forbidden, "not permitted to these credentials"),
            Error::PageNotAllowed => {
                Self::new(Code::Forbidden, "Origin: must be one of those that the project allows")
            }
            Error::NoPersona => Self::new(Code::NoPersona, "phoneNumber: no sandbox persona has this number"),
            Error::UnknownFlow => Self::new(Code::UnknownFlow, "correlationId: unknown or expired"),
            Error::UnknownIdentity => Self::new(Code::UnknownIdentity, "no such identity"),
            Error::Stale => {
                Self::new(Code::Stale, "somebody else has changed it since it was read: read it again")
            }
            Error::TooMany { retry_after } => {
                Self::new(Code::TooMany, "tried too often, try again later").after(retry_after)
            }
            Error::NumberLimit(limit) => {
                let window = if limit.window_seconds == 3600 { "hour" } else { "day" };
                let text =
                    format!("phoneNumber: at most {} verifications of one number per {window}", limit.most);
                Self {
                    field: Some("phoneNumber"),
                    allowance: Some(Box::new(Allowance::of_number(limit))),
                    ..Self::new(Code::TooMany, text).after(limit.retry_after)
                }
            }
            Error::Busy { retry_after } => {
                Self::new(Code::Unavailable, "not available at the moment, try again later")
                    .after(retry_after)
            }
            Error::Bug(cause) => {
                // Logged once, here; the span has the request id. Causes hold no personal data, by their types.
                metrics::counter!("ringtrue_bugs_total").increment(1);
                tracing::error!(error = format!("{cause:#}"), "request failed");
                Self::new(Code::Bug, "something went wrong on our side; the request id helps us find it")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.respond(self.body())
    }
}

/// No such path.
pub(crate) async fn not_found() -> ApiError {
    ApiError::new(Code::NotFound, "no such path")
}

/// The path exists, its method does not.
pub(crate) async fn wrong_method() -> ApiError {
    ApiError::new(Code::WrongMethod, "the path has no such method")
}
