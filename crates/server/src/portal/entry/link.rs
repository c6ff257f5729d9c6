//! One-time links that the server printed: the first one makes the first owner, others sign a member in.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ringtrue_domain::member::MemberId;
use ringtrue_engine::Error;
use serde::Deserialize;

use super::{Looks, PageError, Problem, form_page, mistake, welcome};
use crate::{
    http::parts::Path,
    portal::{guard::Sent, session::agent},
    state::App,
};

#[derive(Deserialize)]
pub(in crate::portal) struct Token {
    pub(super) token: String,
}

#[derive(Template)]
#[template(path = "portal/enter.html")]
struct EnterPage {
    theme: &'static str,
    title: &'static str,
    /// The name of the member whom the link is for; none: it makes the first owner.
    member: Option<String>,
    given: Owner,
    problem: Option<Problem>,
}

impl EnterPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}

/// What a way leads to that does not work (any more).
#[derive(Template)]
#[template(path = "portal/gone.html")]
pub(super) struct GonePage<'a> {
    pub(super) theme: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'a str,
}

/// What the first owner tells of themselves; nothing when a member follows a link.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::portal) struct Owner {
    email: String,
    name: String,
}

/// What a link is for. Nothing is used up by looking.
pub(in crate::portal) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(Token { token }): Path<Token>,
) -> Result<Response, PageError> {
    match app.engine.look_at_link(&token).await {
        Ok(member) => page(&app, &headers, member, Owner::default(), None).await,
        Err(Error::Unauthorized) => gone(&headers),
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    headers: &HeaderMap,
    member: Option<MemberId>,
    given: Owner,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let team = app.engine.store().team().await?;
    let name = |id| team.member(id).map(|member| member.name.expose().to_owned());
    let is_wrong = problem.is_some();
    let page = EnterPage {
        theme: Looks::of(headers).theme.as_str(),
        title: if member.is_some() { "Sign in" } else { "Become the first owner" },
        member: member.and_then(name),
        given,
        problem,
    };
    form_page(&page, is_wrong)
}

fn gone(headers: &HeaderMap) -> Result<Response, PageError> {
    let page = GonePage {
        theme: Looks::of(headers).theme.as_str(),
        title: "This link does not work any more",
        text: "A sign-in link works once, within an hour. Whoever runs the server makes another one with the command \
               “ringtrue sign-in-link”.",
    };
    let mut response = super::form_page(&page, false)?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

/// Uses the link.
pub(in crate::portal) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    Path(Token { token }): Path<Token>,
    Sent(owner): Sent<Owner>,
) -> Result<Response, PageError> {
    let engine = &app.engine;
    let signed_in = match engine.look_at_link(&token).await {
        Ok(Some(_)) => engine.follow_link(&token, agent(&headers)).await.map(Ok),
        Ok(None) => {
            let made = engine.become_first_owner(&token, &owner.email, &owner.name, agent(&headers)).await;
            match made {
                Err(Error::Unauthorized) => Err(Error::Unauthorized),
                other => Ok(mistake(other)?),
            }
        }
        Err(error) => Err(error),
    };
    match signed_in {
        Ok(Ok((session, _))) => {
            let text = "You are signed in. The link is used up: add a way to sign in again before you leave.";
            welcome(&app, &headers, &session, "/portal/account", text).await
        }
        Ok(Err(problem)) => page(&app, &headers, None, owner, Some(problem)).await,
        Err(Error::Unauthorized) => gone(&headers),
        Err(other) => Err(other.into()),
    }
}
