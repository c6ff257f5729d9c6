//! Forms: who may send them, and whether they come from a page of ours.
//!
//! A form holds a token that is bound to the session and that no other site can read (OWASP ASVS 5.0 3.5.1), and the
//! browser has to say that a page of this origin sent it.

use std::time::Instant;

use aws_lc_rs::{constant_time, hmac};
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts as _, Request},
    http::{HeaderMap, header},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;

use super::{
    fault::PageError,
    session::{Permission, Visitor},
};
use crate::{
    http::{ApiError, Code, body, client::CalledFrom},
    state::App,
};

/// Bytes of a form at most, where it does not say otherwise.
const MAX_FORM_BYTES: usize = 64 * 1024;
const FIELD: &str = "csrf";

/// Fields of a form, and what sending it takes.
pub(crate) trait Form: DeserializeOwned + Send {
    /// Whoever has not this may not send it.
    const NEEDS: Permission;
    /// Bytes at most.
    const MAX_BYTES: usize = MAX_FORM_BYTES;
}

/// A form that a page of ours sent, by somebody who may.
pub(crate) struct Posted<F>(pub(crate) F);

impl<F: Form> FromRequest<App> for Posted<F> {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        visitor.must(F::NEEDS)?;
        let raw = body::read(body, F::MAX_BYTES).await?;
        let sent =
            url::form_urlencoded::parse(&raw).find_map(|(name, value)| (name == FIELD).then_some(value));
        must_be_ours(&visitor, &parts.headers, app, sent.as_deref())?;
        fields(Request::from_parts(parts, Body::from(raw)), app).await.map(Self)
    }
}

/// Fields of a form that somebody sends who is not signed in yet. A page of ours must have sent it, as the browser says:
/// nobody is signed in by another site as somebody else (login CSRF). How many there are from one network is limited.
pub(crate) struct Sent<F>(pub(crate) F);

impl<F: DeserializeOwned + Send> FromRequest<App> for Sent<F> {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        let says = ["sec-fetch-site", "origin"].iter().any(|name| parts.headers.contains_key(*name));
        if !says || !is_ours(&parts.headers, &app.origin) {
            return Err(not_ours());
        }
        // Behind that: another site must not use up what its visitors have.
        let CalledFrom(network) = CalledFrom::of(app, &parts);
        app.sign_ins.check(network, Instant::now())?;
        let raw = body::read(body, MAX_FORM_BYTES).await?;
        fields(Request::from_parts(parts, Body::from(raw)), app).await.map(Self)
    }
}

async fn fields<F: DeserializeOwned>(request: Request, app: &App) -> Result<F, PageError> {
    let form = axum::Form::<F>::from_request(request, app).await;
    let axum::Form(fields) = form.map_err(|_| ApiError::field("form", "has fields that cannot be read"))?;
    Ok(fields)
}

/// Refuses a form that no page of this session sent. `sent` is the token in it.
pub(super) fn must_be_ours(
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &App,
    sent: Option<&str>,
) -> Result<(), PageError> {
    let is_ours = is_ours(headers, &app.origin) && sent.is_some_and(|sent| is_same(&token(visitor), sent));
    if is_ours { Ok(()) } else { Err(not_ours()) }
}

fn not_ours() -> PageError {
    let text = "the form does not come from a page of this session; open the page again and repeat it";
    ApiError::new(Code::Forbidden, text).into()
}

/// The token that the forms of a session hold.
pub(crate) fn token(visitor: &Visitor) -> String {
    bound(visitor, "form of the portal")
}

/// A text as only this session can say it.
pub(super) fn bound(visitor: &Visitor, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, visitor.token().expose().as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Whether what was sent is what was handed out.
pub(super) fn is_same(ours: &str, sent: &str) -> bool {
    constant_time::verify_slices_are_equal(ours.as_bytes(), sent.as_bytes()).is_ok()
}

/// Whether the browser says that a page of this origin sends it. Browsers that say neither are left to the token.
fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(sender) = text(header::ORIGIN.as_str()) else { return true };
    let host = sender.split_once("://").map(|(_, host)| host);
    sender == origin || (host.is_some() && host == text(header::HOST.as_str()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn other_sites_are_told_apart() {
        let ours = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| {
                (HeaderName::from_static(name), value.parse().expect("it is a header's value"))
            });
            is_ours(&headers.collect(), "https://ring.example")
        };
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!ours(&[("sec-fetch-site", site), ("origin", "https://ring.example")]), "{site}");
        }
        assert!(ours(&[("origin", "https://ring.example")]));
        assert!(ours(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        for origin in ["null", "https://evil.example", "https://ring.example.evil.example"] {
            assert!(!ours(&[("origin", origin), ("host", "ring.example")]), "{origin}");
        }
        assert!(ours(&[]));
    }
}
