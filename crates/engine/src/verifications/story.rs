//! One verification as what happened, in order. Redacted in production; what is masked has a call of its own, so that
//! whoever may not see it never gets it, and so that looking can be written down.

use jiff::Timestamp;
use ringtrue_domain::{
    Findings, FlowId, IdentityId, JobId, PersonName, PhoneNumber,
    flow::{Environment, Evaluation, Event, Flow, Standing},
    sms,
    text::{CallerText, EmailAddress},
};

use crate::{
    Engine, Error,
    model::{KeyScope, Listing, StoredFlow},
};

/// Messages of the sandbox looked through for those of one verification; more than it can have sent.
const MESSAGES: usize = 50;

/// One verification, told to those who answer for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationStory {
    /// What it is, how it stands now, and so the rule that decided it.
    pub listing: Listing,
    /// When it began.
    pub began_at: Timestamp,
    /// When its session ends or ended.
    pub session_ends_at: Timestamp,
    /// When it is erased.
    pub kept_until: Timestamp,
    /// The number that it is about now: masked in production, a persona's whole.
    pub number: String,
    /// The person's name: masked in production.
    pub name: String,
    /// Whether there is an e-mail address of the person.
    pub has_email: bool,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// The caller's id of the request.
    pub client_request_id: Option<CallerText>,
    /// The browser that waits, in words.
    pub asked_from: Option<String>,
    /// What the identity source said.
    pub findings: Option<Findings>,
    /// What the back end is told of it now, with the contract's codes.
    pub evaluation: Evaluation,
    /// The identity that the person is enrolled under.
    pub identity: Option<IdentityId>,
    /// What happened, in order.
    pub steps: Vec<StoryStep>,
}

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoryStep {
    /// When, on the project's clock.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Something that the flow's history tells.
    Event(Event),
    /// The sandbox kept a message instead of sending it.
    MessageKept {
        /// Which.
        message: JobId,
        /// What carriers would bill for it.
        segments: usize,
    },
    /// Its time was over.
    RanOut(Standing),
}

/// Whom a verification is about, in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmasked {
    /// The number.
    pub phone: PhoneNumber,
    /// The name.
    pub name: PersonName,
    /// The e-mail address.
    pub email: Option<EmailAddress>,
}

fn shown_name(name: &PersonName, environment: Environment) -> String {
    match environment {
        Environment::Sandbox => format!("{} {}", name.first(), name.last()),
        Environment::Production => name.masked(),
    }
}

impl Engine {
    /// One verification as what happened.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownFlow`] when the environment has no such verification, or no longer.
    pub async fn verification(&self, scope: KeyScope, id: FlowId) -> Result<VerificationStory, Error> {
        let StoredFlow { flow, clock_ahead_micros, .. } = self.flow_of(scope, id).await?;
        let now = self.now(clock_ahead_micros);
        let listing = Listing::of(&flow, now);
        let steps = self.steps(&flow, &listing).await?;
        Ok(VerificationStory {
            began_at: flow.opened_at(),
            session_ends_at: flow.deadline(),
            kept_until: flow.purge_after(),
            number: super::shown_number(&flow.subject().phone, listing.scope.environment),
            name: shown_name(&flow.terms().name, listing.scope.environment),
            has_email: flow.terms().email.is_some(),
            client_customer_id: flow.terms().client_customer_id.clone(),
            client_request_id: flow.terms().client_request_id.clone(),
            asked_from: flow.asked_from().map(str::to_owned),
            findings: flow.findings().cloned(),
            evaluation: flow.view(now).evaluation,
            identity: flow.identity(),
            listing,
            steps,
        })
    }

    /// Whom a verification is about, in clear. Whoever calls this writes down who looked.
    ///
    /// # Errors
    ///
    /// As [`Self::verification`].
    pub async fn unmask_verification(&self, scope: KeyScope, id: FlowId) -> Result<Unmasked, Error> {
        let flow = self.flow_of(scope, id).await?.flow;
        let terms = flow.terms();
        Ok(Unmasked {
            phone: flow.subject().phone.clone(),
            name: terms.name.clone(),
            email: terms.email.clone(),
        })
    }

    /// A flow of this environment.
    async fn flow_of(&self, scope: KeyScope, id: FlowId) -> Result<StoredFlow, Error> {
        let stored = self.store().flow(id).await?.ok_or(Error::UnknownFlow)?;
        let of = KeyScope { project: stored.flow.project(), environment: stored.flow.terms().environment };
        if of == scope { Ok(stored) } else { Err(Error::UnknownFlow) }
    }

    async fn steps(&self, flow: &Flow, listing: &Listing) -> Result<Vec<StoryStep>, Error> {
        let history = self.store().audit(flow.id()).await?;
        let mut steps: Vec<_> = history
            .iter()
            .flat_map(|entry| entry.events.iter().map(|event| (entry.at, *event)))
            .map(|(at, event)| StoryStep { at, what: Happening::Event(event) })
            .collect();
        if flow.terms().environment == Environment::Sandbox {
            let of_number =
                self.store().outbox(flow.project(), Some(&flow.subject().phone), MESSAGES).await?;
            let ours = of_number
                .into_iter()
                .filter(|message| message.sent_at >= flow.opened_at() && message.sent_at < flow.deadline());
            steps.extend(ours.map(|message| StoryStep {
                at: message.sent_at,
                what: Happening::MessageKept {
                    message: message.id,
                    segments: sms::segments(message.body.expose()).count,
                },
            }));
        }
        if let (Standing::TimedOut | Standing::Unanswered, Some(at)) =
            (listing.standing, listing.concluded_at)
        {
            steps.push(StoryStep { at, what: Happening::RanOut(listing.standing) });
        }
        // Stable: what happened at the same instant stays in the order of the history.
        steps.sort_by_key(|step| step.at);
        Ok(steps)
    }
}
