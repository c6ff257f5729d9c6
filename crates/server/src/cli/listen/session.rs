//! Pulling events and posting them, one delivery after the other, while the developer may type.

use std::{io::IsTerminal as _, sync::Arc, time::Duration};

use ringtrue_engine::model::Outcome;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::{
    forward::Forward,
    kept::{Delivery, Kept},
    keys::{Command, Keys},
    source::{Source, is_final},
};
use crate::cli::{output, webhook::outcome_in_words};

/// Pauses between attempts to reach a server or a receiver that is away.
const AWAY: Duration = Duration::from_secs(2);
const USAGE: &str = "r sends the last delivery again, r 3 the one of event 3, s skips what is not taken, q ends (each with Enter)";

/// One `ringtrue listen`.
pub(super) struct Session {
    source: Source,
    forward: Forward,
    json: bool,
    keys: Keys,
    kept: Kept,
    /// What is posted until it is taken. Nothing more is pulled meanwhile, so that the order stays.
    waiting: Option<Waiting>,
    /// What the developer wants to be sent again, once.
    again: Option<Arc<Delivery>>,
    /// No request to the server before.
    ask_at: Instant,
}

struct Waiting {
    delivery: Arc<Delivery>,
    attempts: u32,
    due: Instant,
    /// What came of the last attempt; said only when it is something else than before.
    said: String,
}

impl Session {
    pub(super) fn new(source: Source, forward: Forward, json: bool) -> Self {
        if !json && std::io::stdin().is_terminal() {
            output::note(USAGE);
        }
        let (keys, kept) = (Keys::listen(), Kept::default());
        Self { source, forward, json, keys, kept, waiting: None, again: None, ask_at: Instant::now() }
    }

    /// Goes on until the developer has enough, or the server refuses for good.
    pub(super) async fn run(&mut self) -> anyhow::Result<()> {
        loop {
            let command = if let Some(delivery) = self.again.take() {
                // Once, whatever comes of it.
                self.show(&delivery, 1, &self.forward.post(&delivery).await);
                None
            } else if self.waiting.is_some() {
                self.attempt().await
            } else {
                self.pull().await?
            };
            match command {
                None => {}
                Some(Command::Quit) => return Ok(()),
                Some(Command::Skip) if self.waiting.take().is_some() => output::note("skipped"),
                Some(Command::Skip) => output::note("nothing waits"),
                Some(Command::Repeat(number)) => {
                    self.again = self.kept.find(number);
                    if self.again.is_none() {
                        output::note("no such event");
                    }
                }
                Some(Command::Unknown) => output::note(USAGE),
            }
        }
    }

    /// Waits for the next events.
    async fn pull(&mut self) -> anyhow::Result<Option<Command>> {
        let page = async {
            sleep_until(self.ask_at).await;
            self.source.next().await
        };
        let events = tokio::select! {
            page = page => match page {
                Ok(events) => events,
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => {
                    output::note(&format!("{error:#}; trying again"));
                    self.ask_at = Instant::now() + AWAY;
                    return Ok(None);
                }
            },
            command = self.keys.next() => return Ok(Some(command)),
        };
        if !events.is_empty() {
            let delivery = self.kept.add(self.forward.fresh_id(), events)?;
            let said = String::new();
            self.waiting = Some(Waiting { delivery, attempts: 0, due: Instant::now(), said });
        }
        Ok(None)
    }

    /// Makes the next attempt at what waits. It goes on waiting when it is not taken, or when a command comes first.
    async fn attempt(&mut self) -> Option<Command> {
        let waiting = self.waiting.as_mut()?;
        let (delivery, due) = (Arc::clone(&waiting.delivery), waiting.due);
        let post = async {
            sleep_until(due).await;
            self.forward.post(&delivery).await
        };
        let outcome = tokio::select! {
            outcome = post => outcome,
            command = self.keys.next() => return Some(command),
        };
        let words = outcome_in_words(&outcome);
        waiting.attempts += 1;
        let (attempt, first, is_news) = (waiting.attempts, waiting.said.is_empty(), words != waiting.said);
        if outcome.is_success() {
            self.waiting = None;
        } else {
            waiting.said = words;
            waiting.due = Instant::now() + AWAY;
        }
        if outcome.is_success() || is_news {
            self.show(&delivery, attempt, &outcome);
        }
        if first && !outcome.is_success() {
            let pause = AWAY.as_secs();
            output::note(&format!(
                "not taken: tried again every {pause} s with the same webhook-id until it is; s skips it"
            ));
        }
        None
    }

    /// Says what is left undone.
    pub(super) fn part(&self) {
        if let Some(waiting) = &self.waiting {
            let count = waiting.delivery.len();
            output::note(&format!(
                "events that were not taken: {count}; --from-start begins with the oldest ones"
            ));
        }
    }

    fn show(&self, delivery: &Delivery, attempt: u32, outcome: &Outcome) {
        let words = outcome_in_words(outcome);
        for (number, event) in delivery.numbered() {
            if self.json {
                output::json(&json!({
                    "number": number,
                    "event": event,
                    "webhookId": delivery.id.to_string(),
                    "attempt": attempt,
                    "taken": outcome.is_success(),
                    "outcome": words,
                }));
                continue;
            }
            let identity = event.identity_id.as_deref().unwrap_or("-");
            output::line(&format!(
                "{number:>4}  {}  {:<22} {identity}  {words}",
                event.event_timestamp, event.event_type
            ));
        }
    }
}
