//! Enrolling people and numbers on a caller's word, without a flow.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ringtrue_domain::{
    IdentityId, PhoneNumber,
    identity::{Details, Line},
    text::CallerText,
};

use crate::{
    Engine, Error,
    decide::{CommitOr, ROUNDS},
    enrolment::{renewed, written},
    model::Caller,
    ports::{CommitError, Lent, Unit},
};

/// Questions to the store and the identity source that one request has under way at a time.
const PARALLEL: usize = 16;

/// A person and number to enrol.
#[derive(Debug)]
pub struct Enrolment {
    /// The number, as given: whether it can be used depends on the environment.
    pub phone: String,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// What the caller tells besides.
    pub details: Details,
}

/// A person and number that can be enrolled.
struct Newcomer {
    phone: PhoneNumber,
    client_customer_id: Option<CallerText>,
    details: Details,
    line: Line,
}

impl Engine {
    /// Enrols a person and number. Whoever is enrolled already keeps the identity, which is watched again.
    pub async fn enrol(&self, caller: &Caller, request: Enrolment) -> Result<IdentityId, Error> {
        let enrolled = self.enrol_all(caller, vec![request]).await?;
        enrolled.into_iter().next().unwrap_or_else(|| Err(Error::bug("an enrolment vanished")))
    }

    /// Enrols several in one unit; the results are in the order of the requests. One that cannot be enrolled does not
    /// keep the others from it.
    pub async fn enrol_all(
        &self,
        caller: &Caller,
        requests: Vec<Enrolment>,
    ) -> Result<Vec<Result<IdentityId, Error>>, Error> {
        let asked = stream::iter(requests).map(|request| self.newcomer(caller, request)).buffered(PARALLEL);
        let newcomers: Vec<_> = asked.collect().await;
        let mut people = Vec::new();
        let places: Vec<_> =
            newcomers.into_iter().map(|newcomer| newcomer.map(|one| join(&mut people, one))).collect();
        for _ in 0..ROUNDS {
            match self.write_enrolments(caller, &people).await {
                Err(CommitOr::Commit(CommitError::Conflict)) => {}
                Err(other) => return Err(other.into()),
                Ok(ids) => return Ok(places.into_iter().map(|place| place.map(|at| ids[at])).collect()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    async fn newcomer(&self, caller: &Caller, request: Enrolment) -> Result<Newcomer, Error> {
        let Enrolment { phone, client_customer_id, details } = request;
        let (phone, _) = self.number(&caller.project, caller.environment, "phoneNumber", &phone)?;
        let source = &self.connectors(caller.environment).identity;
        let mut line = match source.line(&phone, &caller.project).await {
            Ok(line) => line.unwrap_or_default(),
            Err(fault) => {
                // Good to know, but no reason to watch the number any less.
                tracing::warn!(
                    error = &fault as &dyn std::error::Error,
                    "enrolled without facts of the line"
                );
                Line::default()
            }
        };
        line.country = line.country.or_else(|| phone.country());
        Ok(Newcomer { phone, client_customer_id, details, line })
    }

    /// Writes everybody's identity in one unit; the ids are in the order of the people.
    async fn write_enrolments(
        &self,
        caller: &Caller,
        people: &[Newcomer],
    ) -> Result<Vec<IdentityId>, CommitOr> {
        let scope = caller.scope();
        // Futures first: a closure over borrowed people would not be general enough for the stream.
        let questions: Vec<_> = (people.iter())
            .map(|one| self.store().identity(scope, &one.phone, one.client_customer_id.as_ref()))
            .collect();
        let known: Vec<_> =
            stream::iter(questions).buffered(PARALLEL).try_collect().await.map_err(Error::from)?;
        let now = self.now(caller.clock_ahead_micros);
        let mut unit = Unit::new();
        let mut ids = Vec::with_capacity(people.len());
        for (one, known) in people.iter().zip(known) {
            let fresh = IdentityId::new(now, &mut Lent(&*self.parts.entropy));
            let (phone, customer) = (one.phone.clone(), one.client_customer_id.clone());
            let known = known.as_ref();
            let mut identity = renewed(known, fresh, scope, phone, customer, now);
            identity.details.update(one.details.clone());
            identity.line.complete(&one.line);
            ids.push(identity.id);
            let timeline = self.timeline_of(&identity, known, now, Some(&caller.project)).await?;
            unit.push(written(known, identity));
            unit.changes.extend(timeline);
        }
        if !unit.changes.is_empty() {
            self.store().commit(unit).await.map_err(CommitOr::Commit)?;
        }
        Ok(ids)
    }
}

/// Adds somebody to those who are enrolled together; whoever comes twice is one, with what was said last. Returns the
/// place.
fn join(people: &mut Vec<Newcomer>, newcomer: Newcomer) -> usize {
    let same =
        |one: &Newcomer| one.phone == newcomer.phone && one.client_customer_id == newcomer.client_customer_id;
    if let Some(at) = people.iter().position(same) {
        people[at].details.update(newcomer.details);
        return at;
    }
    people.push(newcomer);
    people.len() - 1
}
