//! The outside party that knows what became of numbers.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_engine::ports::{Fault, LineMonitor, LineQuestion, Sight};
use tokio::time::sleep;

use crate::world::Life;

/// What the source says to a question.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// "Ask again after this time."
    Busy(Duration),
    /// "Ask again later."
    BusyForNow,
    /// The answer is lost.
    Silence,
    /// It will not answer such questions.
    Refusal,
    /// It does not know the number.
    NotCovered,
    /// The server dies while it waits.
    ServerDies,
}

/// A question that was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) number: String,
    pub(super) at: Timestamp,
    pub(super) since: Timestamp,
}

#[derive(Default)]
pub(super) struct Source {
    sights: Mutex<BTreeMap<String, Sight>>,
    script: Mutex<VecDeque<Word>>,
    asked: Mutex<Vec<Asked>>,
    pub(super) resting: AtomicBool,
}

impl Source {
    /// What it knows of a number from now on; nothing of the others.
    pub(super) fn knows(&self, number: &str, sight: Sight) {
        self.sights.lock().unwrap().insert(number.to_owned(), sight);
    }

    /// What it says to the next questions.
    pub(super) fn will(&self, words: impl IntoIterator<Item = Word>) {
        self.script.lock().unwrap().extend(words);
    }

    /// The questions so far, in their order.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The questions since it was last asked for them.
    pub(super) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// One process's wire to the source.
pub(super) struct Wire {
    pub(super) source: Arc<Source>,
    pub(super) life: Life,
}

#[async_trait]
impl LineMonitor for Wire {
    async fn look(&self, question: LineQuestion<'_>) -> Result<Option<Sight>, Fault> {
        self.life.must_last().await;
        let number = question.phone.expose().to_owned();
        let LineQuestion { since, now: at, .. } = question;
        self.source.asked.lock().unwrap().push(Asked { number: number.clone(), at, since });
        let word = self.source.script.lock().unwrap().pop_front();
        sleep(Duration::from_millis(200)).await;
        match word {
            None => {}
            Some(Word::Busy(pause)) => return Err(Fault::Busy { retry_after: Some(pause) }),
            Some(Word::BusyForNow) => return Err(Fault::Busy { retry_after: None }),
            Some(Word::Silence) => return Err(Fault::Unknown(std::io::Error::other("no answer").into())),
            Some(Word::Refusal) => return Err(Fault::Rejected { reason: "not a question for this source" }),
            Some(Word::NotCovered) => return Ok(None),
            Some(Word::ServerDies) => self.life.end(),
        }
        self.life.must_last().await;
        Ok(Some(self.source.sights.lock().unwrap().get(&number).cloned().unwrap_or_default()))
    }

    fn is_resting(&self) -> bool {
        self.source.resting.load(Ordering::SeqCst)
    }
}
