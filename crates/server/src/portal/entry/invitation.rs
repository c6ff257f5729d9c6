//! Invitations, as those see them who were invited.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ringtrue_engine::{Error, model::Invitation};
use serde::Deserialize;

use super::{
    Looks, PageError, Problem, form_page,
    link::{GonePage, Token},
    mistake, role_name, role_words, welcome,
};
use crate::{
    http::parts::Path,
    portal::{guard::Sent, session::agent},
    state::App,
};

#[derive(Template)]
#[template(path = "portal/invitation.html")]
struct InvitationPage {
    theme: &'static str,
    title: &'static str,
    email: String,
    role: &'static str,
    role_words: &'static str,
    name: String,
    problem: Option<Problem>,
}

/// What somebody is invited to.
pub(in crate::portal) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(Token { token }): Path<Token>,
) -> Result<Response, PageError> {
    match app.engine.look_at_invitation(&token).await {
        Ok(invitation) => page(&headers, &invitation, String::new(), None),
        Err(Error::Unauthorized) => gone(&headers),
        Err(other) => Err(other.into()),
    }
}

fn page(
    headers: &HeaderMap,
    invitation: &Invitation,
    name: String,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let page = InvitationPage {
        theme: Looks::of(headers).theme.as_str(),
        title: "Join the team",
        email: invitation.email.expose().to_owned(),
        role: role_name(invitation.role),
        role_words: role_words(invitation.role),
        name,
        problem,
    };
    form_page(&page, is_wrong)
}

fn gone(headers: &HeaderMap) -> Result<Response, PageError> {
    let page = GonePage {
        theme: Looks::of(headers).theme.as_str(),
        title: "This invitation does not work any more",
        text: "It was used, taken back, or its week is over. Ask whoever invited you for another one.",
    };
    let mut response = form_page(&page, false)?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

#[derive(Deserialize)]
pub(in crate::portal) struct Joining {
    name: String,
}

/// Joins the team.
pub(in crate::portal) async fn accept(
    State(app): State<App>,
    headers: HeaderMap,
    Path(Token { token }): Path<Token>,
    Sent(joining): Sent<Joining>,
) -> Result<Response, PageError> {
    let joined = match app.engine.accept_invitation(&token, &joining.name, agent(&headers)).await {
        Err(Error::Unauthorized) => return gone(&headers),
        other => mistake(other)?,
    };
    match joined {
        Ok((session, _)) => {
            let text = "Welcome. The invitation is used up: add a way to sign in again before you leave.";
            welcome(&app, &headers, &session, "/portal/account", text).await
        }
        Err(problem) => {
            let invitation = app.engine.look_at_invitation(&token).await?;
            page(&headers, &invitation, joining.name, Some(problem))
        }
    }
}
