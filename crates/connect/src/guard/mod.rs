//! What stands before every connector: a time limit, a circuit breaker and metrics. It never repeats a call: whether
//! a repeat is harmless only the job that makes the call knows.

mod breaker;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use ringtrue_domain::{Findings, PhoneNumber, identity::Line, secret::Clear};
use ringtrue_engine::{
    model::Project,
    ports::{
        Accepted, Callback, Challenge, Clock, Dispatch, Fault, IdentitySource, LineMonitor, LineQuestion,
        NetworkAuthenticator, Question, Sight, SmsSender,
    },
};
use tokio::time::{Instant, timeout};

use breaker::{Breaker, Change};

/// How a connector is guarded.
#[derive(Debug, Clone, Copy)]
pub struct GuardSettings {
    /// Time that one call may take.
    pub timeout: Duration,
    /// Busy or unknown faults in a row after which the connector is left alone; at least 1.
    pub open_after: u32,
    /// Time that it is left alone before one call is let through to see.
    pub pause: Duration,
}

impl Default for GuardSettings {
    /// 12 s (the HTTP client itself gives up after 10), 5 faults, 30 s.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(12), open_after: 5, pause: Duration::from_secs(30) }
    }
}

/// A connector behind its guard; itself a connector of the same port.
pub struct Guarded<C: ?Sized> {
    name: &'static str,
    timeout: Duration,
    breaker: Breaker,
    clock: Arc<dyn Clock>,
    inner: Arc<C>,
}

impl<C: ?Sized> Guarded<C> {
    /// Guards `inner`. `name` stands for it in logs and metrics: `sms`, `identity`, `network`, `monitor`.
    pub fn new(name: &'static str, settings: GuardSettings, clock: Arc<dyn Clock>, inner: Arc<C>) -> Self {
        let breaker = Breaker::new(settings.open_after, settings.pause);
        Self { name, timeout: settings.timeout, breaker, clock, inner }
    }

    async fn call<T>(&self, work: impl Future<Output = Result<T, Fault>> + Send) -> Result<T, Fault> {
        let permit = match self.breaker.permit(self.clock.wall()) {
            Ok(permit) => permit,
            Err(wait) => {
                self.count("refused");
                return Err(Fault::Busy { retry_after: Some(wait) });
            }
        };
        let begun = Instant::now();
        let result = timeout(self.timeout, work).await.unwrap_or_else(|_| {
            // The call was cut off in the middle, so it may have had its effect.
            Err(Fault::Unknown(anyhow::anyhow!("no answer within {} ms", self.timeout.as_millis())))
        });
        metrics::histogram!("ringtrue_connector_seconds", "connector" => self.name)
            .record(begun.elapsed().as_secs_f64());
        let (outcome, healthy) = match &result {
            Ok(_) => ("ok", true),
            // It answered, and knew what it wanted.
            Err(Fault::Rejected { .. }) => ("rejected", true),
            Err(Fault::Busy { .. }) => ("busy", false),
            Err(Fault::Unknown(_)) => ("unknown", false),
        };
        self.count(outcome);
        match permit.settle(healthy, self.clock.wall()) {
            Some(Change::Opened) => {
                tracing::warn!(
                    connector = self.name,
                    "the connector keeps failing and is left alone for a while"
                );
            }
            Some(Change::Closed) => tracing::info!(connector = self.name, "the connector works again"),
            None => {}
        }
        result
    }

    fn count(&self, outcome: &'static str) {
        metrics::counter!("ringtrue_connector_calls_total", "connector" => self.name, "outcome" => outcome)
            .increment(1);
    }
}

#[async_trait]
impl<C: SmsSender + ?Sized> SmsSender for Guarded<C> {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        self.call(self.inner.send(dispatch)).await
    }

    fn is_local(&self) -> bool {
        self.inner.is_local()
    }

    fn reaches_phones(&self) -> bool {
        self.inner.reaches_phones()
    }

    fn recognises_repeats(&self) -> bool {
        self.inner.recognises_repeats()
    }
}

#[async_trait]
impl<C: IdentitySource + ?Sized> IdentitySource for Guarded<C> {
    async fn owners(&self, question: Question<'_>) -> Result<Findings, Fault> {
        self.call(self.inner.owners(question)).await
    }

    async fn line(&self, phone: &PhoneNumber, project: &Project) -> Result<Option<Line>, Fault> {
        self.call(self.inner.line(phone, project)).await
    }

    fn is_local(&self) -> bool {
        self.inner.is_local()
    }
}

#[async_trait]
impl<C: NetworkAuthenticator + ?Sized> NetworkAuthenticator for Guarded<C> {
    /// Nothing is offered while the connector is left alone: the flow begins with a code then.
    async fn offers(&self, project: &Project, phone: &PhoneNumber) -> bool {
        !self.breaker.refuses(self.clock.wall())
            && timeout(self.timeout, self.inner.offers(project, phone)).await.unwrap_or(false)
    }

    async fn begin(&self, challenge: Challenge<'_>) -> Result<Clear, Fault> {
        self.call(self.inner.begin(challenge)).await
    }

    async fn finish(&self, callback: Callback<'_>) -> Result<bool, Fault> {
        self.call(self.inner.finish(callback)).await
    }
}

#[async_trait]
impl<C: LineMonitor + ?Sized> LineMonitor for Guarded<C> {
    async fn look(&self, question: LineQuestion<'_>) -> Result<Option<Sight>, Fault> {
        self.call(self.inner.look(question)).await
    }

    fn is_resting(&self) -> bool {
        self.breaker.refuses(self.clock.wall()) || self.inner.is_resting()
    }
}
