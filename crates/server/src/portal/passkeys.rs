//! The visitor's passkeys: adding and removing them. The account's page lists them.

use axum::{Json, extract::State, response::Response};
use ringtrue_domain::secret::Digest;
use ringtrue_engine::{Error, PasskeyQuestion, model::Passkey};
use serde::{Deserialize, Serialize};

use super::{
    account::{Own, PATH},
    desk::Desk,
    fault::{PageError, mistake},
    flash::{Flash, go},
    guard::{Form, Posted},
    looks::Moment,
    parts::Id,
    session::{Permission, Visitor},
};
use crate::state::App;

/// A passkey in the list.
pub(super) struct PasskeyRow {
    pub(super) name: String,
    pub(super) added: Moment,
    pub(super) used: Option<Moment>,
    /// Where to remove it.
    pub(super) remove: String,
}

impl PasskeyRow {
    fn of(passkey: Passkey, desk: &Desk) -> Self {
        Self {
            added: desk.looks.moment(passkey.created_at),
            used: passkey.used_at.map(|at| desk.looks.moment(at)),
            remove: format!("{PATH}/passkeys/{}/remove", passkey.id.to_hex()),
            name: passkey.name,
        }
    }
}

/// The list; none where browsers have no passkeys.
pub(super) async fn rows(app: &App, desk: &Desk) -> Result<Option<Vec<PasskeyRow>>, PageError> {
    if !app.engine.has_passkeys() {
        return Ok(None);
    }
    let known = app.engine.passkeys(desk.visitor.signed_in()).await?;
    Ok(Some(known.into_iter().map(|passkey| PasskeyRow::of(passkey, desk)).collect()))
}

/// What a browser is asked, for our script.
#[derive(Serialize)]
pub(super) struct Question {
    token: String,
    options: String,
}

impl From<PasskeyQuestion> for Question {
    fn from(asked: PasskeyQuestion) -> Self {
        Self { token: asked.token.expose().to_owned(), options: asked.options }
    }
}

/// Begins to add one.
pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Posted(Own {}): Posted<Own>,
) -> Result<Json<Question>, PageError> {
    Ok(Json(app.engine.ask_for_passkey(visitor.signed_in()).await?.into()))
}

/// A passkey that the browser made.
#[derive(Deserialize)]
pub(super) struct Fresh {
    name: String,
    token: String,
    answer: String,
}

impl Form for Fresh {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Adds it.
pub(super) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Posted(fresh): Posted<Fresh>,
) -> Result<Response, PageError> {
    let by = visitor.signed_in();
    let flash = match app.engine.add_passkey(by, &fresh.token, &fresh.name, &fresh.answer).await {
        Err(Error::Unauthorized) => {
            Flash::bad("The passkey was not added: the browser’s answer does not fit, or came too late.")
        }
        added => match mistake(added)? {
            Ok(_) => Flash::good("The passkey was added. It signs you in from now on."),
            Err(problem) => Flash::bad(problem.text),
        },
    };
    go(PATH, &flash)
}

/// Removes one.
pub(super) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    Id(id): Id,
    Posted(Own {}): Posted<Own>,
) -> Result<Response, PageError> {
    let id = Digest::from_hex(&id).ok_or_else(|| PageError::not_found("passkey"))?;
    app.engine.remove_passkey(visitor.signed_in(), id).await?;
    go(PATH, &Flash::good("The passkey was removed."))
}
