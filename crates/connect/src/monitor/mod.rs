//! Sources that are asked what became of a number.

mod config;
mod sight;
mod slot;

use std::sync::Arc;

use async_trait::async_trait;
use ringtrue_engine::ports::{Fault, LineMonitor, LineQuestion, Sight};

pub use config::HttpMonitorConfig;

use crate::{ConfigError, HttpClient, request::Gateway};
use slot::Slot;

/// Asks any gateway that looks numbers up over HTTP, described by configuration alone.
pub struct HttpMonitor {
    http: Arc<HttpClient>,
    gateway: Gateway<Slot>,
    config: HttpMonitorConfig,
}

impl HttpMonitor {
    /// A monitor that asks the gateway that `config` describes.
    pub fn new(config: &HttpMonitorConfig, http: Arc<HttpClient>) -> Result<Self, ConfigError> {
        Ok(Self { http, gateway: slot::compile(config)?, config: config.clone() })
    }
}

#[async_trait]
impl LineMonitor for HttpMonitor {
    async fn look(&self, question: LineQuestion<'_>) -> Result<Option<Sight>, Fault> {
        let answer = self.http.exchange(self.gateway.request(&question)?).await?;
        if self.config.not_covered.contains(&answer.status()) {
            return Ok(None);
        }
        if let Some(fault) = answer.fault(question.now) {
            return Err(fault);
        }
        let body = answer.json().map_err(Fault::Unknown)?;
        sight::read(&self.config, &body, &question).map_err(Fault::Unknown)
    }
}
