//! Decide purely, write once, do later: the one way in which a flow changes.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId, JobId,
    flow::{Command, Effect, Environment, Flow, OutgoingMessage, Reply, Step},
};

use crate::{
    Engine, Error,
    model::{AuditEntry, Job, Lease, Project, StoredFlow, Task},
    ports::{Change, CommitError, Dispatch, Lent, Note, Question, Unit},
    verifications,
};

/// How often a decision is made again when somebody else wrote first.
pub(crate) const ROUNDS: usize = 4;

/// A decision that was written.
pub(crate) struct Decided {
    pub(crate) flow: Flow,
    pub(crate) reply: Reply,
    /// Jobs that the decision caused, leased by this node.
    pub(crate) jobs: Vec<Job>,
    pub(crate) now: Timestamp,
}

impl Engine {
    /// Applies a command to a flow and writes what follows. `with` adds changes to the same unit; `may` looks at the
    /// flow first.
    pub(crate) async fn decide(
        &self,
        id: FlowId,
        command: Command,
        with: impl Fn() -> Vec<Change> + Send + Sync,
        may: impl Fn(&Flow, Timestamp) -> Result<(), Error> + Send + Sync,
    ) -> Result<Decided, Error> {
        let stripe = usize::from(id.as_bytes()[15]) % self.stripes.len();
        let _turn = self.stripes[stripe].lock().await;
        for _ in 0..ROUNDS {
            let stored = self.store().flow(id).await?.ok_or(Error::UnknownFlow)?;
            let now = self.now(stored.clock_ahead_micros);
            let StoredFlow { version, flow, .. } = stored;
            may(&flow, now)?;
            let step = self.with_moment(now, |moment| flow.apply(command.clone(), moment));
            let extra = with();
            if !step.changed && extra.is_empty() {
                return Ok(Decided { flow: step.flow, reply: step.reply, jobs: Vec::new(), now });
            }
            match self.write(version, step, now, extra, None).await {
                Err(CommitOr::Commit(CommitError::Conflict)) => {
                    metrics::counter!("ringtrue_conflicts_total").increment(1);
                }
                Err(CommitOr::Commit(other)) => return Err(other.into()),
                Err(CommitOr::Other(other)) => return Err(other),
                Ok(decided) => return Ok(decided),
            }
        }
        Err(CommitError::Conflict.into())
    }

    /// Writes a step as one unit: the flow, its jobs, its history, its identity. `project` is the flow's, if at hand.
    pub(crate) async fn write(
        &self,
        version: u64,
        mut step: Step,
        now: Timestamp,
        extra: Vec<Change>,
        project: Option<&Project>,
    ) -> Result<Decided, CommitOr> {
        let step_flow_id = step.flow.id();
        let mut unit = Unit::new();
        unit.changes.extend(extra);
        let mut jobs = Vec::new();
        // The list grows while it is worked off: an answer that is at hand may enrol.
        let mut effects = std::mem::take(&mut step.effects);
        while let Some(effect) = effects.pop() {
            match effect {
                Effect::LookupOwnership => match self.local_answer(&step.flow, project).await? {
                    Some(command) => {
                        let next = self.with_moment(now, |moment| step.flow.apply(command, moment));
                        step.events.extend(next.events);
                        effects.extend(next.effects);
                        step.flow = next.flow;
                    }
                    None => {
                        jobs.push(self.job(&step.flow, Task::LookupOwnership { flow: step_flow_id }, now));
                    }
                },
                Effect::Send(message) => {
                    if let ringtrue_domain::flow::Payload::Link { token, .. } = &message.payload {
                        unit.push(Change::IndexLink { token: *token, flow: step_flow_id });
                    }
                    match self.kept_message(&step.flow, &message, now).await {
                        Some(kept) => unit.push(kept),
                        None => {
                            jobs.push(self.job(
                                &step.flow,
                                Task::SendMessage { flow: step_flow_id, message },
                                now,
                            ));
                        }
                    }
                }
                Effect::Enrol(_) => unit.changes.extend(self.enrolment(&mut step.flow, now, project).await?),
            }
        }
        let flow = step.flow.clone();
        if step.changed {
            unit.push(Change::PutFlow { expect: version, flow: Box::new(step.flow) });
            unit.changes.extend(verifications::changes(version, &flow, &step.events, now));
        }
        if !step.events.is_empty() {
            let events = step.events;
            unit.push(Change::Audit(AuditEntry {
                project: flow.project(),
                flow: flow.id(),
                at: now,
                events,
            }));
        }
        for job in &jobs {
            unit.push(Change::Enqueue(Box::new(job.clone())));
        }
        self.store().commit(unit).await.map_err(CommitOr::Commit)?;
        if step.changed {
            self.bus().publish(Note::FlowChanged(flow.id()));
        }
        Ok(Decided { flow, reply: step.reply, jobs, now })
    }

