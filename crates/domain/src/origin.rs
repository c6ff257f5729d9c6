//! Origins: scheme, host and port of a page, in the one form that browsers send and compare (RFC 6454 §6.2).

use url::Url;

use crate::{FieldError, target_url::is_loopback};

/// Characters of an origin at most: `https://`, the longest name that DNS has, and a port.
const MAX_CHARS: usize = 8 + 253 + 6;

/// An origin such as `https://shop.example`, as somebody typed it, in the form that browsers send: lower case, names in
/// punycode, no port that is the scheme's own.
///
/// # Errors
///
/// [`FieldError`] names `field`.
pub fn origin(field: &'static str, text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    let wrong = || {
        FieldError::new(
            field,
            "must each be scheme, host and port, such as https://shop.example, without a path",
        )
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "https" | "http") && matches!(url.path(), "" | "/");
    let bare = url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    // A star would be taken for a wildcard by whoever wrote it, and is none.
    if !plain || !bare || !nobody || !text.contains("://") || text.contains(['*', '@']) {
        return Err(wrong());
    }
    let origin = url.origin().ascii_serialization();
    if origin.len() > MAX_CHARS || origin.contains('*') {
        return Err(wrong());
    }
    Ok(origin)
}

/// Whether a page may call: whether what its browser sent as `Origin` is one of those that are allowed. Compared byte by
/// byte, as browsers do: whatever is spelled otherwise was not sent by the browser of such a page. A page that came over
/// http may have been changed on its way, so it counts only with `allow_http` or from this machine itself.
pub(crate) fn is_allowed(allowed: &[String], given: &str, allow_http: bool) -> bool {
    let trusted = || {
        let local = || Url::parse(given).is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)));
        allow_http || given.starts_with("https://") || local()
    };
    allowed.iter().any(|one| one == given) && trusted()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        for (typed, kept) in [
            ("https://shop.example", "https://shop.example"),
            (" HTTPS://Shop.Example:443/ ", "https://shop.example"),
            ("http://shop.example:80", "http://shop.example"),
            ("https://shop.example:8443", "https://shop.example:8443"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.1:3000", "http://127.0.0.1:3000"),
            ("http://[0:0::1]:3000", "http://[::1]:3000"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            // Another origin to browsers, so it is one here.
            ("https://shop.example.", "https://shop.example."),
        ] {
            assert_eq!(origin("origins", typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn whatever_is_no_origin_is_refused() {
        let long = format!("https://{}.example", "a.".repeat(130));
        for odd in [
            "",
            "null",
            "*",
            "shop.example",
            "//shop.example",
            "https:shop.example",
            r"https:\\shop.example",
            "https://",
            "https://*.shop.example",
            "https://%2a.shop.example",
            "https://shop.example/x",
            "https://shop.example?x",
            "https://shop.example#x",
            "https://a@shop.example",
            "https://:x@shop.example",
            "https://@shop.example",
            "https://shop.example, https://other.example",
            "https://shop.example https://other.example",
            "https://shop.example:99999",
            "https://[::1",
            "ftp://shop.example",
            "file:///x",
            "javascript://shop.example",
            &long,
        ] {
            let error = origin("origins", odd).expect_err(odd);
            assert_eq!(error.field, "origins");
        }
    }

    #[test]
    fn only_the_very_same_origin_may_call() {
        let named = ["https://shop.example", "https://xn--bcher-kva.example", "http://[::1]:3000"];
        let allowed = named.map(str::to_owned);
        for good in named {
            assert!(is_allowed(&allowed, good, false), "{good}");
        }
        for odd in [
            "",
            "null",
            "https://Shop.example",
            "HTTPS://shop.example",
            "https://shop.example/",
            "https://shop.example.",
            "https://shop.example:443",
            "https://shop.example:8443",
            "https://shop.example.evil.example",
            "https://evil.example/https://shop.example",
            "https://shop.example@evil.example",
            "https://evil.example#https://shop.example",
            "https://shop.example https://evil.example",
            "https://evil.example, https://shop.example",
            " https://shop.example",
            "https://shop.example ",
            "https://a.shop.example",
            "http://shop.example",
            "https://bücher.example",
            "http://[::1]",
            "http://localhost:3000",
        ] {
            assert!(!is_allowed(&allowed, odd, true), "{odd}");
        }
    }

    #[test]
    fn a_page_that_came_over_http_counts_where_that_is_meant() {
        let named = ["http://192.168.1.5:3000", "http://localhost:3000", "http://localhost.evil.example"];
        let allowed = named.map(str::to_owned);
        assert!(named.iter().all(|one| is_allowed(&allowed, one, true)));
        assert_eq!(named.map(|one| is_allowed(&allowed, one, false)), [false, true, false]);
    }
}
