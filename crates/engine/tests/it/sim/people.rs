//! People and back ends that do anything at any time, and remember what they were told.

use std::{sync::Arc, time::Duration};

use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};
use ringtrue_domain::{
    FlowId,
    flow::{PossessionType, Reply, ReportedStep, View},
    secret::Digest,
};
use ringtrue_engine::{Error, LinkUse};

use crate::world::{World, number, pass};

/// What somebody was told of a flow.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: FlowId,
    /// Possession was proven, or failed, in so many words.
    pub(super) proven: bool,
    pub(super) over: bool,
    /// The last view, if one was asked for.
    pub(super) view: Option<View>,
}

/// Somebody who verifies again and again.
pub(super) struct Person {
    world: Arc<World>,
    dice: ChaCha8Rng,
    ending: u32,
}

impl Person {
    pub(super) fn new(world: Arc<World>, seed: u64, n: u32) -> Self {
        Self { world, dice: ChaCha8Rng::seed_from_u64(seed << 8 | u64::from(n)), ending: 2680 + n % 3 }
    }

    /// A few verifications, one after the other.
    pub(super) async fn live(mut self) -> Vec<Told> {
        let mut told = Vec::new();
        for _ in 0..self.dice.random_range(1..4) {
            let kinds = [
                PossessionType::Mobile,
                PossessionType::Mobile,
                PossessionType::Desktop,
                PossessionType::None,
            ];
            let kind = kinds[self.dice.random_range(0..kinds.len())];
            if let Some(Ok((id, _))) = self.world.verify(kind, self.ending).await {
                told.push(self.verification(id, kind).await);
            }
            self.wait(60).await;
        }
        told
    }

    async fn wait(&mut self, at_most_seconds: u64) {
        let millis = self.dice.random_range(0..at_most_seconds * 1000);
        pass(Duration::from_millis(millis)).await;
    }

    async fn verification(&mut self, id: FlowId, kind: PossessionType) -> Told {
        let mut told = Told { id, proven: false, over: false, view: None };
        for _ in 0..self.dice.random_range(1..25) {
            self.wait(30).await;
            if self.dice.random_bool(0.05) {
                // The operating system, an operator, a power cut.
                self.world.node().life.end();
            }
            match self.dice.random_range(0..10) {
                0..4 => self.start(id, kind, &mut told).await,
                4..7 => self.prove(id, kind, &mut told).await,
                7 => self.mistake(id, kind, &mut told).await,
                _ => self.ask(id, &mut told).await,
            }
        }
        told
    }

    async fn start(&self, id: FlowId, kind: PossessionType, told: &mut Told) {
        let answer = if kind == PossessionType::Desktop {
            self.world.ask(|engine| async move { engine.start_link(id, None, None).await }).await
        } else {
            self.world.send_code(id).await
        };
        hear(told, answer.map(|answer| answer.map(|answer| answer.reply)));
    }

    /// Uses the newest thing that this number got, which may belong to somebody else's flow.
    async fn prove(&mut self, id: FlowId, kind: PossessionType, told: &mut Told) {
        let mine = number(self.ending);
        let got: Vec<_> =
            self.world.carrier.delivered().into_iter().filter(|message| message.to == mine).collect();
        let Some(message) = got.iter().rev().nth(self.dice.random_range(0..2)) else { return };
        let secret = message.secret.clone();
        if message.is_link {
            let used =
                self.world.ask(|engine| async move { engine.use_link(&secret, Digest::of(b"phone")).await });
            if let Some(Ok(LinkUse::Redirect(to))) = used.await {
                told.proven |= kind == PossessionType::Desktop && to.contains(&id.to_string());
            }
        } else {
            let answer = self.world.enter(id, &secret).await;
            hear(told, answer.map(|answer| answer.map(|answer| answer.reply)));
        }
    }

    async fn mistake(&mut self, id: FlowId, kind: PossessionType, told: &mut Told) {
        let answer = match self.dice.random_range(0..4) {
            0 | 1 => self.world.enter(id, "not a code").await,
            2 => {
                self.world
                    .ask(|engine| async move { engine.start_code(id, Some("+14155552699")).await })
                    .await
            }
            _ => {
                let step =
                    if kind == PossessionType::Desktop { ReportedStep::Link } else { ReportedStep::Other };
                self.world.ask(|engine| async move { engine.report(id, step, false).await }).await
            }
        };
        hear(told, answer.map(|answer| answer.map(|answer| answer.reply)));
    }

    async fn ask(&self, id: FlowId, told: &mut Told) {
        if let Some(Ok(view)) = self.world.status(id).await {
            told.view = Some(view);
        }
    }
}

/// Remembers what was said, if anything was.
fn hear(told: &mut Told, answer: Option<Result<Reply, Error>>) {
    match answer {
        Some(Ok(Reply::Done)) => {
            assert!(!told.over, "first over, then done: {told:?}");
            told.proven = true;
        }
        Some(Ok(Reply::Over(_))) => {
            assert!(!told.proven, "first done, then over: {told:?}");
            told.over = true;
        }
        // The session ended, the store was full, or the call came too often or too early.
        Some(Ok(_) | Err(Error::Unauthorized | Error::Busy { .. })) | None => {}
        Some(Err(other)) => panic!("{other:?} for {told:?}"),
    }
}
