//! `Idempotency-Key`: the same key and request within 24 hours get the first answer.

use ringtrue_domain::{FieldError, FlowId, secret::Digest, time::after};

use crate::{
    Engine, Error,
    model::{KeyScope, Remembered},
    ports::{Change, CommitError, Unit},
};

/// Seconds that a key is remembered (server API §1).
const REMEMBERED_SECONDS: u32 = 24 * 60 * 60;

/// A key as it came with a request.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose it is.
    pub scope: KeyScope,
    /// Digest of the header's value.
    pub key: Digest,
    /// Digest of method, path and body.
    pub request: Digest,
}

impl Key {
    /// Reads a header's value: 1 to 255 visible characters.
    pub fn new(scope: KeyScope, header: &[u8], path: &str, body: &[u8]) -> Result<Self, FieldError> {
        if header.is_empty() || header.len() > 255 || !header.iter().all(|b| (0x20..0x7f).contains(b)) {
            return Err(FieldError::new("Idempotency-Key", "must be 1 to 255 printable ASCII characters"));
        }
        let mut request = Vec::with_capacity(path.len() + 1 + body.len());
        request.extend_from_slice(path.as_bytes());
        request.push(0);
        request.extend_from_slice(body);
        Ok(Self { scope, key: Digest::of(header), request: Digest::of(&request) })
    }
}

/// What is known of a request that came before.
#[derive(Debug)]
pub enum Replay {
    /// Its answer.
    Answer(String),
    /// It began this flow and was cut off before it answered.
    Flow(FlowId),
}

impl Engine {
    /// Whether this request came before.
    pub async fn replay(&self, key: &Key) -> Result<Option<Replay>, Error> {
        let found = self.store().remembered(key.scope, key.key, self.wall()).await?;
        found.map(|record| read(key, record)).transpose()
    }

    /// Remembers the answer to a request whose changes are written already, or gives the answer that was first.
    pub async fn remember(&self, key: &Key, answer: String) -> Result<String, Error> {
        let unit = Unit::new().with(self.remember_change(key, None, Some(answer.clone())));
        match self.store().commit(unit).await {
            Ok(()) => Ok(answer),
            Err(CommitError::Duplicate(record)) => match read(key, *record)? {
                Replay::Answer(first) => Ok(first),
                Replay::Flow(_) => Ok(answer),
            },
            Err(other) => Err(other.into()),
        }
    }

    /// Adds the answer to a key that began a flow.
    pub async fn remember_answer(&self, key: &Key, answer: String) -> Result<(), Error> {
        let unit = Unit::new().with(Change::Answer { scope: key.scope, key: key.key, answer });
        Ok(self.store().commit(unit).await?)
    }

    pub(crate) fn remember_change(&self, key: &Key, flow: Option<FlowId>, answer: Option<String>) -> Change {
        let now = self.wall();
        let record = Remembered {
            scope: key.scope,
            key: key.key,
            request: key.request,
            flow,
            answer,
            expires_at: after(now, REMEMBERED_SECONDS),
        };
        Change::Remember { record: Box::new(record), now }
    }
}

pub(crate) fn read(key: &Key, record: Remembered) -> Result<Replay, Error> {
    if record.request != key.request {
        return Err(FieldError::new("Idempotency-Key", "was used with another request").into());
    }
    match (record.answer, record.flow) {
        (Some(answer), _) => Ok(Replay::Answer(answer)),
        (None, Some(flow)) => Ok(Replay::Flow(flow)),
        (None, None) => Err(Error::bug("a remembered key has neither answer nor flow")),
    }
}
