//! The net under inline work: takes up jobs whose time has come or whose holder vanished, counts, and purges.

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::Engine;

/// Jobs taken up at a time.
const BATCH: usize = 32;
/// How often the store is asked when nobody wakes the worker.
const POLL: Duration = Duration::from_secs(1);
/// How often old records are purged.
const PURGE_EVERY: Duration = Duration::from_mins(1);
/// Records of a kind purged in one unit, so that purging never holds up a commit for long.
const PURGE_BITE: usize = 200;

/// Runs until `stop`; then finishes what it holds.
pub async fn run_worker(engine: Arc<Engine>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let woken = engine.bus().jobs();
    // By itself: there may be much to purge, and jobs do not wait for it.
    tasks.spawn(keep_purging(Arc::clone(&engine), stop.clone()));
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = woken.notified() => take_up(&engine, &tasks).await,
            () = tokio::time::sleep(POLL) => take_up(&engine, &tasks).await,
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn take_up(engine: &Arc<Engine>, tasks: &TaskTracker) {
    loop {
        let wall = engine.wall();
        let lease = engine.new_lease();
        let jobs = match engine.store().claim(lease, wall, BATCH).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "jobs could not be taken up");
                return;
            }
        };
        let more = jobs.len() == BATCH;
        for job in jobs {
            let engine = Arc::clone(engine);
            tasks.spawn(async move { engine.run_job(job).await });
        }
        if !more {
            return;
        }
    }
}

async fn keep_purging(engine: Arc<Engine>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {
                // First: a sandbox clock may have moved past both ends at once.
                count(&engine, &stop).await;
                purge_old(&engine, &stop).await;
            }
        }
    }
}

async fn count(engine: &Engine, stop: &CancellationToken) {
    if let Err(error) = engine.count_verifications(stop).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "verifications could not be counted");
    }
}

async fn purge_old(engine: &Engine, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match engine.store().purge(engine.wall(), PURGE_BITE).await {
            Ok(0) => return,
            Ok(gone) => tracing::debug!(store.purged = gone, "purged"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not purge");
                return;
            }
        }
    }
}
