//! Posts events to addresses that customers chose: signed, and never into a network that is not theirs.

mod failure;
mod kept;
mod reach;
mod resolver;
mod settings;
mod sign;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use reqwest::{
    Method, Request, Url,
    dns::Resolve,
    header::{CONTENT_TYPE, HeaderValue},
};
use ringtrue_domain::flow::Environment;
use ringtrue_engine::{
    model::{NoAnswer, Outcome},
    ports::{Post, WebhookSender},
};

pub use settings::WebhookSettings;
pub use sign::Signer;

use crate::{Limits, http_client};
use reach::Reach;
use resolver::{Filtered, SystemNames};

/// Posts events over HTTP.
pub struct HttpWebhooks {
    signer: Signer,
    limits: Limits,
    names: Arc<dyn Resolve>,
    sandbox: Arc<Reach>,
    production: Arc<Reach>,
    clients: OnceLock<Clients>,
}

/// One client per environment: a connection that sandbox may have is never used for production.
struct Clients {
    sandbox: reqwest::Client,
    production: reqwest::Client,
}

impl HttpWebhooks {
    /// A sender that asks the system's resolver.
    pub fn new(settings: WebhookSettings) -> Self {
        Self::with_resolver(settings, Arc::new(SystemNames::new()))
    }

    /// A sender that asks this resolver, and filters its answers.
    pub fn with_resolver(settings: WebhookSettings, names: Arc<dyn Resolve>) -> Self {
        let total = settings.timeout();
        let reach = |loopback| Arc::new(Reach { networks: settings.allow_networks.clone(), loopback });
        Self {
            limits: Limits { connect: total.min(Duration::from_secs(5)), total },
            names,
            sandbox: reach(true),
            production: reach(false),
            clients: OnceLock::new(),
            signer: Signer::new(settings.issuer),
        }
    }

    /// The clients, built by the first attempt, so that a server without webhooks loads no certificates.
    fn clients(&self) -> anyhow::Result<&Clients> {
        if let Some(clients) = self.clients.get() {
            return Ok(clients);
        }
        let tls = http_client::tls()?;
        let build = |reach: &Arc<Reach>| {
            http_client::plain(tls.clone(), self.limits)
                .dns_resolver(Filtered { names: Arc::clone(&self.names), reach: Arc::clone(reach) })
                // A proxy would look names up itself.
                .no_proxy()
                .pool_idle_timeout(Duration::from_secs(15))
                .pool_max_idle_per_host(64)
                .build()
                .context("the HTTP client cannot be built")
        };
        let clients = Clients { sandbox: build(&self.sandbox)?, production: build(&self.production)? };
        // Two first attempts may both build; one of the two is dropped.
        Ok(self.clients.get_or_init(|| clients))
    }

    async fn attempt(&self, post: &Post<'_>) -> anyhow::Result<Outcome> {
        let url = Url::parse(post.url.expose()).context("the address cannot be parsed")?;
        let (reach, client) = match post.environment {
            Environment::Sandbox => (&self.sandbox, &self.clients()?.sandbox),
            Environment::Production => (&self.production, &self.clients()?.production),
        };
        if let Err(forbidden) = resolver::check_literal(&url, reach) {
            return Ok(failure::outcome(NoAnswer::Forbidden, forbidden.to_string()));
        }
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = self.signer.headers(post).context("the delivery cannot be signed")?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(post.body.to_vec().into());
        let answer = match client.execute(request).await {
            Ok(response) => kept::read(response, post.wall).await,
            Err(error) => Err(error),
        };
        Ok(answer.map_or_else(|error| failure::of(&error), Outcome::Answered))
    }
}

#[async_trait]
impl WebhookSender for HttpWebhooks {
    async fn post(&self, post: Post<'_>) -> Outcome {
        self.attempt(&post).await.unwrap_or_else(|error| {
            // Nothing was sent, and the endpoint is not to blame.
            tracing::error!(error = format!("{error:#}"), "a webhook delivery cannot be attempted");
            failure::outcome(NoAnswer::Unconnected, "the server could not make the request; its log says why")
        })
    }
}
