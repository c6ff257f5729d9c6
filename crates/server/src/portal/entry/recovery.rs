//! Signing in with a recovery code.

use axum::{extract::State, http::HeaderMap, response::Response};
use ringtrue_engine::Error;
use serde::Deserialize;

use super::{Back, PageError, Problem, mistake, sign_in_page, welcome};
use crate::{
    http::client::CalledFrom,
    portal::{guard::Sent, session::agent},
    state::App,
};

#[derive(Deserialize)]
pub(in crate::portal) struct Recovery {
    email: String,
    code: String,
    #[serde(flatten)]
    back: Back,
}

/// Takes an address and a code.
pub(in crate::portal) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    CalledFrom(network): CalledFrom,
    Sent(given): Sent<Recovery>,
) -> Result<Response, PageError> {
    let recovered = app.engine.recover(&given.email, &given.code, network, agent(&headers)).await;
    let recovered = match recovered {
        Err(Error::Unauthorized) => {
            let text = "This address and this code do not belong together, or the code was used already.";
            Err(Problem::new("code", text.to_owned()))
        }
        Err(Error::TooMany { .. }) => {
            let text = "Too many attempts with this address from your network. Try again in ten minutes.";
            Err(Problem::new("code", text.to_owned()))
        }
        other => mistake(other)?,
    };
    match recovered {
        Ok((session, signed_in)) => {
            let left = app.engine.recovery_codes_left(&signed_in).await?;
            let text = format!("You are signed in. This code is used up; you have {left} more.");
            welcome(&app, &headers, &session, given.back.path(), &text).await
        }
        Err(problem) => sign_in_page(&app, &headers, given.back.path(), given.email, Some(problem)).await,
    }
}
