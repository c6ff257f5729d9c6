//! Signing in with a passkey.

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use ringtrue_engine::Error;
use serde::Deserialize;

use super::{Back, PageError, Problem, sign_in_page, welcome};
use crate::{
    portal::{guard::Sent, passkeys::Question, session::agent},
    state::App,
};

#[derive(Deserialize)]
pub(in crate::portal) struct Asking {}

/// What the browser is asked.
pub(in crate::portal) async fn ask(
    State(app): State<App>,
    Sent(Asking {}): Sent<Asking>,
) -> Result<Json<Question>, PageError> {
    Ok(Json(app.engine.ask_who_it_is().await?.into()))
}

#[derive(Deserialize)]
pub(in crate::portal) struct Proof {
    token: String,
    answer: String,
    #[serde(flatten)]
    back: Back,
}

/// Takes the browser's answer.
pub(in crate::portal) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    Sent(given): Sent<Proof>,
) -> Result<Response, PageError> {
    let signed_in = app.engine.sign_in_with_passkey(&given.token, &given.answer, agent(&headers)).await;
    match signed_in {
        Ok((session, _)) => welcome(&app, &headers, &session, given.back.path(), "You are signed in.").await,
        Err(Error::Unauthorized) => {
            let text =
                "This passkey signs nobody in here. It may have been removed, or the answer came too late.";
            let problem = Problem::new("passkey", text.to_owned());
            sign_in_page(&app, &headers, given.back.path(), String::new(), Some(problem)).await
        }
        Err(other) => Err(other.into()),
    }
}
