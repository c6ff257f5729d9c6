//! An HTTP answer, read to a bounded size, and which of the engine's faults it stands for.

use std::time::Duration;

use anyhow::{anyhow, bail};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap, HeaderName, RETRY_AFTER},
};
use ringtrue_engine::ports::Fault;

/// Bytes of a body that are read at most. A gateway's answer has some hundred.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// Longest pause that another side can ask for; a longer one is cut to it.
const MAX_PAUSE: Duration = Duration::from_hours(24);

/// An answer with its body.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Whole(Vec<u8>),
    TooLong,
    Broken(reqwest::Error),
}

impl Answer {
    /// Reads the body. Its status counts even when the body breaks off, so this cannot fail.
    pub(crate) async fn read(mut response: reqwest::Response) -> Self {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut bytes = Vec::new();
        let body = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_BODY => break Body::TooLong,
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break Body::Whole(bytes),
                Err(error) => break Body::Broken(error.without_url()),
            }
        };
        Self { status, headers, body }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body as JSON. The error names places in it, never values.
    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        match &self.body {
            Body::Whole(bytes) => {
                serde_json::from_slice(bytes).map_err(|error| anyhow!(error).context("the answer is no JSON"))
            }
            Body::TooLong => Err(anyhow!("the answer is longer than {MAX_BODY} bytes")),
            Body::Broken(error) => Err(anyhow!("the answer broke off: {error}")),
        }
    }

    /// The same, for a library that reads answers itself.
    pub(crate) fn into_http(self) -> anyhow::Result<http::Response<Vec<u8>>> {
        let body = match self.body {
            Body::Whole(bytes) => bytes,
            Body::TooLong => bail!("the answer is longer than {MAX_BODY} bytes"),
            Body::Broken(error) => return Err(error.into()),
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }

    /// The fault that the status stands for; none for 2xx. `now` is the wall clock.
    pub(crate) fn fault(&self, now: Timestamp) -> Option<Fault> {
        let rejected = |reason| Some(Fault::Rejected { reason });
        match self.status.as_u16() {
            200..=299 => None,
            // 425: it would not look at the request yet (RFC 8470 §5.2).
            425 | 429 | 503 => Some(Fault::Busy { retry_after: retry_after(&self.headers, now) }),
            // 408 and 409 are also said of a request that is still being worked on.
            408 | 409 => Some(self.unknown()),
            307 | 308 => rejected("the other side has moved: its configured address redirects"),
            401 | 403 | 407 => rejected("the other side does not accept our credentials"),
            404 | 405 | 410 => rejected("the other side does not know the configured address"),
            400..=499 => rejected("the other side refused the request"),
            _ => Some(self.unknown()),
        }
    }

    fn unknown(&self) -> Fault {
        Fault::Unknown(anyhow!("the other side answered {}", self.status.as_u16()))
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), at most 24 hours; a date is read by the other side's own
/// clock if it tells it, so that a wrong clock on either side does no harm.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let pause = text(&RETRY_AFTER)?;
    let pause = if let Ok(seconds) = pause.parse() {
        Duration::from_secs(seconds)
    } else {
        let until = http_date(pause)?;
        let now = text(&DATE).and_then(http_date).unwrap_or(now);
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(pause.min(MAX_PAUSE))
}

/// The one date format that senders may use today (RFC 9110 §5.6.7); the two obsolete ones count as absent.
fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix(" GMT")?;
    rfc2822::parse(&format!("{text} +0000")).ok().map(|zoned| zoned.timestamp())
}
