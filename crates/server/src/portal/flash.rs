//! One sentence that is shown on the page after next: a form's answer is a redirect, so that reloading repeats nothing.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::fault::PageError;
use crate::http::{ApiError, cookies};

const COOKIE: &str = "ringtrue_flash";

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flash {
    /// Whether it went as wanted.
    pub(crate) good: bool,
    /// A sentence or two; nothing personal, since it travels in a cookie.
    pub(crate) text: String,
}

impl Flash {
    /// It went as wanted.
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { good: true, text: text.into() }
    }

    /// It did not.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self { good: false, text: text.into() }
    }

    /// What the form before this page left.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let (mark, text) = cookies::read(headers, COOKIE)?.split_once('.')?;
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        Some(Self { good: mark == "1", text })
    }

    fn cookie(&self) -> Result<HeaderValue, ApiError> {
        let (mark, text) = (u8::from(self.good), URL_SAFE_NO_PAD.encode(&self.text));
        cookies::set(&format!("{COOKIE}={mark}.{text}; Path=/portal; Max-Age=60; HttpOnly; SameSite=Lax"))
    }
}

/// Goes on to a page, which shows what became of the form.
pub(crate) fn go(to: &str, flash: &Flash) -> Result<Response, PageError> {
    let to = HeaderValue::from_str(to).map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::SET_COOKIE, flash.cookie()?)])
        .into_response())
}

/// Takes it away with the page that showed it.
pub(super) fn forget(response: &mut Response) {
    let gone = HeaderValue::from_static("ringtrue_flash=; Path=/portal; Max-Age=0; HttpOnly; SameSite=Lax");
    response.headers_mut().append(header::SET_COOKIE, gone);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_left() {
        let left = Flash::bad("Nothing; \"was\" sent – é");
        let cookie = left.cookie().expect("it is a header's value");
        let pair = cookie.to_str().ok().and_then(|text| text.split(';').next()).expect("it has a pair");
        let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().expect("it is a header's value"))]);
        assert_eq!(Flash::of(&headers), Some(left));
    }
}
