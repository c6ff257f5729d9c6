//! The outside party that carries messages. It outlives every server process and remembers all it did.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};
use ringtrue_domain::{
    JobId,
    flow::{OutgoingMessage, Payload},
};
use ringtrue_engine::ports::{Accepted, Clock as _, Dispatch, Fault, SmsSender};
use tokio::time::sleep;

use super::{Life, SimClock};

/// What the carrier does with a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    /// Delivers it and says so.
    Deliver,
    /// Delivers it, and says so after this time.
    DeliverThenDawdle(Duration),
    /// Thinks for this time, then delivers it and says so.
    DawdleThenDeliver(Duration),
    /// Does nothing and says when to come again.
    Busy(Option<Duration>),
    /// Delivers it; the answer is lost.
    DeliverInSilence,
    /// Does nothing; the answer is lost.
    LoseInSilence,
    /// Will never deliver to this number.
    Reject,
    /// The same, after this time.
    RejectAfter(Duration),
    /// The server dies before the carrier heard of it.
    ServerDies,
    /// Delivers it; the server dies before it hears so.
    DeliverThenServerDies,
}

/// A message that reached a phone.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    pub(crate) id: JobId,
    pub(crate) to: String,
    /// The code, or the token of the link.
    pub(crate) secret: String,
    pub(crate) is_link: bool,
}

pub(crate) struct Carrier {
    recognises_repeats: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    dice: ChaCha8Rng,
    script: VecDeque<Deed>,
    /// Without a script: deeds at random instead of good ones.
    moody: bool,
    calls: Vec<JobId>,
    delivered: Vec<Delivered>,
    /// Messages that should not have been sent. Told at the world's end: a panic in here would only end a job.
    complaints: Vec<String>,
}

impl Carrier {
    pub(crate) fn new(seed: u64, recognises_repeats: bool) -> Self {
        let inner = Inner {
            dice: ChaCha8Rng::seed_from_u64(seed ^ 0xCA11),
            script: VecDeque::new(),
            moody: false,
            calls: Vec::new(),
            delivered: Vec::new(),
            complaints: Vec::new(),
        };
        Self { recognises_repeats, inner: Mutex::new(inner) }
    }

    /// What it does with the next messages.
    pub(crate) fn will(&self, deeds: impl IntoIterator<Item = Deed>) {
        self.inner.lock().unwrap().script.extend(deeds);
    }

    /// From now on it does what it likes, or again what it should.
    pub(crate) fn set_moody(&self, moody: bool) {
        self.inner.lock().unwrap().moody = moody;
    }

    /// Everything that reached a phone, oldest first.
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        self.inner.lock().unwrap().delivered.clone()
    }

    /// The newest thing that a phone got.
    pub(crate) fn newest(&self) -> Delivered {
        self.delivered().pop().expect("a delivered message")
    }

    /// How often it was asked to carry something.
    pub(crate) fn calls(&self) -> usize {
        self.inner.lock().unwrap().calls.len()
    }

    /// What it was given and should not have been.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.inner.lock().unwrap().complaints.clone()
    }

    fn next(&self, dispatch: &Dispatch<'_>, at: Timestamp) -> Deed {
        let mut inner = self.inner.lock().unwrap();
        let (id, now) = (dispatch.message.id, dispatch.now);
        inner.calls.push(id);
        if now != at {
            inner.complaints.push(format!("{id} is sent at {at} and says {now}"));
        }
        if now >= dispatch.message.expires_at {
            inner.complaints.push(format!("{id} is of no use any more"));
        }
        if let Some(deed) = inner.script.pop_front() {
            return deed;
        }
        if !inner.moody {
            return Deed::Deliver;
        }
        let time = Duration::from_millis(inner.dice.random_range(0..60_000));
        match inner.dice.random_range(0..20) {
            0..8 => Deed::Deliver,
            8 => Deed::DeliverThenDawdle(time),
            9 => Deed::DawdleThenDeliver(time),
            10..13 => Deed::Busy(None),
            13 => Deed::Busy(Some(time)),
            14 => Deed::DeliverInSilence,
            15 => Deed::LoseInSilence,
            16 => Deed::Reject,
            17 | 18 => Deed::DeliverThenServerDies,
            _ => Deed::ServerDies,
        }
    }

    fn deliver(&self, message: &OutgoingMessage) {
        let mut inner = self.inner.lock().unwrap();
        if self.recognises_repeats && inner.delivered.iter().any(|known| known.id == message.id) {
            return;
        }
        let (secret, is_link) = match &message.payload {
            Payload::Otp { code } => (code.expose().to_owned(), false),
            Payload::Link { link, .. } => (link.expose().rsplit('/').next().unwrap().to_owned(), true),
        };
        let to = message.to.expose().to_owned();
        inner.delivered.push(Delivered { id: message.id, to, secret, is_link });
    }
}

/// One process's line to the carrier.
pub(crate) struct Line {
    carrier: Arc<Carrier>,
    life: Life,
    clock: SimClock,
}

impl Line {
    pub(crate) fn new(carrier: &Arc<Carrier>, life: &Life, clock: &SimClock) -> Self {
        Self { carrier: Arc::clone(carrier), life: life.clone(), clock: clock.clone() }
    }
}

#[async_trait]
impl SmsSender for Line {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault> {
        self.life.must_last().await;
        let message = dispatch.message;
        let carrier = &self.carrier;
        let lost = || Err(Fault::Unknown(std::io::Error::other("the answer was lost").into()));
        match carrier.next(&dispatch, self.clock.wall()) {
            Deed::Deliver => carrier.deliver(message),
            Deed::DeliverThenDawdle(time) => {
                carrier.deliver(message);
                sleep(time).await;
            }
            Deed::DawdleThenDeliver(time) => {
                // It goes on by itself, whatever becomes of the server.
                sleep(time).await;
                carrier.deliver(message);
            }
            Deed::Busy(retry_after) => return Err(Fault::Busy { retry_after }),
            Deed::DeliverInSilence => {
                carrier.deliver(message);
                return lost();
            }
            Deed::LoseInSilence => return lost(),
            Deed::Reject => return Err(Fault::Rejected { reason: "no such subscriber" }),
            Deed::RejectAfter(time) => {
                sleep(time).await;
                return Err(Fault::Rejected { reason: "no such subscriber" });
            }
            Deed::ServerDies => self.life.end(),
            Deed::DeliverThenServerDies => {
                carrier.deliver(message);
                self.life.end();
            }
        }
        self.life.must_last().await;
        Ok(Accepted::default())
    }

    fn recognises_repeats(&self) -> bool {
        self.carrier.recognises_repeats
    }
}
