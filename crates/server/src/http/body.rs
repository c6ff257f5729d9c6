//! Request bodies: bounded, read in bounded time, and explained when they cannot be read.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{FromRequest, Request},
};
use http_body_util::BodyExt as _;
use ringtrue_domain::FieldError;
use serde::de::DeserializeOwned;

use super::{ApiError, Code};

/// Bytes of a request's body at most (server API §1).
pub(crate) const MAX_BODY_BYTES: usize = 4 * 1024;
/// Bytes of a batch at most.
pub(crate) const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// Bytes of a longer body that are read and thrown away, and for how long.
const MAX_IGNORED_BYTES: u64 = 1024 * 1024;
const IGNORE_TIME: Duration = Duration::from_secs(2);
/// How long a client may take to send it.
const READ_TIME: Duration = Duration::from_secs(10);

/// A JSON body of at most `MAX` bytes, and these.
pub(crate) struct JsonBody<T, const MAX: usize = MAX_BODY_BYTES> {
    pub(crate) value: T,
    pub(crate) raw: Bytes,
}

impl<T: DeserializeOwned, S: Sync, const MAX: usize> FromRequest<S> for JsonBody<T, MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let raw = read(request.into_body(), MAX).await?;
        Ok(Self { value: parse(&raw)?, raw })
    }
}

/// A JSON body that may be missing; then every field is absent.
pub(crate) struct OptionalJsonBody<T> {
    pub(crate) value: T,
    pub(crate) raw: Bytes,
}

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let raw = read(request.into_body(), MAX_BODY_BYTES).await?;
        let missing = raw.iter().all(u8::is_ascii_whitespace);
        Ok(Self { value: if missing { T::default() } else { parse(&raw)? }, raw })
    }
}

/// Reads a body up to the limit.
pub(crate) async fn read(body: Body, max_bytes: usize) -> Result<Bytes, ApiError> {
    read_within(body, max_bytes, READ_TIME).await
}

/// Reads a body up to the limit, if it arrives in time.
pub(crate) async fn read_within(mut body: Body, max_bytes: usize, time: Duration) -> Result<Bytes, ApiError> {
    let mut kept = Vec::new();
    let whole = async {
        if body.size_hint().lower() > max_bytes as u64 {
            return Ok(false);
        }
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            if kept.len() + data.len() > max_bytes {
                return Ok(false);
            }
            kept.extend_from_slice(&data);
        }
        Ok::<_, axum::Error>(true)
    };
    match tokio::time::timeout(time, whole).await {
        Ok(Ok(true)) => Ok(kept.into()),
        Ok(Ok(false)) => {
            throw_away(body).await;
            Err(ApiError::new(Code::TooLarge, format!("body: must be at most {max_bytes} bytes")))
        }
        Ok(Err(_)) => Err(ApiError::field("body", "could not be read")),
        Err(_) => {
            let seconds = time.as_secs();
            Err(FieldError::new("body", format!("took longer than {seconds} seconds to arrive")).into())
        }
    }
}

/// Reads on for a while: whoever sends a body to its end without listening would find the connection broken instead of
/// the answer.
async fn throw_away(mut body: Body) {
    let mut left = MAX_IGNORED_BYTES;
    if body.size_hint().lower() > left {
        return;
    }
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len() as u64));
            if left == 0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(IGNORE_TIME, rest).await;
}

/// Parses a JSON object. What is said about a mistake names the field and never quotes the value.
pub(crate) fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    // Serde would take an array for a struct; the contract knows objects only.
    if raw.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(ApiError::field("body", "must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if !inner.is_data() {
            return ApiError::new(
                Code::Invalid,
                format!("body: is not valid JSON (line {}, column {})", inner.line(), inner.column()),
            );
        }
        let text = inner.to_string();
        // Of a field that comes again later the parser names only the object, but its words name the field.
        let twice = text.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next());
        let field = twice.unwrap_or(if path == "." { "body" } else { &path });
        // The parser's words quote the value; only what it expected is safe to repeat.
        let expected = text.split(", expected ").nth(1).and_then(|rest| rest.split(" at line").next());
        let rule = match expected {
            // The name of a type is no word for people.
            Some("i64") => "must be a whole number".to_owned(),
            Some(expected) => format!("must be {expected}"),
            None if twice.is_some() => "must not be given twice".to_owned(),
            None => "is not valid".to_owned(),
        };
        ApiError::new(Code::Invalid, format!("{field}: {rule}"))
    })?;
    json.end().map_err(|_| ApiError::field("body", "must be one JSON object and nothing after it"))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use ringtrue_wire::verify::VerifyRequest;

    use super::*;

    fn message(raw: &str) -> String {
        parse::<VerifyRequest>(raw.as_bytes()).map_or_else(|error| error.body().message, |_| "ok".to_owned())
    }

    #[test]
    fn explains_without_quoting() {
        assert_eq!(message(r#"{"phoneNumber": 12001004014}"#), "phoneNumber: must be a string");
        assert_eq!(message(r#"{"allowOTPRetry": "true"}"#), "allowOTPRetry: must be a boolean");
        assert_eq!(message(r#"{"firstName": "a", "firstName": "b"}"#), "firstName: must not be given twice");
        assert_eq!(message("[]"), "body: must be a JSON object");
        assert_eq!(message(""), "body: must be a JSON object");
        assert_eq!(message("{"), "body: is not valid JSON (line 1, column 1)");
        assert_eq!(message("{} {}"), "body: must be one JSON object and nothing after it");
        assert_eq!(message(r#"{"firstName": null, "unknown": [1]}"#), "ok");
        assert_eq!(message("{\"firstName\": \"\u{0}\"}"), "body: is not valid JSON (line 1, column 16)");
    }
}
