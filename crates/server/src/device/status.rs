//! Waiting for the phone: the status socket (device API §6) and, for our SDK, the same as a poll.

use std::time::Duration;

use axum::{
    Json,
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::{FlowId, flow::Reply};
use ringtrue_engine::ports::Watch;
use ringtrue_wire::{device::Envelope, error::ErrorBody};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    call::{FromDevice, call_of, unauthorized},
    envelope::{Place, envelope, next},
    pace,
};
use crate::{
    drain::Drain,
    http::{ApiError, Code, idempotent::to_json, parts::Query},
    state::{App, SocketGuard, Sockets},
};

/// A client pings every 30 s; one that is silent for this long is gone.
const SILENCE: Duration = Duration::from_secs(100);
/// How long a client may take to take a message.
const SEND_TIME: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
pub(crate) struct TokenQuery {
    token: Option<String>,
    /// `1` from a client that opens another socket, here or on another node, when it is told to come back.
    resume: Option<String>,
}

/// How the flow stands, for a page whose sockets do not get through. `mobile/instantlink` means: still waiting.
#[utoipa::path(post, path = "/v1/client/status", tag = "device", security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn poll(
    State(app): State<App>,
    FromDevice(call): FromDevice,
) -> Result<Json<Envelope>, ApiError> {
    let (stored, now) = app.engine.device_flow(&call).await?;
    Ok(Json(match stored.flow.device_outcome(now) {
        Some(reply) => envelope(reply, Place::Status),
        None => next("mobile/instantlink"),
    }))
}

/// Opens the socket; the token and the page are checked before.
pub(crate) async fn socket(
    State(app): State<App>,
    Query(query): Query<TokenQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let flow = query.token.as_deref().and_then(|token| app.tokens.flow(token)).ok_or_else(unauthorized)?;
    let (stored, _) = app.engine.device_flow(&call_of(&app, flow, &headers)).await?;
    let upgrade = upgrade.map_err(|_| ApiError::field("Upgrade", "must be a WebSocket handshake"))?;
    let too_many = || ApiError::new(Code::TooMany, "too many sockets wait for this verification");
    let guard = Sockets::enter(&app, flow).ok_or_else(|| too_many().after(Duration::from_secs(1)))?;
    // Watched from before the first look, so that nothing falls between.
    let watch = app.engine.bus().watch(stored.flow.project(), flow);
    // Messages are tiny. Small buffers make a waiting socket cost 4 KiB instead of 135 KiB.
    let upgrade =
        upgrade.read_buffer_size(1024).write_buffer_size(0).max_message_size(1024).max_frame_size(1024);
    let comes_back = query.resume.as_deref() == Some("1");
    Ok(upgrade.on_upgrade(move |socket| wait(app, socket, flow, watch, guard, comes_back)).into_response())
}

async fn wait(
    app: App,
    mut socket: WebSocket,
    flow: FlowId,
    watch: Watch,
    _guard: SocketGuard,
    comes_back: bool,
) {
    let let_go = let_go(&app.drain, comes_back);
    let mut heard = Instant::now();
    loop {
        let look = look(&app, flow).await;
        let wake = match look {
            Look::Final(reply) => {
                let text = to_json(&envelope(reply, Place::Status));
                if send(&mut socket, Message::Text(text.into())).await {
                    close(&mut socket, close_code::NORMAL, "").await;
                }
                return;
            }
            Look::Gone => return close(&mut socket, close_code::NORMAL, "").await,
            Look::Waiting(wake) => wake.min(heard + SILENCE),
        };
        // Messages are answered without another look at the store.
        loop {
            tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => {
                        heard = Instant::now();
                        if text.as_str() == "ping" && !send(&mut socket, Message::Text(Utf8Bytes::from_static("pong"))).await {
                            return;
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => heard = Instant::now(),
                },
                () = watch.changed() => break,
                () = let_go.cancelled() => {
                    // "Service restart"
                    return close(&mut socket, close_code::RESTART, "come back").await;
                }
                () = sleep_until(wake) => {
                    if heard.elapsed() >= SILENCE {
                        return close(&mut socket, close_code::POLICY, "silent").await;
                    }
                    break;
                }
            }
        }
    }
}

/// When a node that stops lets a socket go. The published client does not come back by itself, so it is kept. Ours is
/// sent away at once; if a load balancer that has noticed nothing yet sends it here again, it stays until the doors are
/// closed, since another turn would bring it here once more.
fn let_go(drain: &Drain, comes_back: bool) -> &CancellationToken {
    match comes_back {
        true if drain.told.is_cancelled() => &drain.closed,
        true => &drain.told,
        false => &drain.parted,
    }
}

enum Look {
    Final(Reply),
    Waiting(Instant),
    Gone,
}

async fn look(app: &App, id: FlowId) -> Look {
    match app.engine.store().flow(id).await {
        Ok(Some(stored)) => {
            let now = app.engine.now(stored.clock_ahead_micros);
            if let Some(reply) = stored.flow.device_outcome(now) {
                return Look::Final(reply);
            }
            let pause = next_look(app);
            let left = stored
                .flow
                .times_out_at()
                .map_or(pause, |at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
            Look::Waiting(Instant::now() + left.min(pause))
        }
        Ok(None) => Look::Gone,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a waiting socket could not look");
            Look::Waiting(Instant::now() + next_look(app))
        }
    }
}

/// The store is asked again after this even when nobody wakes the socket.
fn next_look(app: &App) -> Duration {
    let mut random = [0];
    app.engine.random(&mut random);
    pace::pause(app.waiting.len(), random[0])
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(SEND_TIME, socket.send(message)).await, Ok(Ok(())))
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    if send(socket, Message::Close(Some(frame))).await {
        // The other side's close frame ends it properly; a silent one is not waited for.
        let _ =
            timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}
