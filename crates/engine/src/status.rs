//! Asking how a verification stands.

use ringtrue_domain::{
    FlowId,
    flow::{Command, Conduct, Lifetime, View},
};

use crate::{Engine, Error, decide::any, model::Caller};

/// How a verification stands.
#[derive(Debug)]
pub struct StatusAnswer {
    /// Which.
    pub id: FlowId,
    /// What may be known of it.
    pub view: View,
}

impl Engine {
    /// How a verification of this caller stands. Unknown, foreign and expired ones look the same.
    pub async fn status(&self, caller: &Caller, correlation_id: &str) -> Result<StatusAnswer, Error> {
        let id: FlowId = correlation_id.trim().parse().map_err(|_| Error::UnknownFlow)?;
        let stored = self.store().flow(id).await?.ok_or(Error::UnknownFlow)?;
        let flow = stored.flow;
        if flow.project() != caller.project.id || flow.terms().environment != caller.environment {
            return Err(Error::UnknownFlow);
        }
        let now = self.now(stored.clock_ahead_micros);
        match flow.lifetime(now) {
            Lifetime::Gone => Err(Error::UnknownFlow),
            Lifetime::Open
                if flow.subject().conduct == Conduct::Unaided && flow.device_outcome(now).is_none() =>
            {
                let decided = self.decide(id, Command::ProveUnaided, Vec::new, any).await?;
                Ok(StatusAnswer { id, view: decided.flow.view(decided.now) })
            }
            Lifetime::Open | Lifetime::Ended => Ok(StatusAnswer { id, view: flow.view(now) }),
        }
    }
}
