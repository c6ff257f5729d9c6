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

/// A call of a device: which flow it is about, and from where it comes.
#[derive(Debug, Clone)]
pub struct DeviceCall {
    /// The flow of its token.
    pub flow: FlowId,
    /// The origin of the page, as its browser says. Absent: no browser says so, or it need not be asked.
    pub origin: Option<String>,
}

impl From<FlowId> for DeviceCall {
    fn from(flow: FlowId) -> Self {
        Self { flow, origin: None }
    }
}

impl DeviceCall {
    /// Whether it may go on: the end of the session is the end of its token, and the page must be one that may call.
    fn may(&self, flow: &Flow, now: Timestamp) -> Result<(), Error> {
        if now >= flow.deadline() || !flow.needs_device() {
            return Err(Error::Unauthorized);
        }
        match &self.origin {
            Some(origin) if !flow.terms().may_be_called_from(origin) => Err(Error::PageNotAllowed),
            Some(_) | None => Ok(()),
        }
    }
}

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
    pub async fn device_flow(&self, call: &DeviceCall) -> Result<(StoredFlow, Timestamp), Error> {
        let stored = self.store().flow(call.flow).await?.ok_or(Error::Unauthorized)?;
        let now = self.now(stored.clock_ahead_micros);
        call.may(&stored.flow, now)?;
        Ok((stored, now))
    }

    /// `mobile/otp/start`
    pub async fn start_code(
        self: &Arc<Self>,
        call: impl Into<DeviceCall>,
        number: Option<&str>,
    ) -> Result<DeviceAnswer, Error> {
        self.call_and_send(call.into(), number, |number| Command::StartCode { number }).await
    }

    /// `mobile/otp/finish`
    pub async fn enter_code(
        &self,
        call: impl Into<DeviceCall>,
        entry: String,
    ) -> Result<DeviceAnswer, Error> {
        self.call(&call.into(), Command::EnterCode { entry: Clear::new(entry) }).await
    }

    /// `mobile/instantlink/start`
    pub async fn start_link(
        self: &Arc<Self>,
        call: impl Into<DeviceCall>,
        number: Option<&str>,
        asked_from: Option<String>,
    ) -> Result<DeviceAnswer, Error> {
        self.call_and_send(call.into(), number, |number| Command::StartLink { number, asked_from }).await
    }

    /// Any `/error`
    pub async fn report(
        &self,
        call: impl Into<DeviceCall>,
        step: ReportedStep,
        gave_up: bool,
    ) -> Result<DeviceAnswer, Error> {
        self.call(&call.into(), Command::Report { step, gave_up }).await
    }

    pub(crate) async fn call(&self, call: &DeviceCall, command: Command) -> Result<DeviceAnswer, Error> {
        let may = |flow: &Flow, now| call.may(flow, now);
        let decided =
            self.decide(call.flow, command, Vec::new, may).await.map_err(unknown_is_unauthorized)?;
        count(decided.reply);
        Ok(DeviceAnswer { reply: decided.reply, flow: decided.flow })
    }

    /// As [`Self::call`], and waits a moment for the message to be taken. Goes on when the caller goes away, so that
    /// a closed browser leaves no half-done send.
    async fn call_and_send(
        self: &Arc<Self>,
        call: DeviceCall,
        number: Option<&str>,
        command: impl FnOnce(GivenNumber) -> Command + Send + 'static,
    ) -> Result<DeviceAnswer, Error> {
        let engine = Arc::clone(self);
        let number = number.map(ToOwned::to_owned);
        let whole = async move {
            let (number, turn) = engine.given_number(&call, number.as_deref()).await?;
            let may = |flow: &Flow, now| call.may(flow, now);
            let decided = engine.decide(call.flow, command(number), Vec::new, may).await;
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
        call: &DeviceCall,
        text: Option<&str>,
    ) -> Result<(GivenNumber, Option<MutexGuard<'_, ()>>), Error> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok((GivenNumber::Known, None));
        };
        let (stored, now) = self.device_flow(call).await?;
        let project = self.project(stored.flow.project()).await?;
        match self.subject(&project, stored.flow.terms().environment, "mobileNumber", text).await {
            Ok(subject) if subject.phone == stored.flow.subject().phone => Ok((GivenNumber::Known, None)),
            Ok(subject) => self.let_in(&stored.flow, &project, subject, now).await,
            Err(Error::Field(_) | Error::NoPersona) => Ok((GivenNumber::Unacceptable, None)),
            Err(other) => Err(other),
        }
    }
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
