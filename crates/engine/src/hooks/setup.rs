//! Setting up a webhook: its address, its secrets, pauses, and a test.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    DeliveryId, FieldError, WebhookUrl, flow::Environment, member::Permission, webhook_secret,
};

use super::{
    attempt::{Landed, Parcel},
    schedule::is_success,
};
use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{
        Attempt, By, Content, Deed, Delivery, DeliveryState, Expect, KeyScope, PauseReason, Paused,
        SigningSecret, StoredWebhook, Webhook, WebhookDeed,
    },
    ports::{Change, CommitError, HookChange, Lent, Note, Payload, Unit},
};

/// The longest overlap of two secrets.
const MAX_OVERLAP: Duration = Duration::from_hours(30 * 24);

impl Engine {
    /// Saves where an environment's events go. The first time this makes the secret, and nothing from before is sent;
    /// later another address takes over, with the same secret, and a pause ends.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] when there is another version than the one that was meant.
    pub async fn save_webhook(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        url: &str,
        meant: Expect,
    ) -> Result<StoredWebhook, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let url = WebhookUrl::parse(url, scope.environment == Environment::Sandbox)?;
        self.project_exists(scope).await?;
        let changed = self.change_webhook(by, scope, meant, |known, now| {
            let done = WebhookDeed::Saved {
                before: known.as_ref().map(|known| known.url.origin()),
                after: url.origin(),
            };
            let webhook = match known {
                Some(known) => Webhook { url: url.clone(), paused: None, ..known },
                None => Webhook {
                    project: scope.project,
                    environment: scope.environment,
                    url: url.clone(),
                    secrets: vec![self.new_secret(now)],
                    created_at: now,
                    paused: None,
                },
            };
            Ok((webhook, done))
        });
        changed.await
    }

    /// Makes a new secret. The old one signs too until the overlap is over; with none it stops at once. While two sign,
    /// no third is made.
    pub async fn rotate_webhook_secret(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        overlap: Duration,
    ) -> Result<Webhook, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        if overlap > MAX_OVERLAP {
            return Err(FieldError::new("overlap", "must be at most 30 days").into());
        }
        let overlap = SignedDuration::try_from(overlap).unwrap_or_default();
        let changed = self.change_webhook(by, scope, Expect::Any, |known, now| {
            let mut webhook = known.ok_or_else(no_webhook)?;
            webhook.secrets.retain(|secret| secret.retires_at.is_none_or(|retires| now < retires));
            if webhook.secrets.len() > 1 && !overlap.is_zero() {
                let rule = "is being rotated: two secrets sign already; finish that first, or rotate without overlap";
                return Err(FieldError::new("secret", rule).into());
            }
            if overlap.is_zero() {
                webhook.secrets.clear();
            }
            for secret in &mut webhook.secrets {
                secret.retires_at = Some(now.checked_add(overlap).unwrap_or(Timestamp::MAX));
            }
            webhook.secrets.push(self.new_secret(now));
            Ok((webhook, WebhookDeed::Rotated))
        });
        Ok(changed.await?.webhook)
    }

    /// Ends a rotation's overlap: only the newest secret signs from now on.
    pub async fn finish_webhook_rotation(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
    ) -> Result<Webhook, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let changed = self.change_webhook(by, scope, Expect::Any, |known, _| {
            let mut webhook = known.ok_or_else(no_webhook)?;
            webhook.secrets.drain(..webhook.secrets.len().saturating_sub(1));
            Ok((webhook, WebhookDeed::RotationFinished))
        });
        Ok(changed.await?.webhook)
    }

    /// Sends nothing any more until [`Engine::resume_webhook`]. Events are kept, and wait.
    pub async fn pause_webhook(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        why: PauseReason,
    ) -> Result<Webhook, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let changed = self.change_webhook(by, scope, Expect::Any, |known, at| {
            let mut webhook = known.ok_or_else(no_webhook)?;
            webhook.paused = webhook.paused.or(Some(Paused { why, at }));
            Ok((webhook, WebhookDeed::Paused))
        });
        Ok(changed.await?.webhook)
    }

    /// Pauses a webhook whose endpoint takes nothing, unless it goes to another one by now.
    pub(super) async fn give_up_webhook(
        &self,
        scope: KeyScope,
        url: &WebhookUrl,
        why: PauseReason,
    ) -> Result<(), Error> {
        let changed = self.change_webhook(By::Nobody, scope, Expect::Any, |known, at| {
            let mut webhook = known.ok_or_else(no_webhook)?;
            if webhook.url == *url && webhook.paused.is_none() {
                webhook.paused = Some(Paused { why, at });
            }
            Ok((webhook, WebhookDeed::Paused))
        });
        if changed.await?.webhook.paused.is_some_and(|paused| paused.why == why) {
            tracing::warn!(project.id = %scope.project, webhook.why = ?why, "a webhook is paused");
        }
        Ok(())
    }

    /// Goes on where sending stopped.
    pub async fn resume_webhook(&self, by: impl Into<By<'_>>, scope: KeyScope) -> Result<Webhook, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let changed = self.change_webhook(by, scope, Expect::Any, |known, _| {
            let webhook = Webhook { paused: None, ..known.ok_or_else(no_webhook)? };
            Ok((webhook, WebhookDeed::Resumed))
        });
        Ok(changed.await?.webhook)
    }

    /// Removes a webhook. What was not delivered will not be; events can still be pulled.
    pub async fn remove_webhook(&self, by: impl Into<By<'_>>, scope: KeyScope) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        for _ in 0..ROUNDS {
            let stored = self.store().webhook(scope).await?.ok_or_else(no_webhook)?;
            let remove = Change::Hook(HookChange::Remove { scope, expect: stored.version });
            let mut unit = Unit::new().with(remove);
            unit.changes.extend(self.hook_deed(by, scope, WebhookDeed::Removed));
            match self.store().commit(unit).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    /// Sends a `TEST` event once, whether or not the webhook is paused, and says what came back.
    pub async fn test_webhook(
        self: &Arc<Self>,
        by: impl Into<By<'_>>,
        scope: KeyScope,
    ) -> Result<(Delivery, Attempt), Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let StoredWebhook { webhook, clock_ahead_micros, .. } =
            self.store().webhook(scope).await?.ok_or_else(no_webhook)?;
        let now = self.now(clock_ahead_micros);
        let delivery = Delivery {
            id: DeliveryId::new(now, &mut Lent(&*self.parts.entropy)),
            scope,
            content: Content::Test,
            state: DeliveryState::Failed,
            created_at: now,
            due_at: now,
            give_up_at: now,
            attempts: 0,
            replayed_at_attempt: 0,
        };
        let body = (self.parts.render_events)(&Payload::Test { id: delivery.id, at: now });
        let secrets = webhook.signing(now);
        let landed = Arc::clone(self).post(Parcel { delivery, body }, Arc::new(webhook), secrets, now).await;
        let Landed { delivery, attempt, .. } = landed;
        let state =
            if is_success(&attempt.outcome) { DeliveryState::Delivered } else { DeliveryState::Failed };
        let delivery = Delivery { state, attempts: 1, ..delivery };
        let kept = HookChange::AddAttempt { project: scope.project, attempt: Box::new(attempt.clone()) };
        let mut unit =
            Unit::new().with(Change::Hook(HookChange::AddDelivery(delivery))).with(Change::Hook(kept));
        unit.changes.extend(self.hook_deed(by, scope, WebhookDeed::Tested));
        self.store().commit(unit).await?;
        Ok((delivery, attempt))
    }

    /// The secrets of a webhook, oldest first. Nothing is shown before it is written down who looked.
    pub async fn webhook_secrets(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
    ) -> Result<Vec<SigningSecret>, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let stored = self.store().webhook(scope).await?.ok_or_else(no_webhook)?;
        let changes = self.hook_deed(by, scope, WebhookDeed::SecretsShown).into_iter().collect();
        self.store().commit(Unit { changes }).await?;
        Ok(stored.webhook.secrets)
    }

    /// Writes a webhook as `change` wants it, again when somebody else writes in between, with the deed that it is.
    async fn change_webhook(
        &self,
        by: By<'_>,
        scope: KeyScope,
        meant: Expect,
        change: impl Fn(Option<Webhook>, Timestamp) -> Result<(Webhook, WebhookDeed), Error> + Send + Sync,
    ) -> Result<StoredWebhook, Error> {
        for _ in 0..ROUNDS {
            let stored = self.store().webhook(scope).await?;
            let (expect, known, ahead) = match stored {
                Some(stored) => (stored.version, Some(stored.webhook), stored.clock_ahead_micros),
                None => (0, None, self.clock_of(scope).await?),
            };
            meant.check(expect)?;
            let (webhook, done) = change(known.clone(), self.now(ahead))?;
            let written = |version, webhook| StoredWebhook { version, webhook, clock_ahead_micros: ahead };
            if known.as_ref() == Some(&webhook) {
                return Ok(written(expect, webhook));
            }
            let moved = known.is_some_and(|known| known.url != webhook.url);
            let put = Change::Hook(HookChange::Put { expect, moved, webhook: Box::new(webhook.clone()) });
            let mut unit = Unit::new().with(put);
            unit.changes.extend(self.hook_deed(by, scope, done));
            match self.store().commit(unit).await {
                Ok(()) => {
                    self.bus().publish(Note::EventsAdded(scope.project));
                    return Ok(written(expect + 1, webhook));
                }
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    pub(super) fn hook_deed(&self, by: By<'_>, scope: KeyScope, done: WebhookDeed) -> Option<Change> {
        self.deed(by, Deed::Webhook { project: scope.project, environment: scope.environment, done })
    }

    /// Microseconds that an environment's clock is ahead of the wall clock.
    pub(super) async fn clock_of(&self, scope: KeyScope) -> Result<i64, Error> {
        Ok(match scope.environment {
            Environment::Sandbox => self.store().clock_ahead(scope.project).await?,
            Environment::Production => 0,
        })
    }

    async fn project_exists(&self, scope: KeyScope) -> Result<(), Error> {
        match self.store().project(scope.project).await? {
            Some(_) => Ok(()),
            None => Err(FieldError::new("project", "does not exist").into()),
        }
    }

    fn new_secret(&self, now: Timestamp) -> SigningSecret {
        let value = webhook_secret::fresh(&mut Lent(&*self.parts.entropy));
        SigningSecret { value, created_at: now, retires_at: None }
    }
}

pub(super) fn no_webhook() -> Error {
    FieldError::new("webhook", "is not set for this project and environment").into()
}
