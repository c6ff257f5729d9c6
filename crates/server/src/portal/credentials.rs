//! The credentials of back ends.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::CredentialId;
use ringtrue_engine::{Key, MadeCredential, model::Credential};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::Moment,
    parts::{Copyable, Id, filled},
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/credentials.html")]
struct CredentialsPage {
    shell: Shell,
    action: String,
    rows: Vec<CredentialRow>,
    may_manage: bool,
    /// Makes the form work once, however often it is sent.
    once: String,
    name: String,
    /// Made just now: this is the one page that shows its secret.
    fresh: Option<Fresh>,
    /// The form came twice: what it made the first time.
    before: Option<Copyable>,
    problem: Option<Problem>,
}

struct CredentialRow {
    id: Copyable,
    name: String,
    created: Moment,
    used: Option<Moment>,
    revoked: Option<Moment>,
    rename: String,
    revoke: String,
}

struct Fresh {
    id: Copyable,
    secret: Copyable,
}

/// All of this environment, revoked ones too.
pub(super) async fn list(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    show(&app, &place, None, String::new(), None).await
}

async fn show(
    app: &App,
    place: &Place,
    made: Option<MadeCredential>,
    name: String,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let known = app.engine.store().credentials(place.scope()).await?;
    let row = |credential: &Credential| CredentialRow {
        id: Copyable::new(&credential.id, "client id"),
        name: credential.name.as_ref().map_or_else(String::new, |name| name.as_str().to_owned()),
        created: place.desk.looks.moment(credential.created_at),
        used: credential.used_at.map(|at| place.desk.looks.moment(at)),
        rename: place.path(&format!("credentials/{}/name", credential.id)),
        revoked: credential.revoked_at.map(|at| place.desk.looks.moment(at)),
        revoke: place.path(&format!("credentials/{}/revoke", credential.id)),
    };
    let (fresh, before) = match made {
        Some(MadeCredential::Fresh(fresh)) => (Some(fresh), None),
        Some(MadeCredential::Before(id)) => (None, Some(Copyable::new(&id, "client id"))),
        None => (None, None),
    };
    let wrong = problem.is_some();
    let page = CredentialsPage {
        shell: place.shell(Section::Credentials),
        action: place.path("credentials"),
        rows: known.iter().rev().map(row).collect(),
        may_manage: place.may(Permission::ManageCredentials),
        once: app.engine.fresh_project_id().to_string(),
        name,
        fresh: fresh.map(|fresh| Fresh {
            id: Copyable::new(&fresh.id, "client id"),
            secret: Copyable::new(fresh.secret.expose(), "client secret"),
        }),
        before,
        problem,
    };
    form_page(&page, wrong)
}

#[derive(Deserialize)]
pub(super) struct New {
    once: Option<String>,
    #[serde(default)]
    name: String,
}

impl Form for New {
    const NEEDS: Permission = Permission::ManageCredentials;
}

#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

impl Form for Named {
    const NEEDS: Permission = Permission::ManageCredentials;
}

#[derive(Deserialize)]
pub(super) struct NoFields {}

impl Form for NoFields {
    const NEEDS: Permission = Permission::ManageCredentials;
}

/// Makes one. No redirect: the secret must not be kept anywhere for a page after this one.
pub(super) async fn create(
    State(app): State<App>,
    place: Place,
    Posted(New { once, name }): Posted<New>,
) -> Result<Response, PageError> {
    let (by, scope) = (place.by(), place.scope());
    let once = once.unwrap_or_else(|| app.engine.fresh_project_id().to_string());
    let key = Key::new(scope, format!("portal {once}").as_bytes(), "credentials", b"")?;
    let made = app.engine.create_credential_once(by, scope, filled(&name), &key).await;
    match mistake(made)? {
        Ok(made) => show(&app, &place, Some(made), String::new(), None).await,
        Err(problem) => show(&app, &place, None, name, Some(problem)).await,
    }
}

/// Gives one another name, or none.
pub(super) async fn rename(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Posted(Named { name }): Posted<Named>,
) -> Result<Response, PageError> {
    let id = named(&app, &place, &id).await?;
    let flash = match mistake(app.engine.name_credential(place.by(), id, filled(&name)).await)? {
        Ok(_) => Flash::good("The name was saved."),
        Err(problem) => Flash::bad(problem.text),
    };
    go(&place.path("credentials"), &flash)
}

/// A credential of this environment. One of another project is none here.
async fn named(app: &App, place: &Place, id: &str) -> Result<CredentialId, PageError> {
    let none = || PageError::not_found("credential");
    let id: CredentialId = id.parse().map_err(|_| none())?;
    let known = app.engine.store().credential(id).await?;
    let here =
        |known: &Credential| (known.project, known.environment) == (place.project.id, place.environment);
    known.filter(here).map(|known| known.id).ok_or_else(none)
}

/// Ends one.
pub(super) async fn revoke(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Posted(NoFields {}): Posted<NoFields>,
) -> Result<Response, PageError> {
    let id = named(&app, &place, &id).await?;
    app.engine.revoke_credential(place.by(), id).await?;
    go(&place.path("credentials"), &Flash::good("The credential was revoked; its tokens stopped at once."))
}
