//! What a project's limits let through: whose numbers, and how often one number.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FieldError, FlowId, PhoneNumber,
    flow::{Environment, Flow, GivenNumber, Nudge, Step, Subject},
};
use tokio::sync::MutexGuard;

use crate::{
    Engine, Error,
    decide::{CommitOr, Decided},
    idempotency::Key,
    model::{KeyScope, LimitKind, Limits, PerNumber, Project},
};

/// A number was verified as often as its project allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberLimit {
    /// How many verifications of one number are allowed.
    pub most: u32,
    /// Within so many seconds.
    pub window_seconds: u32,
    /// When one of them will have left the window.
    pub retry_after: Duration,
}

/// Why a number is kept out.
pub(crate) enum KeptOut {
    Country,
    Number(NumberLimit),
}

impl KeptOut {
    pub(crate) const fn kind(&self) -> LimitKind {
        match self {
            Self::Country => LimitKind::Countries,
            Self::Number(_) => LimitKind::Number,
        }
    }
}

impl From<KeptOut> for Error {
    fn from(kept_out: KeptOut) -> Self {
        match kept_out {
            KeptOut::Country => {
                FieldError::new("phoneNumber", "must be of a country that the project allows").into()
            }
            KeptOut::Number(limit) => Self::NumberLimit(limit),
        }
    }
}

impl Engine {
    /// Whether numbers of this country are verified. A sandbox's persona without a country is everywhere at home: most of
    /// them are of none.
    pub(crate) fn check_country(
        limits: &Limits,
        environment: Environment,
        phone: &PhoneNumber,
    ) -> Result<(), KeptOut> {
        if limits.countries.is_empty() {
            return Ok(());
        }
        let allowed = match phone.country() {
            Some(country) => limits.countries.contains(&country),
            None => environment == Environment::Sandbox,
        };
        if allowed { Ok(()) } else { Err(KeptOut::Country) }
    }

    /// One at a time may count a number's verifications and write another one, or those that come at once would not see
    /// each other. This holds within a process: between nodes, each may write one before it sees those of the others.
    async fn turn_of(&self, scope: KeyScope, phone: &PhoneNumber) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        (scope, phone).hash(&mut hasher);
        // Numbers of one stripe wait for each other; the remainder is less than the count of stripes.
        let stripe = usize::try_from(hasher.finish() % self.number_turns.len() as u64).unwrap_or_default();
        self.number_turns[stripe].lock().await
    }

    /// Whether another verification of a number may begin; `but` is the one that asks, where it began already.
    async fn check_number(
        &self,
        limit: PerNumber,
        scope: KeyScope,
        phone: &PhoneNumber,
        but: Option<FlowId>,
        now: Timestamp,
    ) -> Result<Result<(), KeptOut>, Error> {
        let seconds = |seconds: u32| SignedDuration::from_secs(i64::from(seconds));
        let (Some(longest), Some(most)) =
            (limit.windows().map(|(_, window)| window).max(), limit.windows().map(|(most, _)| most).max())
        else {
            return Ok(Ok(()));
        };
        let from = FlowId::first_at(now.checked_sub(seconds(longest)).unwrap_or(Timestamp::MIN));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        // Newest first: the one that would have to leave a window is its last one that counts.
        let recent = self.store().recent_of_number(scope, phone, from, but, most).await?;
        let reached = limit.windows().filter_map(|(most, window_seconds)| {
            let last = recent.get(usize::try_from(most).ok()?.checked_sub(1)?)?;
            let leaves = last.began_at().checked_add(seconds(window_seconds)).unwrap_or(Timestamp::MAX);
            let retry_after = Duration::try_from(leaves.duration_since(now)).ok()?;
            (!retry_after.is_zero()).then_some(NumberLimit { most, window_seconds, retry_after })
        });
        let longest = reached.max_by_key(|limit| limit.retry_after);
        Ok(longest.map_or(Ok(()), |limit| Err(KeptOut::Number(limit))))
    }

    /// Writes a new flow unless its number was verified too often. Goes on when the caller goes away: a write under way
    /// that nobody waits for would be seen by nobody who counts.
    pub(crate) async fn write_limited(
        self: &Arc<Self>,
        step: Step,
        now: Timestamp,
        key: Option<&Key>,
        project: &Arc<Project>,
    ) -> Result<Result<Decided, KeptOut>, CommitOr> {
        let (engine, key, project) = (Arc::clone(self), key.cloned(), Arc::clone(project));
        let whole = async move {
            let scope = KeyScope { project: project.id, environment: step.flow.terms().environment };
            let phone = step.flow.subject().phone.clone();
            let _turn = engine.turn_of(scope, &phone).await;
            let limit = project.settings.limits.per_number;
            if let Err(kept_out) = engine.check_number(limit, scope, &phone, None, now).await? {
                return Ok(Err(kept_out));
            }
            engine.write_new(&step, now, key.as_ref(), &project).await.map(Ok)
        };
        tokio::spawn(whole).await.map_err(|_| Error::bug("the beginning of a flow panicked"))?
    }

    /// Another number that a page gave for a flow, unless the project's limits keep it out. The turn is kept until the flow
    /// is written.
    pub(crate) async fn let_in(
        &self,
        flow: &Flow,
        project: &Project,
        subject: Subject,
        now: Timestamp,
    ) -> Result<(GivenNumber, Option<MutexGuard<'_, ()>>), Error> {
        let (limits, environment) = (&project.settings.limits, flow.terms().environment);
        if Self::check_country(limits, environment, &subject.phone).is_err() {
            return Ok((GivenNumber::KeptOut(Nudge::CountryNotAllowed), None));
        }
        if limits.per_number.is_empty() {
            return Ok((GivenNumber::New(subject), None));
        }
        let scope = KeyScope { project: project.id, environment };
        let turn = self.turn_of(scope, &subject.phone).await;
        let checked =
            self.check_number(limits.per_number, scope, &subject.phone, Some(flow.id()), now).await?;
        Ok(match checked {
            Ok(()) => (GivenNumber::New(subject), Some(turn)),
            Err(_) => (GivenNumber::KeptOut(Nudge::NumberLimited), None),
        })
    }

    /// Counts a page's number that was kept out.
    pub(crate) fn note_kept_out(&self, flow: &Flow, nudge: Nudge, now: Timestamp) {
        let kind = match nudge {
            Nudge::NumberLimited => LimitKind::Number,
            Nudge::CountryNotAllowed => LimitKind::Countries,
            Nudge::WrongCode
            | Nudge::CodeExpired
            | Nudge::NumberNotAcceptable
            | Nudge::NumberChangeNotAllowed
            | Nudge::TooManyMessages => return,
        };
        let scope = KeyScope { project: flow.project(), environment: flow.terms().environment };
        self.note_refusal(scope, kind, now);
    }
}
