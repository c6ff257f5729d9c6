//! The guard: time limit, breaker, metrics.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusBuilder;
use ringtrue_connect::{GuardSettings, Guarded, SandboxNetwork};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::ports::{Accepted, Challenge, Dispatch, Fault, NetworkAuthenticator, SmsSender};

use crate::support::{
    FakeClock, dispatch, fault, otp, phone, project,
    store::{FakeStore, Health},
};

enum Answer {
    Fails(Fault),
    Hangs,
}

/// Answers as scripted, then always accepts. Counts calls.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    calls: Mutex<u32>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), calls: Mutex::new(0) })
    }

    fn calls(&self) -> u32 {
        *self.calls.lock().unwrap()
    }
}

#[async_trait]
impl SmsSender for Scripted {
    async fn send(&self, _: Dispatch<'_>) -> Result<Accepted, Fault> {
        *self.calls.lock().unwrap() += 1;
        let next = self.answers.lock().unwrap().pop_front();
        match next {
            Some(Answer::Fails(fault)) => Err(fault),
            Some(Answer::Hangs) => std::future::pending().await,
            None => Ok(Accepted::default()),
        }
    }

    fn recognises_repeats(&self) -> bool {
        true
    }
}

fn busy() -> Answer {
    Answer::Fails(Fault::Busy { retry_after: None })
}

fn unknown() -> Answer {
    Answer::Fails(Fault::Unknown(anyhow!("it hung up")))
}

fn rejected() -> Answer {
    Answer::Fails(Fault::Rejected { reason: "no such number" })
}

fn guard<C: ?Sized>(clock: &Arc<FakeClock>, inner: Arc<C>) -> Guarded<C> {
    let settings =
        GuardSettings { timeout: Duration::from_secs(12), open_after: 3, pause: Duration::from_secs(30) };
    let clock: Arc<FakeClock> = Arc::clone(clock);
    Guarded::new("sms", settings, clock, inner)
}

async fn send<C: SmsSender + ?Sized>(guarded: &Guarded<C>) -> String {
    let result = guarded.send(dispatch(&otp())).await;
    fault(result.map(|_| ()))
}

#[tokio::test]
async fn opens_probes_and_closes() {
    let clock = Arc::new(FakeClock::new());
    let inner = Scripted::new([busy(), unknown(), busy(), unknown()]);
    let guarded = guard(&clock, Arc::clone(&inner));
    assert!(guarded.recognises_repeats());
    for expected in ["busy", "unknown it hung up", "busy", "busy 30"] {
        assert_eq!(send(&guarded).await, expected);
    }
    assert_eq!(inner.calls(), 3, "a fault is passed on, never answered by another try");
    clock.advance(20);
    assert_eq!(send(&guarded).await, "busy 10");
    clock.advance(10);
    assert_eq!(send(&guarded).await, "unknown it hung up", "the probe fails");
    assert_eq!(send(&guarded).await, "busy 30");
    clock.advance(30);
    assert_eq!(send(&guarded).await, "ok ()");
    assert_eq!(send(&guarded).await, "ok ()");
    assert_eq!(inner.calls(), 6);
}

#[tokio::test]
async fn a_refusal_is_a_healthy_answer() {
    let clock = Arc::new(FakeClock::new());
    let faults = [busy(), busy(), rejected(), busy(), busy(), rejected(), rejected(), rejected()];
    let inner = Scripted::new(faults);
    let guarded = guard(&clock, Arc::clone(&inner));
    for _ in 0..9 {
        send(&guarded).await;
    }
    assert_eq!(inner.calls(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_cut_off() {
    let clock = Arc::new(FakeClock::new());
    let guarded = guard(&clock, Scripted::new([Answer::Hangs]));
    let begun = tokio::time::Instant::now();
    assert_eq!(send(&guarded).await, "unknown no answer within 12000 ms");
    assert_eq!(begun.elapsed().as_secs(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_during_the_probe_leaves_no_lock() {
    let clock = Arc::new(FakeClock::new());
    let guarded = guard(&clock, Scripted::new([busy(), busy(), busy(), Answer::Hangs]));
    for _ in 0..3 {
        send(&guarded).await;
    }
    clock.advance(31);
    assert!(tokio::time::timeout(Duration::from_secs(1), send(&guarded)).await.is_err());
    assert_eq!(send(&guarded).await, "ok ()");
}

#[tokio::test]
async fn a_network_that_fails_is_not_offered() {
    let clock = Arc::new(FakeClock::new());
    let store = Arc::new(FakeStore::default());
    let sandbox = SandboxNetwork::new(store.clone(), "https://id.example");
    let guarded = guard(&clock, Arc::new(sandbox));
    let (project, phone, proof) = (project(), phone("+12001004016"), Clear::new("h".to_owned()));
    let finish = || ringtrue_engine::ports::Callback {
        project: &project,
        phone: &phone,
        proof: &proof,
        reached: true,
        proof_is_handle: true,
    };
    assert!(guarded.offers(&project, &phone).await);
    *store.health.lock().unwrap() = Health::Broken;
    for _ in 0..3 {
        guarded.finish(finish()).await.unwrap_err();
    }
    assert!(!guarded.offers(&project, &phone).await);
    let begun = guarded.begin(Challenge { project: &project, phone: &phone, handle: &proof }).await;
    assert_eq!(fault(begun), "busy 30");
    clock.advance(30);
    *store.health.lock().unwrap() = Health::Good;
    assert!(guarded.offers(&project, &phone).await);
    assert!(guarded.finish(finish()).await.unwrap());
}

#[tokio::test]
async fn counts_what_happened_and_nothing_of_whom() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    let installed = metrics::set_default_local_recorder(&recorder);
    let guarded = guard(&Arc::new(FakeClock::new()), Scripted::new([rejected(), busy(), unknown(), busy()]));
    for _ in 0..5 {
        send(&guarded).await;
    }
    drop(installed);
    let page = page.render();
    for (outcome, count) in [("rejected", 1), ("busy", 2), ("unknown", 1), ("refused", 1)] {
        let line =
            format!("ringtrue_connector_calls_total{{connector=\"sms\",outcome=\"{outcome}\"}} {count}");
        assert!(page.contains(&line), "{line} in\n{page}");
    }
    assert!(page.contains("ringtrue_connector_seconds_count{connector=\"sms\"} 4"), "{page}");
}
