//! Silent network authentication, with the code to fall back on.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{
    FlowId,
    flow::{Command, Environment, Reply},
    secret::{Clear, Digest},
};

use crate::{
    DeviceAnswer, DeviceCall, Engine, Error,
    ports::{Callback, Challenge, Change, Fault, Unit},
};

/// What the device is told when the check begins.
#[derive(Debug)]
pub enum NetworkStart {
    /// Fetch this address.
    Fetch(Clear),
    /// Something else.
    Answer(Box<DeviceAnswer>),
}

impl Engine {
    /// `mobile/instant/start`
    pub async fn start_network(&self, call: impl Into<DeviceCall>) -> Result<NetworkStart, Error> {
        let call = call.into();
        let (stored, now) = self.device_flow(&call).await?;
        let flow = stored.flow;
        let network = self.connectors(flow.terms().environment).network.as_ref();
        let (Some(network), None) = (network, flow.device_outcome(now)) else {
            return Ok(NetworkStart::Answer(Box::new(
                self.call(&call, Command::NetworkAnswered { matched: false }).await?,
            )));
        };
        let project = self.project(flow.project()).await?;
        let handle = Clear::new(URL_SAFE_NO_PAD.encode(self.random_array::<16>()));
        let challenge = Challenge { project: &project, phone: &flow.subject().phone, handle: &handle };
        match network.begin(challenge).await {
            Ok(url) => {
                let command = Command::StartNetwork { handle: Digest::of(handle.expose().as_bytes()) };
                let answer = self.call(&call, command).await?;
                // Lets the check's own address find the flow, as links do.
                if answer.reply == Reply::NetworkOpen {
                    self.index(call.flow, &handle).await?;
                    return Ok(NetworkStart::Fetch(url));
                }
                Ok(NetworkStart::Answer(Box::new(answer)))
            }
            Err(fault) => {
                warn(&fault);
                Ok(NetworkStart::Answer(Box::new(
                    self.call(&call, Command::NetworkAnswered { matched: false }).await?,
                )))
            }
        }
    }

    /// `mobile/instant/finish`. What came back through the browser proves nothing by itself.
    pub async fn finish_network(
        &self,
        call: impl Into<DeviceCall>,
        proof: Clear,
    ) -> Result<DeviceAnswer, Error> {
        let call = call.into();
        let (stored, now) = self.device_flow(&call).await?;
        let flow = stored.flow;
        let matched = match (&self.connectors(flow.terms().environment).network, flow.device_outcome(now)) {
            (Some(network), None) => {
                let project = self.project(flow.project()).await?;
                let callback = Callback {
                    project: &project,
                    phone: &flow.subject().phone,
                    proof: &proof,
                    reached: flow.network_was_reached(),
                    proof_is_handle: flow.is_network_check(Digest::of(proof.expose().as_bytes())),
                };
                network.finish(callback).await.unwrap_or_else(|fault| {
                    warn(&fault);
                    false
                })
            }
            _ => false,
        };
        self.call(&call, Command::NetworkAnswered { matched }).await
    }

    /// A visit of the sandbox operator's address. Says whether a check goes by this handle. Which page sent the phone
    /// there is not asked: after a redirect to another origin browsers do not say (device API §7).
    pub async fn reach_sandbox_network(&self, handle: &Clear) -> Result<bool, Error> {
        let digest = Digest::of(handle.expose().as_bytes());
        let Some(id) = self.store().flow_by_link(digest).await? else { return Ok(false) };
        let call = DeviceCall::from(id);
        let Ok((stored, _)) = self.device_flow(&call).await else { return Ok(false) };
        if stored.flow.terms().environment != Environment::Sandbox {
            return Ok(false);
        }
        Ok(self.call(&call, Command::NetworkReached { handle: digest }).await?.reply == Reply::Noted)
    }

    async fn index(&self, id: FlowId, handle: &Clear) -> Result<(), Error> {
        let token = Digest::of(handle.expose().as_bytes());
        Ok(self.store().commit(Unit::new().with(Change::IndexLink { token, flow: id })).await?)
    }
}

fn warn(fault: &Fault) {
    tracing::warn!(error = fault as &dyn std::error::Error, "silent network authentication failed");
}
