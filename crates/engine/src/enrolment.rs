//! Enrolling a person and number: at the end of a flow, in the flow's own unit, or on a caller's word.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    IdentityId, JobId, PhoneNumber,
    flow::{Environment, Flow},
    identity::{Identity, Line},
    text::CallerText,
};

use crate::{
    Engine, Error,
    model::{Job, KeyScope, Project, StoredIdentity, Task, TimelineStep},
    ports::{Change, Lent},
};

impl Engine {
    /// What enrols the person of a successful flow: under the identity that this person and number have, or a new one.
    /// `project` is the flow's, if at hand.
    pub(crate) async fn enrolment(
        &self,
        flow: &mut Flow,
        now: Timestamp,
        project: Option<&Project>,
    ) -> Result<Vec<Change>, Error> {
        let terms = flow.terms();
        let scope = KeyScope { project: flow.project(), environment: terms.environment };
        let known =
            self.store().identity(scope, &flow.subject().phone, terms.client_customer_id.as_ref()).await?;
        if let Some(known) = &known {
            flow.adopt(known.identity.id);
        }
        let id = flow.identity().ok_or_else(|| Error::bug("an enrolled flow has no identity"))?;
        let customer = flow.terms().client_customer_id.clone();
        let phone = flow.subject().phone.clone();
        let mut identity = renewed(known.as_ref(), id, scope, phone, customer, now);
        identity.findings = flow.findings().cloned();
        if let Some(findings) = flow.findings() {
            identity.line.complete(&Line::from(findings));
        }
        let timeline = self.timeline_of(&identity, known.as_ref(), now, project).await?;
        Ok(std::iter::once(written(known.as_ref(), identity)).chain(timeline).collect())
    }

    /// A persona's scripted timeline, begun when it is first enrolled.
    pub(crate) async fn timeline_of(
        &self,
        identity: &Identity,
        known: Option<&StoredIdentity>,
        now: Timestamp,
        project: Option<&Project>,
    ) -> Result<Option<Change>, Error> {
        if identity.environment != Environment::Sandbox || known.is_some() {
            return Ok(None);
        }
        let read;
        let project = if let Some(project) = project {
            project
        } else {
            read = self.project(identity.project).await?;
            &read
        };
        let Some(persona) = self.parts.personas.find(project, &identity.phone) else { return Ok(None) };
        let mut steps: Vec<_> = (persona.timeline.iter())
            .map(|step| TimelineStep {
                at: now
                    .checked_add(SignedDuration::from_hours(24 * i64::from(step.after_days)))
                    .unwrap_or(Timestamp::MAX),
                change: step.change.clone(),
            })
            .collect();
        steps.sort_by_key(|step| step.at);
        Ok(self.timeline(identity, steps).map(|job| Change::Enqueue(Box::new(job))))
    }

    /// A job that lets things become of a sandbox identity's number; none when there is no step.
    pub(crate) fn timeline(&self, identity: &Identity, steps: Vec<TimelineStep>) -> Option<Job> {
        let due_at = steps.first()?.at;
        Some(Job {
            id: JobId::new(due_at, &mut Lent(&*self.parts.entropy)),
            project: identity.project,
            environment: identity.environment,
            task: Task::Timeline { identity: identity.id, steps },
            due_at,
            attempts: 0,
            lease: None,
        })
    }
}

/// What writes an identity that was verified or enrolled, over the one that is known.
pub(crate) fn written(known: Option<&StoredIdentity>, identity: Identity) -> Change {
    let identity = Box::new(identity);
    match known {
        None => Change::PutIdentity { expect: 0, identity },
        Some(known) if identity.only_renews(&known.identity) => {
            Change::RenewIdentity { version: known.version, identity }
        }
        Some(known) => Change::PutIdentity { expect: known.version, identity },
    }
}

/// The identity that is known, verified or enrolled once more, or a new one.
pub(crate) fn renewed(
    known: Option<&StoredIdentity>,
    id: IdentityId,
    scope: KeyScope,
    phone: PhoneNumber,
    client_customer_id: Option<CallerText>,
    now: Timestamp,
) -> Identity {
    if let Some(known) = known {
        let mut identity = known.identity.clone();
        identity.renew(now);
        return identity;
    }
    Identity::new(id, scope.project, scope.environment, phone, client_customer_id, now)
}
