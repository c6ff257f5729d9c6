//! Where the browser goes after an instant link.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::FieldError;

/// The customer's page that an instant link ends on: absolute, at most 128 characters of a small alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetUrl(String);

const FIELD: &str = "finalTargetUrl";

impl TargetUrl {
    /// Parses the URL of a request. `allow_http` is true in sandbox; loopback hosts may always use http.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, FieldError> {
        if text.chars().count() > 128 {
            return Err(FieldError::new(FIELD, "must be at most 128 characters"));
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._+=/:?".contains(&b)) {
            return Err(FieldError::new(FIELD, "may hold only letters, digits and -._+=/:?"));
        }
        let wrong = || FieldError::new(FIELD, "must be an absolute https URL");
        let url = Url::parse(text).map_err(|_| wrong())?;
        // `https:host` without slashes parses too, but a redirect to it reads ambiguously.
        let host = url.host().filter(|_| text.contains("://")).ok_or_else(wrong)?;
        match url.scheme() {
            "https" => {}
            "http" if allow_http || is_loopback(&host) => {}
            _ => return Err(wrong()),
        }
        Ok(Self(text.to_owned()))
    }

    /// Scheme, host and port, as [`crate::origin()`] writes them.
    pub fn origin(&self) -> Option<String> {
        Url::parse(&self.0).ok().map(|url| url.origin().ascii_serialization())
    }

    /// The address that the phone's browser is sent to: `authId` and `asc` appended to whatever query there is.
    pub fn with_outcome(&self, auth_id: &str) -> String {
        let joint = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{joint}authId={auth_id}&asc=true", self.0)
    }
}

/// Whether a host is this machine itself, for which browsers treat http as secure.
pub fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_appends() {
        let url = TargetUrl::parse("https://shop.example/back?order=7", false).unwrap();
        assert_eq!(url.with_outcome("x"), "https://shop.example/back?order=7&authId=x&asc=true");
        let url = TargetUrl::parse("http://127.0.0.1:3000/back", false).unwrap();
        assert_eq!(url.with_outcome("x"), "http://127.0.0.1:3000/back?authId=x&asc=true");
    }

    #[test]
    fn an_origin_is_compared_as_browsers_do() {
        let url = TargetUrl::parse("https://Shop.Example:443/back", false).unwrap();
        assert_eq!(url.origin().as_deref(), Some("https://shop.example"));
    }

    #[test]
    fn refuses() {
        let long = format!("https://a.example/{}", "x".repeat(111));
        for text in
            ["", "/back", "shop.example", "ftp://a.example/", "javascript:alert", "https:a.example", &long]
        {
            assert!(TargetUrl::parse(text, true).is_err(), "{text}");
        }
        for text in [
            "https://a.example/#x",
            "https://u@a.example/",
            "https://a.example/?a=1&b=2",
            "https://ä.example/",
        ] {
            let error = TargetUrl::parse(text, true).unwrap_err();
            assert_eq!(error.to_string(), "finalTargetUrl: may hold only letters, digits and -._+=/:?");
        }
        assert!(TargetUrl::parse("http://shop.example/", false).is_err());
        assert!(TargetUrl::parse("http://shop.example/", true).is_ok());
    }
}
