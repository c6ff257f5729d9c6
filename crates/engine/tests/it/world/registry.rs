//! The outside party that knows who numbers belong to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};
use ringtrue_domain::{Findings, LineType, NameMatch};
use ringtrue_engine::ports::{Clock as _, Fault, IdentitySource, Question};
use tokio::time::sleep;

use super::{Life, SimClock};

/// What the source says to a question.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word {
    /// The truth.
    Truth,
    /// The truth, after this time.
    TruthAfter(Duration),
    /// "Ask again later."
    Busy,
    /// The answer is lost.
    Silence,
    /// It will not answer such questions.
    Refusal,
    /// The server dies while it waits.
    ServerDies,
}

pub(crate) struct Registry(Mutex<Inner>);

struct Inner {
    dice: ChaCha8Rng,
    script: VecDeque<Word>,
    /// Without a script: always this.
    always: Word,
    moody: bool,
    asked: Vec<(String, Timestamp)>,
}

impl Registry {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Inner {
            dice: ChaCha8Rng::seed_from_u64(seed ^ 0x1D),
            script: VecDeque::new(),
            always: Word::Truth,
            moody: false,
            asked: Vec::new(),
        }))
    }

    /// What it says to the next questions.
    pub(crate) fn will(&self, words: impl IntoIterator<Item = Word>) {
        self.0.lock().unwrap().script.extend(words);
    }

    /// What it says from now on.
    pub(crate) fn always(&self, word: Word) {
        self.0.lock().unwrap().always = word;
    }

    pub(crate) fn set_moody(&self, moody: bool) {
        self.0.lock().unwrap().moody = moody;
    }

    /// When it was asked about a number.
    pub(crate) fn asked(&self, number: &str) -> Vec<Timestamp> {
        let inner = self.0.lock().unwrap();
        inner.asked.iter().filter(|(about, _)| about == number).map(|(_, at)| *at).collect()
    }

    fn next(&self, about: &str, at: Timestamp) -> Word {
        let mut inner = self.0.lock().unwrap();
        inner.asked.push((about.to_owned(), at));
        if let Some(word) = inner.script.pop_front() {
            return word;
        }
        if !inner.moody {
            return inner.always;
        }
        let time = Duration::from_millis(inner.dice.random_range(0..60_000));
        match inner.dice.random_range(0..20) {
            0..7 => Word::Truth,
            7..9 => Word::TruthAfter(time),
            9..13 => Word::Busy,
            13..17 => Word::Silence,
            17 => Word::Refusal,
            _ => Word::ServerDies,
        }
    }
}

/// What is true of a number: even ones are the person's.
pub(crate) fn truth(number: &str) -> Findings {
    let owned = number.ends_with(['0', '2', '4', '6', '8']) || number.ends_with("2671");
    Findings {
        number_known: true,
        name: if owned { NameMatch::Match } else { NameMatch::Mismatch },
        risks: None,
        carrier: None,
        line_type: Some(LineType::Mobile),
        country: None,
    }
}

/// One process's wire to the source.
pub(crate) struct Wire {
    registry: Arc<Registry>,
    life: Life,
    clock: SimClock,
}

impl Wire {
    pub(crate) fn new(registry: &Arc<Registry>, life: &Life, clock: &SimClock) -> Self {
        Self { registry: Arc::clone(registry), life: life.clone(), clock: clock.clone() }
    }
}

#[async_trait]
impl IdentitySource for Wire {
    async fn owners(&self, question: Question<'_>) -> Result<Findings, Fault> {
        self.life.must_last().await;
        let number = question.phone.expose();
        let word = self.registry.next(number, self.clock.wall());
        match word {
            Word::Truth => {}
            Word::TruthAfter(time) => sleep(time).await,
            Word::Busy => return Err(Fault::Busy { retry_after: None }),
            Word::Silence => return Err(Fault::Unknown(std::io::Error::other("the answer was lost").into())),
            Word::Refusal => return Err(Fault::Rejected { reason: "not a question for this source" }),
            Word::ServerDies => self.life.end(),
        }
        self.life.must_last().await;
        Ok(truth(number))
    }
}
