//! The address on this machine that events are posted to.

use anyhow::Context as _;
use jiff::Timestamp;
use ringtrue_connect::{HttpWebhooks, WebhookSettings};
use ringtrue_domain::{DeliveryId, ProjectId, WebhookUrl, flow::Environment, secret::Clear, webhook_secret};
use ringtrue_engine::{
    model::SigningSecret,
    ports::{Clock as _, EntropySource as _, Post, SystemClock, SystemEntropy, WebhookSender as _},
};
use ringtrue_wire::event::Event;

use crate::cli::webhook::outcome_in_words;

/// Posts events as the server would.
pub(super) struct Forward {
    url: WebhookUrl,
    secret: [SigningSecret; 1],
    sender: HttpWebhooks,
    entropy: SystemEntropy,
}

impl Forward {
    pub(super) fn new(url: &str, secret: Clear) -> anyhow::Result<Self> {
        let url = WebhookUrl::parse(url, true).context("--forward")?;
        webhook_secret::key(secret.expose()).context("--secret")?;
        let secret = SigningSecret { value: secret, created_at: Timestamp::UNIX_EPOCH, retires_at: None };
        let sender = HttpWebhooks::new(WebhookSettings::default());
        Ok(Self { url, secret: [secret], sender, entropy: SystemEntropy::default() })
    }

    /// Posts events together and says in words what came of it.
    pub(super) async fn post(&self, events: &[Event]) -> String {
        let Ok(body) = serde_json::to_vec(events) else { return "cannot be written".to_owned() };
        let wall = SystemClock.wall();
        let mut random = [0; 32];
        self.entropy.fill(&mut random);
        let (delivery, attempt) = random.split_at(16);
        let bytes = |half: &[u8]| <[u8; 16]>::try_from(half).unwrap_or_default();
        let post = Post {
            url: &self.url,
            // Nobody on this machine is told whose they are: it is the credential's project.
            project: ProjectId::from_bytes([0; 16]),
            environment: Environment::Sandbox,
            delivery: DeliveryId::from_bytes(bytes(delivery)),
            attempt: bytes(attempt),
            body: &body,
            secrets: &self.secret,
            wall,
        };
        outcome_in_words(&self.sender.post(post).await)
    }
}

/// A secret for those who gave none.
pub(super) fn fresh_secret() -> Clear {
    struct Random(SystemEntropy);
    impl ringtrue_domain::Entropy for Random {
        fn fill(&mut self, out: &mut [u8]) {
            self.0.fill(out);
        }
    }
    webhook_secret::fresh(&mut Random(SystemEntropy::default()))
}
