//! The live console of a project's sandbox: its page, and the calls as they arrive (server-sent events).

use std::{convert::Infallible, time::Duration};

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use ringtrue_engine::ports::{Console, Heard};
use serde::Serialize;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    page,
    session::{Permission, Visitor},
};
use crate::{
    console::{Line, mend},
    http::{ApiError, Code, idempotent::to_json},
    state::App,
};

/// Between two signs of life, which keep proxies from closing a quiet connection.
const ALIVE: Duration = Duration::from_secs(15);
/// Between two looks whether the visitor is still signed in.
const LOOK: Duration = Duration::from_secs(10);
/// After which a browser comes back.
const RETRY: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "portal/console.html")]
struct ConsolePage {
    shell: Shell,
    calls: String,
    origin: String,
    client_id: String,
}

/// The page, which shows calls where the browser runs scripts.
pub(super) async fn show(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let credentials = app.engine.store().credentials(place.scope()).await?;
    let newest = credentials.iter().rev().find(|credential| credential.revoked_at.is_none());
    page(&ConsolePage {
        shell: place.below(Section::Integrate, "Live console"),
        calls: place.path("integrate/console/calls"),
        origin: app.origin.clone(),
        client_id: newest.map_or_else(|| "YOUR_CLIENT_ID".to_owned(), |newest| newest.id.to_string()),
    })
}

/// The calls from now on, for as long as the browser stays, its session goes on and this node serves.
pub(super) async fn calls(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let too_many = || ApiError::new(Code::TooMany, "too many consoles are open").after(RETRY);
    let console = app.consoles.follow(place.project.id).ok_or_else(too_many)?;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // A browser that was sent away and comes here again stays until the doors are closed.
    let told = &app.drain.told;
    let let_go = if told.is_cancelled() { &app.drain.closed } else { told }.clone();
    let following =
        Following { visitor: place.desk.visitor.clone(), place, app, console, look, let_go, is_over: false };
    let first = Event::default().event("open").retry(RETRY).data("");
    let rest = stream::unfold(following, |mut following| async move {
        following.next().await.map(|event| (Ok(event), following))
    });
    let events = stream::StreamExt::chain(stream::iter([Ok::<_, Infallible>(first)]), rest);
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE));
    // Proxies that gather what they pass on would hold back calls.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, answer).into_response())
}

/// One open console.
struct Following {
    app: App,
    place: Place,
    visitor: Visitor,
    console: Console,
    look: Interval,
    let_go: CancellationToken,
    is_over: bool,
}

impl Following {
    /// The next thing to tell the browser; nothing more when it should go, which it does to come back, unless it was
    /// told that it is over.
    async fn next(&mut self) -> Option<Event> {
        while !self.is_over {
            tokio::select! {
                () = self.let_go.cancelled() => return None,
                _ = self.look.tick() => if !self.goes_on().await {
                    self.is_over = true;
                    return Some(Event::default().event("over").data("Your session is over: sign in again."));
                },
                heard = self.console.next() => match heard {
                    Heard::Missed(count) => {
                        return Some(Event::default().event("missed").data(count.to_string()));
                    }
                    Heard::Line(line) => if let Ok(line) = serde_json::from_str(&line) {
                        return Some(Event::default().event("call").data(to_json(&self.shown(&line))));
                    },
                },
            }
        }
        None
    }

    async fn goes_on(&self) -> bool {
        match self.app.engine.session_goes_on(self.visitor.token().expose()).await {
            Ok(signed_in) => signed_in.is_some_and(|one| one.may(Permission::SeeProjects)),
            Err(error) => {
                // A store that is away for a moment ends nothing.
                tracing::debug!(error = &error as &dyn std::error::Error, "a console could not look");
                true
            }
        }
    }

    fn shown<'a>(&self, line: &'a Line) -> Shown<'a> {
        Shown {
            at: line.at.to_string(),
            time: self.place.desk.looks.time(line.at),
            method: &line.method,
            path: &line.path,
            status: line.status,
            failed: line.failed(),
            took: took(line.micros),
            code: line.code,
            message: line.message.as_deref(),
            mend: mend(line),
            correlation_id: line.correlation_id.map(|id| id.to_string()),
        }
    }
}

/// A call as the page's script takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    at: String,
    time: String,
    method: &'a str,
    path: &'a str,
    status: u16,
    failed: bool,
    took: String,
    code: Option<u16>,
    message: Option<&'a str>,
    mend: Option<&'static str>,
    correlation_id: Option<String>,
}

/// `0.4 ms`, `12 ms`
fn took(micros: u64) -> String {
    match micros {
        0..10_000 => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        _ => format!("{} ms", micros / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::took;

    #[test]
    fn times_are_short() {
        for (micros, text) in [(0, "0.0 ms"), (450, "0.4 ms"), (9_999, "9.9 ms"), (12_345, "12 ms")] {
            assert_eq!(took(micros), text);
        }
    }
}
