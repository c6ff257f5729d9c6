//! A customer's endpoint. It outlives every server process and remembers all it was sent.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, secret::Clear};
use ringtrue_engine::{
    model::{Answer, ChangeEvent, NoAnswer, Outcome},
    ports::{Clock as _, Payload, Post, WebhookSender},
};
use tokio::time::sleep;

use super::{Life, SimClock};

/// How long the server waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the endpoint does with a post.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// Takes it and answers with this status.
    Status(u16),
    /// Asks for a pause of so many seconds.
    Later(u32),
    /// Takes it and answers after this time.
    Dawdle(Duration),
    /// Answers with this status after this time.
    DawdleThen(Duration, u16),
    /// Takes it and never answers.
    Hang,
    /// Refuses the connection.
    Refuse,
    /// Takes it; the server dies before it hears so.
    TakeThenServerDies,
}

/// A post that came in.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) at: Timestamp,
    pub(crate) id: DeliveryId,
    /// One line for each event: its id, its identity, its type.
    pub(crate) events: Vec<String>,
    pub(crate) url: String,
    pub(crate) secrets: Vec<String>,
    /// Whether it was answered with 200.
    pub(crate) taken: bool,
}

#[derive(Default)]
struct Inner {
    script: VecDeque<Reply>,
    always: Option<Reply>,
    /// Identities whose events are answered with 500.
    poison: HashSet<String>,
    got: Vec<Got>,
    at_once: usize,
    most_at_once: usize,
}

#[derive(Default)]
pub(crate) struct Receiver(Mutex<Inner>);

impl Receiver {
    /// What it does next, one post after another; afterwards it takes everything again.
    pub(crate) fn will(&self, replies: impl IntoIterator<Item = Reply>) {
        self.0.lock().unwrap().script.extend(replies);
    }

    /// What it does from now on.
    pub(crate) fn always(&self, reply: Reply) {
        self.0.lock().unwrap().always = Some(reply);
    }

    /// Answers 500 whenever a post holds something of this identity.
    pub(crate) fn cannot_take(&self, identity: &str) {
        self.0.lock().unwrap().poison.insert(identity.to_owned());
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.0.lock().unwrap().got.clone()
    }

    /// Events that were taken, in their order, doubles left out.
    pub(crate) fn taken(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let taken = self.got().into_iter().filter(|got| got.taken && seen.insert(got.id));
        taken.flat_map(|got| got.events).collect()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.0.lock().unwrap().most_at_once
    }

    fn next(&self, events: &[String]) -> Reply {
        let mut inner = self.0.lock().unwrap();
        inner.at_once += 1;
        inner.most_at_once = inner.most_at_once.max(inner.at_once);
        if events.iter().any(|event| inner.poison.iter().any(|identity| event.contains(identity.as_str()))) {
            return Reply::Status(500);
        }
        inner.script.pop_front().or(inner.always).unwrap_or(Reply::Status(200))
    }

    fn keep(&self, got: Got) {
        let mut inner = self.0.lock().unwrap();
        inner.at_once -= 1;
        inner.got.push(got);
    }
}

/// One server process's way to the endpoint.
pub(crate) struct Postman {
    receiver: Arc<Receiver>,
    life: Life,
    clock: SimClock,
}

impl Postman {
    pub(crate) fn new(receiver: &Arc<Receiver>, life: &Life, clock: &SimClock) -> Self {
        Self { receiver: Arc::clone(receiver), life: life.clone(), clock: clock.clone() }
    }
}

#[async_trait]
impl WebhookSender for Postman {
    async fn post(&self, post: Post<'_>) -> Outcome {
        self.life.must_last().await;
        let events: Vec<String> =
            std::str::from_utf8(post.body).unwrap().lines().map(str::to_owned).collect();
        let reply = self.receiver.next(&events);
        let got = Got {
            at: self.clock.wall(),
            id: post.delivery,
            events,
            url: post.url.expose().to_owned(),
            secrets: post.secrets.iter().map(|secret| secret.value.expose().to_owned()).collect(),
            taken: false,
        };
        // A post takes a little time, so that posts at the same time are seen.
        sleep(Duration::from_millis(1)).await;
        let answer = |status, retry_after_seconds| {
            let body = Clear::new(String::new());
            Outcome::Answered(Answer { status, headers: vec![], body, retry_after_seconds })
        };
        let nothing = |why| Outcome::NoAnswer { why, detail: String::new() };
        let (outcome, taken) = match reply {
            Reply::Status(status) => (answer(status, None), status == 200),
            Reply::Later(seconds) => (answer(503, Some(seconds)), false),
            Reply::Dawdle(time) => {
                sleep(time).await;
                (answer(200, None), true)
            }
            Reply::DawdleThen(time, status) => {
                sleep(time).await;
                (answer(status, None), status == 200)
            }
            Reply::Hang => {
                sleep(PATIENCE).await;
                (nothing(NoAnswer::TimedOut), true)
            }
            Reply::Refuse => (nothing(NoAnswer::Unconnected), false),
            Reply::TakeThenServerDies => {
                self.receiver.keep(Got { taken: true, ..got });
                self.life.end();
                return std::future::pending().await;
            }
        };
        self.receiver.keep(Got { taken, ..got });
        outcome
    }
}

/// The body that [`Postman`] reads.
pub(crate) fn render(payload: &Payload<'_>) -> Vec<u8> {
    match payload {
        Payload::Events(events) => {
            let line = |event: &ChangeEvent| {
                format!("{} {} {}\n", event.id, event.identity, event.what.event_type().as_str()).into_bytes()
            };
            events.iter().flat_map(line).collect()
        }
        Payload::Test { id, .. } => format!("{id} - TEST\n").into_bytes(),
    }
}
