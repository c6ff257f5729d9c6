//! Doing a job: what a sender or source answered becomes a command or the job's end, in one unit.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId, JobId,
    flow::{Command, OutgoingMessage},
};

use crate::{
    Engine, Error,
    decide::{JobOutcome, any, has_sandbox_clock},
    model::{Job, Task},
    ports::{Change, CommitError, Dispatch, Fault, Lent, Question, Unit},
};

/// Seconds until a busy connector is asked again, unless it said otherwise.
const BUSY_PAUSE_SECONDS: i64 = 2;

impl Engine {
    /// Does a job that this node holds. A failure leaves the job to its lease.
    pub(crate) async fn run_job(&self, job: Job) -> JobOutcome {
        let done = match &job.task {
            Task::SendMessage { flow, message } => self.send_message(&job, *flow, message).await,
            Task::LookupOwnership { flow } => self.lookup_ownership(&job, *flow).await,
            Task::Timeline { identity, steps } => self.next_step(&job, *identity, steps).await,
        };
        done.unwrap_or_else(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job.id = %job.id, error, "job failed; its lease brings it back");
            JobOutcome::Later
        })
    }

    async fn send_message(
        &self,
        job: &Job,
        flow: FlowId,
        message: &OutgoingMessage,
    ) -> Result<JobOutcome, Error> {
        // Whoever had the person erased meanwhile wants them to get nothing more.
        if self.store().flow(flow).await?.is_none() {
            return self.finish(job, Vec::new()).await;
        }
        let sender = &self.connectors(job.environment).sms;
        let now = self.job_now(job).await?;
        let of_no_use = now >= message.expires_at;
        // A fresh job starts at attempt 1. A higher one means that somebody held it and vanished: the message may be
        // out. It is not sent again blindly; the person can ask for another.
        let doubtful = job.attempts > 1 && !sender.recognises_repeats();
        if of_no_use || doubtful {
            tracing::warn!(job.id = %job.id, job.doubtful = doubtful, "message given up");
            return self.finish(job, Vec::new()).await;
        }
        match sender.send(Dispatch { message, project: job.project, now }).await {
            Ok(accepted) => {
                let kept = accepted.outbox.map(|kept| Change::PutOutbox(Box::new(kept)));
                metrics::counter!("ringtrue_messages_total", "outcome" => "accepted").increment(1);
                self.finish(job, kept.into_iter().collect()).await
            }
            Err(Fault::Rejected { reason }) => {
                metrics::counter!("ringtrue_messages_total", "outcome" => "rejected").increment(1);
                tracing::warn!(job.id = %job.id, reason, "message rejected");
                let command = Command::MessageRejected { message: message.id };
                self.decide(flow, command, || vec![finished(job)], any).await?;
                Ok(JobOutcome::Rejected)
            }
            Err(Fault::Busy { retry_after }) => {
                metrics::counter!("ringtrue_messages_total", "outcome" => "busy").increment(1);
                let pause = retry_after.and_then(|pause| SignedDuration::try_from(pause).ok());
                let pause = pause.unwrap_or(SignedDuration::from_secs(BUSY_PAUSE_SECONDS));
                // A new job, since a further attempt at this one would look doubtful. The message keeps its id.
                let again = Job {
                    id: JobId::new(now, &mut Lent(&*self.parts.entropy)),
                    due_at: now.checked_add(pause).unwrap_or(Timestamp::MAX),
                    attempts: 0,
                    lease: None,
                    ..job.clone()
                };
                self.finish(job, vec![Change::Enqueue(Box::new(again))]).await?;
                Ok(JobOutcome::Later)
            }
            Err(fault @ Fault::Unknown(_)) => {
                metrics::counter!("ringtrue_messages_total", "outcome" => "unknown").increment(1);
                tracing::warn!(job.id = %job.id, error = &fault as &dyn std::error::Error, "message may or may not be out; not sent again");
                self.finish(job, Vec::new()).await
            }
        }
    }

    async fn lookup_ownership(&self, job: &Job, id: FlowId) -> Result<JobOutcome, Error> {
        let Some(stored) = self.store().flow(id).await? else { return self.finish(job, Vec::new()).await };
        let now = self.now(stored.clock_ahead_micros);
        let flow = stored.flow;
        if now >= flow.deadline() {
            return self.finish(job, Vec::new()).await;
        }
        let project = self.project(flow.project()).await?;
        let phone = flow.subject().phone.clone();
        let question = Question { phone: &phone, name: &flow.terms().name, project: &project };
        let findings = match self.connectors(job.environment).identity.owners(question).await {
            Ok(findings) => findings,
            Err(Fault::Rejected { reason }) => {
                tracing::warn!(job.id = %job.id, reason, "identity source will not answer");
                ringtrue_domain::Findings::unknown_number()
            }
            Err(fault @ (Fault::Busy { .. } | Fault::Unknown(_))) => {
                // A question may be asked again whatever became of it: 1 s, 2 s, 4 s … one minute at most.
                let tries = job.attempts;
                tracing::warn!(job.id = %job.id, job.attempts = tries, error = &fault as &dyn std::error::Error, "identity source failed");
                let pause = SignedDuration::from_secs(1_i64 << job.attempts.saturating_sub(1).min(6))
                    .min(SignedDuration::from_mins(1));
                let due_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
                let retry = Change::RetryJob { id: job.id, lease: lease_of(job), due_at };
                self.store().commit(Unit::new().with(retry)).await?;
                return Ok(JobOutcome::Later);
            }
        };
        self.decide(id, Command::OwnershipAnswered { phone, findings }, || vec![finished(job)], any).await?;
        Ok(JobOutcome::Done)
    }

    /// Ends a job together with what it brought.
    pub(crate) async fn finish(&self, job: &Job, mut changes: Vec<Change>) -> Result<JobOutcome, Error> {
        changes.push(finished(job));
        match self.store().commit(Unit { changes }).await {
            // Somebody else took it up after our lease ran out; what they bring counts.
            Ok(()) | Err(CommitError::Conflict) => Ok(JobOutcome::Done),
            Err(other) => Err(other.into()),
        }
    }

    pub(crate) async fn job_now(&self, job: &Job) -> Result<Timestamp, Error> {
        let sandbox = has_sandbox_clock(job.environment);
        Ok(self.now(if sandbox { self.store().clock_ahead(job.project).await? } else { 0 }))
    }
}

fn lease_of(job: &Job) -> [u8; 16] {
    job.lease.map_or([0; 16], |lease| lease.id)
}

pub(crate) fn finished(job: &Job) -> Change {
    Change::FinishJob { id: job.id, lease: lease_of(job) }
}
