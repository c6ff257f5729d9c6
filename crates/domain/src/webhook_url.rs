//! Where a customer wants events to be posted.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{FieldError, target_url::is_loopback};

/// Characters of a webhook's address at most.
const MAX_CHARS: usize = 2048;
const FIELD: &str = "url";

/// An absolute https URL, at most 2,048 characters; http for loopback hosts and in sandbox (webhooks.md). Whether its
/// host may be reached is asked at every attempt, of the address that the name has then.
///
/// `Debug` shows scheme and host only: callers put tokens into paths and queries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// Parses what an operator gave. `allow_http` is true in sandbox.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `url` and the rule that it breaks.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARS {
            return Err(FieldError::new(FIELD, "must be at most 2048 characters"));
        }
        let wrong = || FieldError::new(FIELD, "must be an absolute https URL");
        let url = Url::parse(text).map_err(|_| wrong())?;
        let host = url.host().filter(|_| text.contains("://")).ok_or_else(wrong)?;
        match url.scheme() {
            "https" => {}
            "http" if allow_http || is_loopback(&host) => {}
            _ => return Err(wrong()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FieldError::new(FIELD, "must not hold a user name or password"));
        }
        if url.fragment().is_some() {
            return Err(FieldError::new(FIELD, "must not have a fragment (#)"));
        }
        Ok(Self(url.into()))
    }

    /// The whole address; for the request itself and for those who may set it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port: what may be shown and logged.
    pub fn origin(&self) -> String {
        Url::parse(&self.0).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}/…)", self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_or_a_reason_for_http() {
        for good in [
            "https://a.example/hook?token=x",
            " https://a.example ",
            "http://127.0.0.1:3000/",
            "http://localhost/x",
        ] {
            assert!(WebhookUrl::parse(good, false).is_ok(), "{good}");
        }
        assert!(WebhookUrl::parse("http://a.example/", false).is_err());
        assert!(WebhookUrl::parse("http://a.example/", true).is_ok());
        let long = format!("https://a.example/{}", "x".repeat(2048));
        for bad in [
            "",
            "a.example/x",
            "ftp://a.example/",
            "https:a.example",
            "https://u:p@a.example/",
            "https://a.example/#x",
            &long,
        ] {
            assert!(WebhookUrl::parse(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_token() {
        let url = WebhookUrl::parse("https://a.example:8443/hook?token=secret", false).unwrap();
        assert_eq!(format!("{url:?}"), "WebhookUrl(https://a.example:8443/…)");
    }
}
