//! Starting a verification.

use std::sync::Arc;

use jiff::Timestamp;
use ringtrue_domain::{
    FieldError, FlowId, PersonName, PhoneNumber, TargetUrl,
    flow::{Environment, Flow, MAX_NUMBER_CHANGES, PossessionType, Step, Terms, View},
    sms::{Slot, SmsTemplate, Wording},
    text::{CallerText, EmailAddress},
};

use crate::{
    Engine, Error,
    decide::{CommitOr, Decided, ROUNDS},
    idempotency::{self, Key, Replay},
    model::{Caller, Project, ProjectSettings, StoredFlow},
    ports::CommitError,
};

/// What a back end asks for, parsed.
#[derive(Debug)]
pub struct StartVerification {
    /// How possession is to be proven.
    pub possession: PossessionType,
    /// The number, as given: whether it can be used depends on the environment.
    pub phone: String,
    /// The name.
    pub name: PersonName,
    /// Where the phone's browser goes after the link.
    pub target_url: Option<TargetUrl>,
    /// The caller's text.
    pub message: Option<SmsTemplate>,
    /// The person's e-mail address.
    pub email: Option<EmailAddress>,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// The caller's id of the request.
    pub client_request_id: Option<CallerText>,
    /// Whether a wrong code may be followed by another.
    pub allow_otp_retry: bool,
}

/// A verification that began, or began before under the same key.
#[derive(Debug)]
pub enum Started {
    /// It began.
    Flow {
        /// The flow, for the device token.
        flow: Box<Flow>,
        /// What may be known of it.
        view: View,
    },
    /// The first answer to the same request.
    Answer(String),
}

impl Engine {
    /// Starts a verification. With a key, the same request starts it once.
    pub async fn start(
        self: &Arc<Self>,
        caller: &Caller,
        request: StartVerification,
        key: Option<&Key>,
    ) -> Result<Started, Error> {
        if let Some(key) = key
            && let Some(replay) = self.replay(key).await?
        {
            return self.replayed(replay).await;
        }
        may_lead_to(&caller.project.settings, request.target_url.as_ref())?;
        let environment = caller.environment;
        let subject = self.subject(&caller.project, environment, "phoneNumber", &request.phone).await?;
        let now = self.now(caller.clock_ahead_micros);
        let limits = &caller.project.settings.limits;
        if let Err(kept_out) = Self::check_country(limits, environment, &subject.phone) {
            self.note_refusal(caller.scope(), kept_out.kind(), now);
            return Err(kept_out.into());
        }
        let terms = self.terms(caller, &subject.phone, request);
        let step = self.with_moment(now, |moment| Flow::start(caller.project.id, terms, subject, moment));
        let written = if limits.per_number.is_empty() {
            self.write_new(&step, now, key, &caller.project).await.map(Ok)
        } else {
            self.write_limited(step, now, key, &caller.project).await
        };
        let decided = match written {
            Ok(Ok(decided)) => decided,
            Ok(Err(kept_out)) => {
                // The last one that was let in may have been this very request's twin.
                if let Some(key) = key
                    && let Some(replay) = self.replay(key).await?
                {
                    return self.replayed(replay).await;
                }
                self.note_refusal(caller.scope(), kept_out.kind(), now);
                return Err(kept_out.into());
            }
            Err(CommitOr::Commit(CommitError::Duplicate(record))) => match key {
                Some(key) => return self.replayed(idempotency::read(key, *record)?).await,
                None => return Err(Error::bug("a request without a key met its twin")),
            },
            Err(other) => return Err(other.into()),
        };
        metrics::counter!("ringtrue_flows_started_total").increment(1);
        if decided.jobs.is_empty() {
            let view = decided.flow.view(decided.now);
            return Ok(Started::Flow { flow: Box::new(decided.flow), view });
        }
        let id = decided.flow.id();
        self.carry_out(decided.jobs).await;
        self.begun(id).await
    }

    /// Writes a new flow. Only its enrolment can meet somebody else's: then it is written again and adopts theirs.
    pub(crate) async fn write_new(
        &self,
        step: &Step,
        now: Timestamp,
        key: Option<&Key>,
        project: &Project,
    ) -> Result<Decided, CommitOr> {
        for _ in 1..ROUNDS {
            let remember = key.map(|key| self.remember_change(key, Some(step.flow.id()), None));
            match self.write(0, step.clone(), now, remember.into_iter().collect(), Some(project)).await {
                Err(CommitOr::Commit(CommitError::Conflict)) => {}
                done => return done,
            }
        }
        Err(CommitOr::Commit(CommitError::Conflict))
    }

    async fn replayed(&self, replay: Replay) -> Result<Started, Error> {
        match replay {
            Replay::Answer(answer) => Ok(Started::Answer(answer)),
            Replay::Flow(id) => self.begun(id).await,
        }
    }

    async fn begun(&self, id: FlowId) -> Result<Started, Error> {
        let StoredFlow { flow, clock_ahead_micros, .. } =
            // It may have been erased since.
            self.store().flow(id).await?.ok_or(Error::UnknownFlow)?;
        let view = flow.view(self.now(clock_ahead_micros));
        Ok(Started::Flow { flow: Box::new(flow), view })
    }

    fn terms(&self, caller: &Caller, phone: &PhoneNumber, request: StartVerification) -> Terms {
        let settings = &caller.project.settings;
        let sandbox = caller.environment == Environment::Sandbox;
        let slot = match request.possession {
            PossessionType::Desktop => Slot::Link,
            PossessionType::Mobile | PossessionType::None => Slot::Code,
        };
        let bound_host = settings.bound_host.as_deref();
        let own = || Wording::of(&settings.wordings, phone)?.message(slot, bound_host);
        let message = request
            .message
            .or_else(own)
            .unwrap_or_else(|| SmsTemplate::ours(slot, &caller.project.name, bound_host));
        Terms {
            possession: request.possession,
            environment: caller.environment,
            name: request.name,
            target_url: request.target_url,
            message,
            link_base: self.parts.settings.link_base.clone(),
            email: request.email,
            client_customer_id: request.client_customer_id,
            client_request_id: request.client_request_id,
            tries: if request.allow_otp_retry { 3 } else { 1 },
            retry_page: settings.retry_page || request.allow_otp_retry,
            number_changes: if settings.number_change.unwrap_or(sandbox) { MAX_NUMBER_CHANGES } else { 0 },
            resend_pause_seconds: settings.resend_pause_seconds.unwrap_or(if sandbox { 0 } else { 10 }),
            // Here, so that no call of a page has to read the project.
            origins: settings.origins.clone(),
        }
    }
}

/// Whether links of a project may lead there.
fn may_lead_to(settings: &ProjectSettings, target: Option<&TargetUrl>) -> Result<(), FieldError> {
    let Some(target) = target.filter(|_| !settings.targets.is_empty()) else { return Ok(()) };
    if target.origin().is_some_and(|origin| settings.targets.contains(&origin)) {
        return Ok(());
    }
    Err(FieldError::new("finalTargetUrl", "must be at an address that the project allows"))
}
