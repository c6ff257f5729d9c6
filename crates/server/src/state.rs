//! What every handler shares.

use std::{collections::HashMap, sync::Arc, sync::Mutex, sync::PoisonError};

use ringtrue_domain::FlowId;
use ringtrue_engine::{Engine, ports::Consoles};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

use crate::{
    config::Roles,
    demo::Demo,
    device::token::DeviceTokens,
    drain::Drain,
    feed::Feeds,
    http::{client::Proxies, rate_limit::Limiter, request_id::RequestIds, sign_ins::SignIns},
};

/// The shared state; cheap to clone.
pub(crate) type App = Arc<AppState>;

/// What every handler shares.
pub(crate) struct AppState {
    pub(crate) engine: Arc<Engine>,
    /// What this node does.
    pub(crate) roles: Roles,
    pub(crate) tokens: DeviceTokens,
    pub(crate) limiter: Limiter,
    pub(crate) sign_ins: SignIns,
    /// Who is believed when they say whom they call for.
    pub(crate) proxies: Proxies,
    pub(crate) feeds: Feeds,
    pub(crate) request_ids: RequestIds,
    /// Scheme, host and port that everybody reaches this server by, without a slash at the end.
    pub(crate) origin: String,
    /// `iss` of what proves a webhook's delivery.
    pub(crate) webhook_issuer: String,
    pub(crate) sockets: Sockets,
    /// Who follows the calls of which project.
    pub(crate) consoles: Arc<Consoles>,
    /// How far this node's end has come.
    pub(crate) drain: Drain,
    /// Open status sockets, waited for at the end.
    pub(crate) waiting: TaskTracker,
    /// Only in `ringtrue demo`.
    pub(crate) demo: Option<Demo>,
}

/// How many status sockets each flow has on this node.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<HashMap<FlowId, u8>>);

/// Sockets of one flow at most (device API §0).
const MAX_SOCKETS: u8 = 4;

impl Sockets {
    /// Counts a socket in, unless there are too many. It is counted out when the guard is dropped.
    pub(crate) fn enter(app: &App, flow: FlowId) -> Option<SocketGuard> {
        let mut open = app.sockets.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(flow).or_default();
        if *count >= MAX_SOCKETS {
            return None;
        }
        *count += 1;
        metrics::gauge!("ringtrue_sockets").increment(1.0);
        Some(SocketGuard { app: Arc::clone(app), flow, _waiting: app.waiting.token() })
    }
}

/// One counted socket.
pub(crate) struct SocketGuard {
    app: App,
    flow: FlowId,
    _waiting: TaskTrackerToken,
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        let mut open = self.app.sockets.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.flow) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.flow);
            }
        }
        metrics::gauge!("ringtrue_sockets").decrement(1.0);
    }
}
