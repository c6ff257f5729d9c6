//! The address on this machine that events are posted to.

use anyhow::Context as _;
use jiff::Timestamp;
use ringtrue_connect::{HttpWebhooks, WebhookSettings};
use ringtrue_domain::{
    DeliveryId, Entropy, ProjectId, WebhookUrl, flow::Environment, secret::Clear, webhook_secret,
};
use ringtrue_engine::{
    model::{Outcome, SigningSecret},
    ports::{Clock as _, EntropySource as _, Post, SystemClock, SystemEntropy, WebhookSender as _},
};
use ringtrue_wire::sandbox::SandboxWebhookResponse;

use super::kept::Delivery;

/// Posts events as the server would.
pub(super) struct Forward {
    url: WebhookUrl,
    project: ProjectId,
    secret: [SigningSecret; 1],
    sender: HttpWebhooks,
    entropy: SystemEntropy,
}

impl Forward {
    pub(super) fn new(url: &str, secret: Clear, identity: &SandboxWebhookResponse) -> anyhow::Result<Self> {
        let url = WebhookUrl::parse(url, true).context("--forward")?;
        webhook_secret::key(secret.expose()).context("--secret")?;
        let project = identity.project_id.parse().context("the server named no project")?;
        let settings = WebhookSettings {
            issuer: identity.issuer.clone(),
            // Whoever types the command chose the address, and it is their machine: a container has private addresses.
            allow_networks: vec!["0.0.0.0/0".parse()?, "::/0".parse()?],
            ..WebhookSettings::default()
        };
        Ok(Self {
            url,
            project,
            secret: [SigningSecret { value: secret, created_at: Timestamp::UNIX_EPOCH, retires_at: None }],
            sender: HttpWebhooks::new(settings),
            entropy: SystemEntropy::default(),
        })
    }

    /// A new `webhook-id`.
    pub(super) fn fresh_id(&self) -> DeliveryId {
        DeliveryId::new(SystemClock.wall(), &mut Random(&self.entropy))
    }

    /// Makes one attempt at a delivery.
    pub(super) async fn post(&self, delivery: &Delivery) -> Outcome {
        let mut attempt = [0; 16];
        self.entropy.fill(&mut attempt);
        let post = Post {
            url: &self.url,
            project: self.project,
            environment: Environment::Sandbox,
            delivery: delivery.id,
            attempt,
            body: &delivery.body,
            secrets: &self.secret,
            wall: SystemClock.wall(),
        };
        self.sender.post(post).await
    }
}

/// A secret that nobody else knows.
pub(super) fn fresh_secret() -> Clear {
    webhook_secret::fresh(&mut Random(&SystemEntropy::default()))
}

struct Random<'a>(&'a SystemEntropy);

impl Entropy for Random<'_> {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}
