//! Who takes production's messages: hands each to whoever waits for it, and refuses some numbers.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use ringtrue_domain::{PhoneNumber, flow::Payload};
use ringtrue_engine::ports::{Accepted, Dispatch, Fault, SmsSender};

use super::world::LINK_BASE;

/// A carrier whose messages arrive where they are waited for. One person at a time uses it.
#[derive(Default)]
pub(super) struct Carrier(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    last: Option<String>,
    unreachable: HashSet<PhoneNumber>,
}

impl Carrier {
    /// From now on messages to this number are refused.
    pub(super) fn refuse(&self, phone: PhoneNumber) {
        self.inner().unreachable.insert(phone);
    }

    /// The code in the newest message, or the token of its link.
    pub(super) fn take(&self) -> Option<String> {
        self.inner().last.take()
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SmsSender for Carrier {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        let message = dispatch.message;
        let mut inner = self.inner();
        if inner.unreachable.contains(&message.to) {
            return Err(Fault::Rejected { reason: "the number is not in service" });
        }
        inner.last = Some(match &message.payload {
            Payload::Otp { code } => code.expose().to_owned(),
            Payload::Link { link, .. } => {
                link.expose().strip_prefix(LINK_BASE).unwrap_or_default().to_owned()
            }
        });
        Ok(Accepted::default())
    }

    fn recognises_repeats(&self) -> bool {
        true
    }
}
