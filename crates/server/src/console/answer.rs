//! What an answer says about a call: only what the caller is told anyway.

use axum::{
    body::{Body, HttpBody as _},
    http::header,
    response::Response,
};
use http_body_util::BodyExt as _;
use ringtrue_domain::FlowId;
use serde::Deserialize;
use serde_json::Value;

/// Bytes of an answer that is looked into at most. Errors, envelopes and verifications are far smaller.
const MAX_BYTES: u64 = 16 * 1024;
/// Characters of a message that are shown.
const MAX_MESSAGE: usize = 300;

/// What an answer says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) code: Option<u16>,
    pub(super) message: Option<String>,
    pub(super) correlation_id: Option<FlowId>,
}

/// The fields of any answer of the APIs that are looked at; `error` and `data` are objects to the device API only.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    code: Option<u16>,
    message: Option<String>,
    correlation_id: Option<FlowId>,
    error: Option<Value>,
    data: Option<Value>,
}

/// Reads an answer and hands it back as it was.
pub(super) async fn read(response: Response) -> (Response, Said) {
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let is_small = response.body().size_hint().exact().is_some_and(|bytes| bytes <= MAX_BYTES);
    if !is_json || !is_small {
        return (response, Said::default());
    }
    let (parts, body) = response.into_parts();
    // A body of known size is in memory as a whole.
    let Ok(whole) = body.collect().await else {
        return (Response::from_parts(parts, Body::empty()), Said::default());
    };
    let whole = whole.to_bytes();
    let said = look(parts.status.is_success(), &whole);
    (Response::from_parts(parts, Body::from(whole)), said)
}

fn look(success: bool, body: &[u8]) -> Said {
    let Ok(fields) = serde_json::from_slice::<Fields>(body) else { return Said::default() };
    let (code, message) = if success {
        // The device API refuses with a 200: why is in `error`, or in `data` beside the step that has to be repeated.
        [fields.error, fields.data].into_iter().flatten().find_map(|value| reason(&value)).unzip()
    } else {
        (fields.code, fields.message)
    };
    let message = message.map(|text| text.chars().filter(|c| !c.is_control()).take(MAX_MESSAGE).collect());
    Said { code, message, correlation_id: fields.correlation_id }
}

fn reason(value: &Value) -> Option<(u16, String)> {
    let code = value.get("code")?.as_u64()?.try_into().ok()?;
    Some((code, value.get("message")?.as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(success: bool, body: &str) -> (Option<u16>, Option<String>) {
        let said = look(success, body.as_bytes());
        (said.code, said.message)
    }

    #[test]
    fn reasons_are_found_wherever_an_api_has_them() {
        let found = |code, text: &str| (Some(code), Some(text.to_owned()));
        assert_eq!(said(false, r#"{"code":8001,"message":"a: is wrong"}"#), found(8001, "a: is wrong"));
        let token = r#"{"code":8002,"message":"no","error":"invalid_client","error_description":"no"}"#;
        assert_eq!(said(false, token), found(8002, "no"));
        let over = r#"{"next":"done","error":{"code":10000,"message":"over"}}"#;
        assert_eq!(said(true, over), found(10000, "over"));
        let again = r#"{"next":"mobile/otp","data":{"code":9201,"message":"wrong"}}"#;
        assert_eq!(said(true, again), found(9201, "wrong"));
        for nothing in [
            r#"{"next":"","data":{}}"#,
            r#"{"next":"mobile/instant","data":{"redirectUrl":"https://x.example/?vfp=y"}}"#,
            r#"{"code":"123456","to":"+12001004014"}"#,
            r#"[{"code":"123456"}]"#,
            "",
        ] {
            assert_eq!(said(true, nothing), (None, None), "{nothing}");
        }
        assert_eq!(
            said(false, &format!(r#"{{"code":1,"message":"{}"}}"#, "x".repeat(999))).1.map(|m| m.len()),
            Some(300)
        );
    }

    #[test]
    fn a_verification_is_named_by_what_is_an_id_only() {
        let id = FlowId::from_bytes([7; 16]);
        let body = format!(r#"{{"success":"pending","correlationId":"{id}"}}"#);
        assert_eq!(look(true, body.as_bytes()).correlation_id, Some(id));
        assert_eq!(look(true, br#"{"correlationId":"Lorant"}"#), Said::default());
    }
}
