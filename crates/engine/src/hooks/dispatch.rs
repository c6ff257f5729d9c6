//! Takes up lanes that have something to send, one task each.

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::lane;
use crate::Engine;

/// Lanes taken up at a time.
const BATCH: usize = 64;
/// How often the store is asked when nobody wakes the dispatcher.
const POLL: Duration = Duration::from_secs(1);
/// Time between two looks at the store at least: while lanes are held here, their events wake the dispatcher for
/// nothing.
const PAUSE: Duration = Duration::from_millis(10);

/// Runs until `stop`; then lets the lanes it holds finish their attempts and give themselves back.
pub async fn run_dispatcher(engine: Arc<Engine>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let woken = engine.bus().lanes();
    while !stop.is_cancelled() {
        take_up(&engine, &tasks, &stop).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = woken.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn take_up(engine: &Arc<Engine>, tasks: &TaskTracker, stop: &CancellationToken) {
    loop {
        let lease = engine.new_lease();
        let lanes = match engine.store().claim_lanes(lease, engine.wall(), BATCH).await {
            Ok(lanes) => lanes,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "webhooks could not be taken up");
                return;
            }
        };
        let more = lanes.len() == BATCH;
        for lane in lanes {
            tasks.spawn(lane::hold(Arc::clone(engine), lane, lease, stop.clone()));
        }
        if !more {
            return;
        }
    }
}
