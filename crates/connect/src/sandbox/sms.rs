//! Messages in sandbox: kept in the outbox, where the virtual handset and the outbox page read them.

use async_trait::async_trait;
use ringtrue_domain::flow::Payload;
use ringtrue_engine::{
    model::OutboxMessage,
    ports::{Accepted, Dispatch, Fault, SmsSender},
};

/// "Sends" a message by handing it back to be kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct SandboxSms;

#[async_trait]
impl SmsSender for SandboxSms {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        let message = dispatch.message;
        let (code, link) = match &message.payload {
            Payload::Otp { code } => (Some(code.clone()), None),
            Payload::Link { link, .. } => (None, Some(link.clone())),
        };
        let kept = OutboxMessage {
            id: message.id,
            project: dispatch.project,
            to: message.to.clone(),
            body: message.body.clone(),
            code,
            link,
            sent_at: dispatch.now,
        };
        Ok(Accepted { provider_id: None, outbox: Some(kept) })
    }

    /// The store keeps one message per id.
    fn is_local(&self) -> bool {
        true
    }

    fn recognises_repeats(&self) -> bool {
        true
    }
}
