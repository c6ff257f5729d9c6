//! Silent network authentication in sandbox: the server plays the operator, the virtual handset the phone.

use std::sync::Arc;

use async_trait::async_trait;
use ringtrue_domain::{PhoneNumber, flow::Conduct, secret::Clear};
use ringtrue_engine::{
    model::Project,
    ports::{Callback, Challenge, Fault, NetworkAuthenticator, Store},
};

use super::personas;
use crate::{encode, fault::from_store};

/// Decides by the persona and by the switch of the project's virtual handset.
pub struct SandboxNetwork {
    store: Arc<dyn Store>,
    origin: String,
}

impl SandboxNetwork {
    /// An authenticator whose checks are fetched from the server itself at `origin` (`https://id.example`).
    pub fn new(store: Arc<dyn Store>, origin: &str) -> Self {
        Self { store, origin: origin.trim_end_matches('/').to_owned() }
    }
}

#[async_trait]
impl NetworkAuthenticator for SandboxNetwork {
    /// A handset that is switched off is offered the check all the same if its persona has one, so that the way
    /// back to a code can be seen.
    async fn offers(&self, project: &Project, phone: &PhoneNumber) -> bool {
        let Some(persona) = personas::find(project, phone) else { return false };
        if persona.network.is_some() {
            return true;
        }
        // A store that cannot be read costs the check, not the flow: a code takes over.
        matches!(self.store.handset(project.id, phone).await, Ok(Some(true)))
    }

    async fn begin(&self, challenge: Challenge<'_>) -> Result<Clear, Fault> {
        let mut url = format!("{}/v1/sandbox/network?handle=", self.origin);
        encode::percent(challenge.handle.expose(), &mut url);
        // The published client refuses plain http unless it is told the proof beforehand (device API §7).
        if self.origin.starts_with("http://") {
            url.push_str("&testVfp=");
            encode::percent(challenge.handle.expose(), &mut url);
        }
        Ok(Clear::new(url))
    }

    async fn finish(&self, callback: Callback<'_>) -> Result<bool, Fault> {
        // The pixel way brings no proof back; there the visit is the evidence.
        let pixel = callback.proof.expose().is_empty() && callback.reached;
        if !callback.proof_is_handle && !pixel {
            return Ok(false);
        }
        let Some(persona) = personas::find(callback.project, callback.phone) else { return Ok(false) };
        if persona.conduct == Conduct::Refuses {
            return Ok(false);
        }
        let switched = self.store.handset(callback.project.id, callback.phone).await.map_err(from_store)?;
        Ok(match switched {
            Some(on) => on && persona.network != Some(false),
            None => persona.network == Some(true),
        })
    }
}
