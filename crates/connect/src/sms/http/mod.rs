//! A sender for any gateway that takes messages over HTTP, described by configuration alone.

mod config;
mod slot;

use std::sync::Arc;

use anyhow::anyhow;
use async_trait::async_trait;
use reqwest::header::HeaderValue;
use ringtrue_engine::ports::{Accepted, Dispatch, Fault, SmsSender};

pub use config::{HttpSmsConfig, SuccessRule};

use crate::{
    ConfigError, HttpClient,
    request::{Gateway, scalar},
};
use slot::Slot;

/// Sends messages through the configured gateway.
pub struct HttpSms {
    http: Arc<HttpClient>,
    gateway: Gateway<Slot>,
    success: Option<SuccessRule>,
    id_pointer: Option<String>,
    recognises_repeats: bool,
}

impl HttpSms {
    /// A sender for the gateway that `config` describes.
    pub fn new(config: &HttpSmsConfig, http: Arc<HttpClient>) -> Result<Self, ConfigError> {
        Ok(Self {
            http,
            gateway: slot::compile(config)?,
            success: config.success.clone(),
            id_pointer: config.id_pointer.clone(),
            recognises_repeats: config.recognises_repeats,
        })
    }

    /// Judges the body of a 2xx answer. Where a rule looks into the body, an unreadable one leaves the fate of the
    /// message open.
    fn judge(&self, answer: &crate::answer::Answer) -> Result<Accepted, Fault> {
        if self.success.is_none() && self.id_pointer.is_none() {
            return Ok(Accepted::default());
        }
        let body = answer.json().map_err(Fault::Unknown)?;
        if let Some(rule) = &self.success {
            match body.pointer(&rule.pointer).and_then(scalar) {
                None => {
                    return Err(Fault::Unknown(anyhow!("the answer has no value at {}", rule.pointer)));
                }
                Some(value) if value == rule.equals => {}
                Some(value) if rule.busy.contains(&value) => return Err(Fault::Busy { retry_after: None }),
                Some(_) => {
                    return Err(Fault::Rejected { reason: "the gateway's answer refuses the message" });
                }
            }
        }
        let id = self.id_pointer.as_deref().and_then(|pointer| body.pointer(pointer));
        Ok(Accepted { provider_id: id.and_then(super::provider_id), outbox: None })
    }
}

#[async_trait]
impl SmsSender for HttpSms {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        super::seconds_left(dispatch)?;
        let mut request = self.gateway.request(&dispatch.message)?;
        // The same in every repeat, so that a gateway that looks at it sends once.
        let key = HeaderValue::from_str(&dispatch.message.id.to_string())
            .map_err(|_| Fault::Rejected { reason: "the message's id is no header field" })?;
        request.headers_mut().insert("idempotency-key", key);
        let answer = self.http.exchange(request).await?;
        match answer.fault(dispatch.now) {
            Some(fault) => Err(fault),
            None => self.judge(&answer),
        }
    }

    fn recognises_repeats(&self) -> bool {
        self.recognises_repeats
    }
}
