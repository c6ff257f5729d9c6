//! One sentence that is shown on the page after next: a form's answer is a redirect, so that reloading repeats nothing.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::fault::PageError;
use crate::http::cookies;

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

    /// What the browser keeps until the next page, in letters that every header may hold.
    fn value(&self) -> String {
        format!("{}.{}", u8::from(self.good), URL_SAFE_NO_PAD.encode(&self.text))
    }
}

/// Goes on to a page, which shows what became of the form. The text travels with the response until the surroundings put
/// it into a cookie, which know how the browser got here.
pub(crate) fn go(to: &str, flash: &Flash) -> Result<Response, PageError> {
    let to = HeaderValue::from_str(to).map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    response.extensions_mut().insert(flash.clone());
    Ok(response)
}

/// Puts what a form left into a cookie.
pub(super) fn keep(response: &mut Response, is_https: bool) {
    if let Some(flash) = response.extensions_mut().remove::<Flash>() {
        set(response, &flash.value(), 60, is_https);
    }
}

/// Takes it away with the page that showed it.
pub(super) fn forget(response: &mut Response, is_https: bool) {
    set(response, "", 0, is_https);
}

fn set(response: &mut Response, value: &str, seconds: u32, is_https: bool) {
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/portal; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Without it a page says nothing of the form, which was carried out.
    if let Ok(cookie) = cookies::set(&text) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_left() {
        let left = Flash::bad("Nothing; \"was\" sent – é");
        for is_https in [false, true] {
            let mut response = go("/portal", &left).expect("it is an address");
            keep(&mut response, is_https);
            let cookie = response.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
            let (pair, rest) = cookie.and_then(|text| text.split_once(';')).expect("it has a pair");
            assert_eq!(rest.ends_with("; Secure"), is_https);
            let sent = [(header::COOKIE, pair.parse().expect("it is a header's value"))];
            assert_eq!(Flash::of(&HeaderMap::from_iter(sent)), Some(left.clone()));
        }
    }
}
