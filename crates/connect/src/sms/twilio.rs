//! Twilio's Messages resource, API version 2010-04-01.

use std::sync::Arc;

use anyhow::anyhow;
use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{
    Method, Request, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use ringtrue_engine::ports::{Accepted, Dispatch, Fault, SmsSender};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{ConfigError, HttpClient, answer::Answer};

/// Longest `ValidityPeriod` that Twilio takes, in seconds.
const MAX_VALIDITY: i64 = 36_000;

/// An account at Twilio.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioConfig {
    /// The account's SID, `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The SID of an API key, `SK` and 32 hexadecimal digits; without one, the account itself signs in.
    #[serde(default)]
    pub api_key_sid: Option<String>,
    /// The secret of the API key, or the account's auth token.
    pub secret: SecretString,
    /// The sending number in E.164, a short code or an alphanumeric sender. Either this or `messaging_service_sid`.
    #[serde(default)]
    pub from: Option<String>,
    /// The SID of the messaging service that chooses the sender, `MG` and 32 hexadecimal digits.
    #[serde(default)]
    pub messaging_service_sid: Option<String>,
    /// Where the API is; another one only for a regional address or a test.
    #[serde(default = "base_url")]
    pub base_url: String,
}

fn base_url() -> String {
    "https://api.twilio.com".to_owned()
}

impl TwilioConfig {
    /// Checks everything that can be known without asking Twilio.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.parts().map(drop)
    }

    fn parts(&self) -> Result<Parts, ConfigError> {
        if !is_sid("AC", &self.account_sid) {
            return Err(ConfigError::new("account_sid", "must be AC and 32 hexadecimal digits"));
        }
        if self.api_key_sid.as_deref().is_some_and(|sid| !is_sid("SK", sid)) {
            return Err(ConfigError::new("api_key_sid", "must be SK and 32 hexadecimal digits"));
        }
        if self.secret.expose_secret().is_empty() {
            return Err(ConfigError::new("secret", "must not be empty"));
        }
        let sender = match (&self.from, &self.messaging_service_sid) {
            (Some(from), None) if !from.is_empty() => ("From", from.clone()),
            (None, Some(sid)) if is_sid("MG", sid) => ("MessagingServiceSid", sid.clone()),
            (Some(_), None) => return Err(ConfigError::new("from", "must not be empty")),
            (None, Some(_)) => {
                return Err(ConfigError::new(
                    "messaging_service_sid",
                    "must be MG and 32 hexadecimal digits",
                ));
            }
            _ => return Err(ConfigError::new("from", "must be set, or messaging_service_sid, but not both")),
        };
        let path = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json",
            self.base_url.trim_end_matches('/'),
            self.account_sid
        );
        let url = Url::parse(&path)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or(ConfigError::new("base_url", "must be an absolute http or https address"))?;
        let user = self.api_key_sid.as_deref().unwrap_or(&self.account_sid);
        let pair = BASE64_STANDARD.encode(format!("{user}:{}", self.secret.expose_secret()));
        let mut authorization = HeaderValue::from_str(&format!("Basic {pair}"))
            .map_err(|_| ConfigError::new("secret", "must fit into a header field"))?;
        authorization.set_sensitive(true);
        Ok(Parts { url, authorization, sender })
    }
}

/// Whether a text is a prefix and 32 hexadecimal digits.
fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What every request has.
struct Parts {
    url: Url,
    authorization: HeaderValue,
    sender: (&'static str, String),
}

/// Sends messages through Twilio.
pub struct TwilioSms {
    http: Arc<HttpClient>,
    parts: Parts,
}

impl TwilioSms {
    /// A sender that uses the account.
    pub fn new(config: &TwilioConfig, http: Arc<HttpClient>) -> Result<Self, ConfigError> {
        Ok(Self { http, parts: config.parts()? })
    }

    fn request(&self, dispatch: Dispatch<'_>) -> Result<Request, Fault> {
        let validity = super::seconds_left(dispatch)?.min(MAX_VALIDITY);
        let (sender, value) = &self.parts.sender;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("To", dispatch.message.to.expose())
            .append_pair(sender, value)
            .append_pair("Body", dispatch.message.body.expose())
            .append_pair("ValidityPeriod", &validity.to_string())
            .finish();
        let mut request = Request::new(Method::POST, self.parts.url.clone());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.parts.authorization.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        *request.body_mut() = Some(form.into());
        Ok(request)
    }
}

#[async_trait]
impl SmsSender for TwilioSms {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        let answer = self.http.exchange(self.request(dispatch)?).await?;
        if let Some(fault) = answer.fault(dispatch.now) {
            return Err(refine(fault, &answer));
        }
        let body = answer.json().map_err(Fault::Unknown)?;
        match body.get("sid").and_then(super::provider_id) {
            Some(sid) => Ok(Accepted { provider_id: Some(sid), outbox: None }),
            // Something between us and Twilio may have answered in its place.
            None => Err(Fault::Unknown(anyhow!("the answer has no sid"))),
        }
    }

    /// Twilio has no key that makes a repeated message the same message.
    fn recognises_repeats(&self) -> bool {
        false
    }
}

/// Twilio's error code says more than the status (<https://www.twilio.com/docs/api/errors>), but Twilio keeps
/// splitting codes: what is decided here is only the reason, except that a full queue (21611, a 400) is not for ever.
fn refine(fault: Fault, answer: &Answer) -> Fault {
    if !matches!(fault, Fault::Rejected { .. }) {
        return fault;
    }
    let code = answer.json().ok().and_then(|body| body.get("code")?.as_u64());
    let reason = match code {
        Some(20429 | 21611) => return Fault::Busy { retry_after: None },
        Some(20003 | 20005) => "Twilio does not accept our credentials, or the account is not active",
        Some(21211 | 21217 | 21604) => "Twilio does not take the number for a valid one",
        Some(21610) => "the number has opted out of our messages",
        Some(21614 | 21635) => "the number cannot get text messages",
        Some(21408) => "the Twilio account may not send to this country",
        Some(21612) => "Twilio has no route from our sender to the number",
        Some(21603 | 21606 | 21659 | 21660 | 21703 | 21705) => "Twilio does not take the configured sender",
        Some(21608) => "a Twilio trial account sends only to numbers that are verified there",
        Some(21602 | 21617 | 21619) => "Twilio does not take the text: it is empty or too long",
        _ => return fault,
    };
    Fault::Rejected { reason }
}
