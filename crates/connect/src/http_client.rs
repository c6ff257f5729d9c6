//! The one HTTP client of all connectors whose address the operator chose. It may therefore reach private
//! addresses; calls to addresses that customers choose have another client (`webhook`).

use std::{sync::OnceLock, time::Duration};

use anyhow::Context;
use reqwest::redirect;
use ringtrue_engine::ports::Fault;

use crate::answer::Answer;

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Until the answer is read, connecting included.
    pub total: Duration,
}

impl Default for Limits {
    /// 5 s to connect, 10 s in all.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// A client that is built by its first request, so that a server without an HTTP connector loads no certificates.
#[derive(Debug, Default)]
pub struct HttpClient {
    limits: Limits,
    client: OnceLock<reqwest::Client>,
}

impl HttpClient {
    /// A client with the usual limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// A client with other limits.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, client: OnceLock::new() }
    }

    /// The client itself; fails when the machine's certificates cannot be used.
    pub fn client(&self) -> anyhow::Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // Two first requests may both build; one of the two is dropped.
        let built = build(self.limits)?;
        Ok(self.client.get_or_init(|| built))
    }

    /// Sends a request and reads the answer, whatever its status.
    pub(crate) async fn exchange(&self, request: reqwest::Request) -> Result<Answer, Fault> {
        let client = self.client().map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "the HTTP client cannot be built");
            Fault::Busy { retry_after: None }
        })?;
        match client.execute(request).await {
            Ok(response) => Ok(Answer::read(response).await),
            Err(error) if error.is_connect() => {
                // Nothing was sent, so nothing happened. The fault has no room for the reason, which is often the
                // operator's to mend: a certificate, a name, a firewall.
                let error = anyhow::Error::new(error.without_url());
                tracing::warn!(error = format!("{error:#}"), "a connector's address cannot be reached");
                Err(Fault::Busy { retry_after: None })
            }
            Err(error) if error.is_builder() => {
                Err(Fault::Rejected { reason: "the request cannot be built" })
            }
            // The address may hold a number or a secret.
            Err(error) => Err(Fault::Unknown(anyhow::Error::new(error.without_url()))),
        }
    }
}

fn build(limits: Limits) -> anyhow::Result<reqwest::Client> {
    plain(tls()?, limits)
        // A connection that the other side closes just as we write to it leaves a message in doubt; short idling
        // makes that rare.
        .pool_idle_timeout(Duration::from_secs(15))
        .pool_max_idle_per_host(8)
        .build()
        .context("the HTTP client cannot be built")
}

/// What every client of ours trusts and speaks: the machine's certificates, HTTP/1.1.
pub(crate) fn tls() -> anyhow::Result<rustls::ClientConfig> {
    let mut tls = crate::tls::client_config()?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}

/// A client that gives up in time and goes nowhere but where it is sent.
pub(crate) fn plain(tls: rustls::ClientConfig, limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("ringtrue/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        // A redirected POST may become a GET, and its secrets would go to an address that nobody configured.
        .redirect(redirect::Policy::none())
}
