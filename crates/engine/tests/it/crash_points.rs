//! The process dies just after each of the commits of a verification, one run per commit. The next process finishes
//! what was begun, and nothing happens twice.

use std::time::Duration;

use ringtrue_domain::{
    FlowId,
    flow::{Nudge, Outcome, PossessionType, Reply, Verdict},
    secret::Digest,
};
use ringtrue_engine::LinkUse;

use crate::world::{Deed, LEASE, Plan, World, pass};

/// Long enough for a lease to run out and a job to be taken up.
const AFTERMATH: Duration = LEASE.saturating_add(Duration::from_secs(5));

/// A person and a back end that try again when the server went away.
struct Patient {
    world: World,
    crashes: usize,
}

impl Patient {
    /// A world whose process dies after so many commits.
    async fn new(recognises_repeats: bool, commits: usize) -> Self {
        let world = World::new(Plan { recognises_repeats, ..Plan::default() }).await;
        world.node().store.die_after(commits);
        Self { world, crashes: 0 }
    }

    /// The server went away: another one comes up and looks after what was left.
    async fn restart(&mut self) {
        self.crashes += 1;
        self.world.restart();
        pass(AFTERMATH).await;
    }

    async fn verify(&mut self, possession: PossessionType) -> FlowId {
        loop {
            match self.world.verify(possession, 2671).await {
                Some(answer) => return answer.unwrap().0,
                None => self.restart().await,
            }
        }
    }

    async fn send_code(&mut self, id: FlowId) -> Reply {
        loop {
            match self.world.send_code(id).await {
                Some(answer) => return answer.unwrap().reply,
                None => self.restart().await,
            }
        }
    }

    async fn enter(&mut self, id: FlowId, code: &str) -> Reply {
        loop {
            match self.world.enter(id, code).await {
                Some(answer) => return answer.unwrap().reply,
                None => self.restart().await,
            }
        }
    }

    async fn press(&mut self, token: &str) -> LinkUse {
        let browser = Digest::of(b"browser");
        loop {
            let token = token.to_owned();
            match self.world.ask(|engine| async move { engine.use_link(&token, browser).await }).await {
                Some(answer) => return answer.unwrap(),
                None => self.restart().await,
            }
        }
    }

    /// Everything that was begun is finished.
    async fn is_settled(&mut self, id: FlowId) {
        pass(AFTERMATH).await;
        let view = loop {
            match self.world.status(id).await {
                Some(view) => break view.unwrap(),
                None => self.restart().await,
            }
        };
        assert!(matches!(view.verdict, Verdict::True(_)), "{view:?}");
        assert_eq!(self.world.jobs_open().await, 0);
        let mut ids: Vec<_> = self.world.carrier.delivered().iter().map(|message| message.id).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "a message came twice");
    }
}

#[tokio::test(start_paused = true)]
async fn a_verification_by_code_survives_a_crash_after_any_commit() {
    for recognises_repeats in [false, true] {
        let mut commits = 0;
        loop {
            commits += 1;
            let mut patient = Patient::new(recognises_repeats, commits).await;
            let id = patient.verify(PossessionType::Mobile).await;
            while patient.world.carrier.delivered().is_empty() {
                // A crash between the commit and the carrier loses the message, unless its carrier knows repeats.
                assert_eq!(patient.send_code(id).await, Reply::Sent);
                pass(Duration::from_secs(11)).await;
            }
            let code = patient.world.carrier.newest().secret;
            let wrong = if code == "000000" { "111111" } else { "000000" };
            assert_eq!(patient.enter(id, wrong).await, Reply::TryAgain(Nudge::WrongCode));
            assert_eq!(patient.enter(id, &code).await, Reply::Done);
            patient.is_settled(id).await;
            if patient.crashes == 0 {
                break;
            }
        }
        assert!(commits > 6, "a verification has more commits than {commits}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_verification_by_link_survives_a_crash_after_any_commit() {
    let mut commits = 0;
    loop {
        commits += 1;
        let mut patient = Patient::new(false, commits).await;
        let id = patient.verify(PossessionType::Desktop).await;
        while patient.world.carrier.delivered().is_empty() {
            let sent =
                patient.world.ask(|engine| async move { engine.start_link(id, None, None).await }).await;
            match sent {
                Some(answer) => assert_eq!(answer.unwrap().reply, Reply::Sent),
                None => patient.restart().await,
            }
            pass(Duration::from_secs(11)).await;
        }
        let token = patient.world.carrier.newest().secret;
        // A crash after the use was written: the same browser presses again and is sent on all the same.
        assert!(matches!(patient.press(&token).await, LinkUse::Redirect(_)));
        patient.is_settled(id).await;
        if patient.crashes == 0 {
            break;
        }
    }
    assert!(commits > 4, "a verification has more commits than {commits}");
}

#[tokio::test(start_paused = true)]
async fn ownership_survives_a_crash_after_any_commit() {
    let mut commits = 0;
    loop {
        commits += 1;
        let mut patient = Patient::new(false, commits).await;
        let id = patient.verify(PossessionType::None).await;
        patient.is_settled(id).await;
        if patient.crashes == 0 {
            break;
        }
    }
    assert!(commits > 2, "a verification has more commits than {commits}");
}

#[tokio::test(start_paused = true)]
async fn between_the_commit_and_the_carrier() {
    for recognises_repeats in [false, true] {
        let world = World::new(Plan { recognises_repeats, ..Plan::default() }).await;
        world.carrier.will([Deed::ServerDies]);
        let id = world.begin(PossessionType::Mobile).await;
        assert!(world.send_code(id).await.is_none(), "the server died");
        world.restart();
        assert_eq!(world.jobs_open().await, 1);
        pass(LEASE.saturating_sub(Duration::from_secs(2))).await;
        assert_eq!(world.jobs_open().await, 1, "the lease of the dead still holds");
        pass(Duration::from_secs(5)).await;
        assert_eq!(world.jobs_open().await, 0);
        // Whether it went out nobody knows: it is sent again only where that does no harm.
        assert_eq!(world.carrier.delivered().len(), usize::from(recognises_repeats));
        let view = world.status(id).await.unwrap().unwrap();
        assert_eq!(view.possession, Outcome::Pending, "the person can ask for another one");
    }
}

#[tokio::test(start_paused = true)]
async fn between_the_carrier_and_the_commit() {
    for recognises_repeats in [false, true] {
        let world = World::new(Plan { recognises_repeats, ..Plan::default() }).await;
        world.carrier.will([Deed::DeliverThenServerDies]);
        let id = world.begin(PossessionType::Mobile).await;
        assert!(world.send_code(id).await.is_none(), "the server died");
        world.restart();
        pass(AFTERMATH).await;
        assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (1, 0));
        assert_eq!(world.carrier.calls(), if recognises_repeats { 2 } else { 1 });
        let code = world.carrier.newest().secret;
        assert_eq!(world.enter(id, &code).await.unwrap().unwrap().reply, Reply::Done);
    }
}