    /// Carries out the jobs of a decision within the inline budget; what takes longer goes on by itself.
    pub(crate) async fn carry_out(self: &Arc<Self>, jobs: Vec<Job>) -> Vec<JobOutcome> {
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            let engine = Arc::clone(self);
            let running = tokio::spawn(async move { engine.run_job(job).await });
            match tokio::time::timeout(self.parts.settings.inline_budget, running).await {
                Ok(Ok(outcome)) => outcomes.push(outcome),
                // Still running, or it panicked: its lease brings it back.
                Ok(Err(_)) | Err(_) => outcomes.push(JobOutcome::Later),
            }
        }
        outcomes
    }

    /// A source that answers at once is asked before the flow is written.
    async fn local_answer(&self, flow: &Flow, project: Option<&Project>) -> Result<Option<Command>, Error> {
        let source = &self.connectors(flow.terms().environment).identity;
        if !source.is_local() {
            return Ok(None);
        }
        let read;
        let project = if let Some(project) = project {
            project
        } else {
            read = self.project(flow.project()).await?;
            &read
        };
        let phone = flow.subject().phone.clone();
        let question = Question { phone: &phone, name: &flow.terms().name, project };
        match source.owners(question).await {
            Ok(findings) => Ok(Some(Command::OwnershipAnswered { phone, findings })),
            Err(fault) => {
                tracing::warn!(
                    error = &fault as &dyn std::error::Error,
                    "local identity source failed; queued"
                );
                Ok(None)
            }
        }
    }

    /// What a sender keeps that sends nothing; anything else is a job.
    async fn kept_message(&self, flow: &Flow, message: &OutgoingMessage, now: Timestamp) -> Option<Change> {
        let sender = &self.connectors(flow.terms().environment).sms;
        if !sender.is_local() {
            return None;
        }
        let accepted = sender.send(Dispatch { message, project: flow.project(), now }).await.ok()?;
        accepted.outbox.map(|kept| Change::PutOutbox(Box::new(kept)))
    }

    fn job(&self, flow: &Flow, task: Task, now: Timestamp) -> Job {
        Job {
            id: JobId::new(now, &mut Lent(&*self.parts.entropy)),
            project: flow.project(),
            environment: flow.terms().environment,
            task,
            due_at: now,
            attempts: 1,
            lease: Some(self.new_lease()),
        }
    }
}

impl Engine {
    /// The right to do something that this node begins now.
    pub(crate) fn new_lease(&self) -> Lease {
        let length =
            SignedDuration::try_from(self.parts.settings.lease).unwrap_or(SignedDuration::from_secs(30));
        Lease { id: self.random_array(), until: self.wall().checked_add(length).unwrap_or(Timestamp::MAX) }
    }
}

/// Lets every flow be decided about.
#[expect(clippy::unnecessary_wraps, reason = "the shape of the checks that `decide` takes")]
pub(crate) fn any(_: &Flow, _: Timestamp) -> Result<(), Error> {
    Ok(())
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobOutcome {
    /// It is done.
    Done,
    /// It never will be: the message's number is not acceptable.
    Rejected,
    /// It will be tried again, or is still running.
    Later,
}

/// A commit that failed, or something before it.
pub(crate) enum CommitOr {
    Commit(CommitError),
    Other(Error),
}

impl From<Error> for CommitOr {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<CommitOr> for Error {
    fn from(error: CommitOr) -> Self {
        match error {
            CommitOr::Commit(error) => error.into(),
            CommitOr::Other(error) => error,
        }
    }
}

/// Whether an environment's clock can be moved.
pub(crate) const fn has_sandbox_clock(environment: Environment) -> bool {
    matches!(environment, Environment::Sandbox)
}
