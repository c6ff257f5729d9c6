//! What the device calls: codes, links and error reports.

use std::sync::Arc;

use jiff::Timestamp;
use ringtrue_domain::{
    FlowId,
    flow::{Command, Flow, GivenNumber, Nudge, Reply, ReportedStep},
    secret::Clear,
};
use tokio::sync::MutexGuard;

use crate::{Engine, Error, decide::JobOutcome, model::StoredFlow};

/// What the device is told, and the flow as it stands.
#[derive(Debug)]
pub struct DeviceAnswer {
    /// What the device is told.
    pub reply: Reply,
    /// The flow.
    pub flow: Flow,
}

impl Engine {
    /// A flow whose device token is still good: its session has not ended on its project's clock.
    pub async fn device_flow(&self, id: FlowId) -> Result<(StoredFlow, Timestamp), Error> {
        let stored = self.store().flow(id).await?.ok_or(Error::Unauthorized)?;
        let now = self.now(stored.clock_ahead_micros);
        in_session(&stored.flow, now)?;
        Ok((stored, now))
    }

    /// `mobile/otp/start`
    pub async fn start_code(
        self: &Arc<Self>,
        id: FlowId,
        number: Option<&str>,
    ) -> Result<DeviceAnswer, Error> {
        self.call_and_send(id, number, |number| Command::StartCode { number }).await
    }

    /// `mobile/otp/finish`
    pub async fn enter_code(&self, id: FlowId, entry: String) -> Result<DeviceAnswer, Error> {
        self.call(id, Command::EnterCode { entry: Clear::new(entry) }).await
    }

    /// `mobile/instantlink/start`
    pub async fn start_link(
        self: &Arc<Self>,
        id: FlowId,
        number: Option<&str>,
        asked_from: Option<String>,
    ) -> Result<DeviceAnswer, Error> {
        self.call_and_send(id, number, |number| Command::StartLink { number, asked_from }).await
    }

    /// Any `/error`
    pub async fn report(&self, id: FlowId, step: ReportedStep, gave_up: bool) -> Result<DeviceAnswer, Error> {
        self.call(id, Command::Report { step, gave_up }).await
    }

    pub(crate) async fn call(&self, id: FlowId, command: Command) -> Result<DeviceAnswer, Error> {
        let decided =
            self.decide(id, command, Vec::new, in_session).await.map_err(unknown_is_unauthorized)?;
        count(decided.reply);
        Ok(DeviceAnswer { reply: decided.reply, flow: decided.flow })
    }

    /// As [`Self::call`], and waits a moment for the message to be taken. Goes on when the caller goes away, so that
    /// a closed browser leaves no half-done send.
    async fn call_and_send(
        self: &Arc<Self>,
        id: FlowId,
        number: Option<&str>,
        command: impl FnOnce(GivenNumber) -> Command + Send + 'static,
    ) -> Result<DeviceAnswer, Error> {
        let engine = Arc::clone(self);
        let number = number.map(ToOwned::to_owned);
        let whole = async move {
            let (number, turn) = engine.given_number(id, number.as_deref()).await?;
            let decided = engine.decide(id, command(number), Vec::new, in_session).await;
            drop(turn);
            let decided = decided.map_err(unknown_is_unauthorized)?;
            count(decided.reply);
            if let Reply::TryAgain(nudge) = decided.reply {
                engine.note_kept_out(&decided.flow, nudge, decided.now);
            }
            let outcomes = engine.carry_out(decided.jobs).await;
            let reply = match decided.reply {
                Reply::Sent if outcomes.contains(&JobOutcome::Rejected) => {
                    Reply::TryAgain(Nudge::NumberNotAcceptable)
                }
                other => other,
            };
            Ok(DeviceAnswer { reply, flow: decided.flow })
        };
        tokio::spawn(whole).await.map_err(|_| Error::bug("a device call panicked"))?
    }

    /// What a page gave as number: nothing, the known one, another one, or nonsense; and the turn of another one whose
    /// verifications are limited.
    async fn given_number(
        &self,
        id: FlowId,
        text: Option<&str>,
    ) -> Result<(GivenNumber, Option<MutexGuard<'_, ()>>), Error> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok((GivenNumber::Known, None));
        };
        let (stored, now) = self.device_flow(id).await?;
        let project = self.project(stored.flow.project()).await?;
        match self.subject(&project, stored.flow.terms().environment, "mobileNumber", text).await {
            Ok(subject) if subject.phone == stored.flow.subject().phone => Ok((GivenNumber::Known, None)),
            Ok(subject) => self.let_in(&stored.flow, &project, subject, now).await,
            Err(Error::Field(_) | Error::NoPersona) => Ok((GivenNumber::Unacceptable, None)),
            Err(other) => Err(other),
        }
    }
}

/// Whether a device may still call: the end of the session is the end of its token.
fn in_session(flow: &Flow, now: Timestamp) -> Result<(), Error> {
    if now < flow.deadline() && flow.needs_device() { Ok(()) } else { Err(Error::Unauthorized) }
}

/// A flow that was purged is, to its device, a token that ran out.
fn unknown_is_unauthorized(error: Error) -> Error {
    if matches!(error, Error::UnknownFlow) { Error::Unauthorized } else { error }
}

fn count(reply: Reply) {
    match reply {
        Reply::Done => metrics::counter!("ringtrue_possession_total", "outcome" => "proven").increment(1),
        Reply::Over(_) => metrics::counter!("ringtrue_possession_total", "outcome" => "failed").increment(1),
        Reply::TryAgain(Nudge::WrongCode) => metrics::counter!("ringtrue_wrong_codes_total").increment(1),
        _ => {}
    }
}
