//! What has to be there before real people can be verified, as the portal and the admin API tell it.

use jiff::Timestamp;
use ringtrue_domain::{ProjectId, flow::Environment};
use ringtrue_engine::{
    Error,
    model::{KeyScope, Trials},
};

use crate::{portal::is_https, state::App};

/// What there is of it.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that there is or not")]
pub(crate) struct Readiness {
    /// Whether a sender is configured that reaches phones.
    pub(crate) has_gateway: bool,
    /// What was tried, and when it worked.
    pub(crate) trials: Trials,
    /// Whether production has a webhook.
    pub(crate) has_webhook: bool,
    /// When it last took a delivery.
    pub(crate) delivered_at: Option<Timestamp>,
    /// Whether there is a credential of production that is not revoked.
    pub(crate) has_credential: bool,
    /// Whether the server is reached by https.
    pub(crate) has_tls: bool,
}

impl Readiness {
    /// Looks at everything that a project's production relies on.
    pub(crate) async fn of(app: &App, project: ProjectId, trials: Trials) -> Result<Self, Error> {
        let (store, scope) = (app.engine.store(), KeyScope { project, environment: Environment::Production });
        let has_webhook = store.webhook(scope).await?.is_some();
        let delivered_at =
            if has_webhook { app.engine.webhook(scope).await?.health.succeeded_at } else { None };
        let has_credential = store.credentials(scope).await?.iter().any(|one| one.revoked_at.is_none());
        Ok(Self {
            has_gateway: app.engine.reaches_phones(),
            trials,
            has_webhook,
            delivered_at,
            has_credential,
            has_tls: is_https(app),
        })
    }

    /// Each thing by its name, and whether it is there.
    pub(crate) const fn things(&self) -> [(&'static str, bool); 5] {
        [
            ("message", self.trials.message_arrived_at.is_some()),
            ("source", self.trials.source_answered_at.is_some()),
            ("webhook", self.delivered_at.is_some()),
            ("credential", self.has_credential),
            ("https", self.has_tls),
        ]
    }

    /// What is missing.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.things().into_iter().filter(|(_, there)| !there).map(|(name, _)| name)
    }
}
