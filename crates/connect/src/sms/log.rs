//! The sender of a server without a gateway: it says that a message would go out, and to nobody what is in it.

use async_trait::async_trait;
use ringtrue_domain::sms::segments;
use ringtrue_engine::ports::{Accepted, Dispatch, Fault, SmsSender};

/// Logs that a message would have been sent: never its text, code or link, because logs are kept and read by
/// people who should not be able to pass a verification.
#[derive(Debug)]
#[non_exhaustive]
pub struct LogSms;

impl LogSms {
    /// Makes the sender and says, once, that nobody will get a message and what to do about it.
    pub fn start() -> Self {
        tracing::warn!(
            "no SMS gateway is configured: messages of production projects are logged without their codes and reach \
             nobody; set sms.kind to \"http\" or \"twilio\" in the configuration, or use a sandbox project"
        );
        Self
    }
}

#[async_trait]
impl SmsSender for LogSms {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        let message = dispatch.message;
        tracing::info!(
            message.id = %message.id,
            message.to = ?message.to,
            message.kind = super::kind(&message.payload),
            message.segments = segments(message.body.expose()).count,
            "a message was not sent: no SMS gateway is configured"
        );
        Ok(Accepted::default())
    }

    fn reaches_phones(&self) -> bool {
        false
    }

    /// A second line in the log harms nobody.
    fn recognises_repeats(&self) -> bool {
        true
    }
}
