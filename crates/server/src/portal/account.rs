//! Who the visitor is, how they sign in, and where they are signed in.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{member::SessionId, secret::Clear};
use ringtrue_engine::model::Session;
use serde::Deserialize;

use super::{
    desk::{Desk, Section, Shell},
    entry::{role_name, role_words},
    fault::PageError,
    flash::{Flash, go},
    guard::{Form, Posted},
    looks::Moment,
    page,
    parts::Id,
    passkeys::{self, PasskeyRow},
    session::Permission,
};
use crate::{http::useragent, state::App};

pub(super) const PATH: &str = "/portal/account";

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    role: &'static str,
    role_words: &'static str,
    /// None where browsers have none.
    passkeys: Option<Vec<PasskeyRow>>,
    /// The portal's.
    origin: String,
    codes_left: u64,
    /// Made just now: this is the one page that shows them.
    codes: Vec<Clear>,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    browser: String,
    began: Moment,
    used: Moment,
    is_this: bool,
    end: String,
}

/// The account.
pub(super) async fn show(State(app): State<App>, desk: Desk) -> Result<Response, PageError> {
    shown(&app, &desk, Vec::new()).await
}

async fn shown(app: &App, desk: &Desk, codes: Vec<Clear>) -> Result<Response, PageError> {
    let by = desk.visitor.signed_in();
    let row = |session: Session| SessionRow {
        browser: useragent::in_words(&session.agent).unwrap_or(session.agent),
        began: desk.looks.moment(session.created_at),
        used: desk.looks.moment(session.used_at),
        is_this: session.id == by.session,
        end: format!("{PATH}/sessions/{}/end", session.id),
    };
    page(&AccountPage {
        shell: desk.shell(Section::Account, "Your account"),
        email: by.member.email.expose().to_owned(),
        role: role_name(by.member.role),
        role_words: role_words(by.member.role),
        passkeys: passkeys::rows(app, desk).await?,
        origin: app.origin.clone(),
        codes_left: app.engine.recovery_codes_left(by).await?,
        codes,
        sessions: app.engine.sessions(by).await?.into_iter().map(row).collect(),
    })
}

/// Everybody may look after their own account.
#[derive(Deserialize)]
pub(super) struct Own {}

impl Form for Own {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Makes recovery codes. No redirect: they must not be kept anywhere for a page after this one.
pub(super) async fn make_codes(
    State(app): State<App>,
    desk: Desk,
    Posted(Own {}): Posted<Own>,
) -> Result<Response, PageError> {
    let codes = app.engine.make_recovery_codes(desk.visitor.signed_in()).await?;
    shown(&app, &desk, codes).await
}

/// Signs out somewhere else.
pub(super) async fn end_session(
    State(app): State<App>,
    desk: Desk,
    Id(id): Id,
    Posted(Own {}): Posted<Own>,
) -> Result<Response, PageError> {
    let id: SessionId = id.parse().map_err(|_| PageError::not_found("session"))?;
    app.engine.end_own_session(desk.visitor.signed_in(), id).await?;
    go(PATH, &Flash::good("That browser is signed out."))
}

/// Signs out everywhere else.
pub(super) async fn end_others(
    State(app): State<App>,
    desk: Desk,
    Posted(Own {}): Posted<Own>,
) -> Result<Response, PageError> {
    app.engine.end_other_sessions(desk.visitor.signed_in()).await?;
    go(PATH, &Flash::good("All other browsers are signed out."))
}
