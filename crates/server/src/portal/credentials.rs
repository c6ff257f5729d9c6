//! The credentials of back ends.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::CredentialId;
use ringtrue_engine::{NewCredential, model::Credential};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    flash::{Flash, go},
    guard::{Form, Posted},
    looks::Moment,
    page,
    parts::{Copyable, Id},
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
    /// Made just now: this is the one page that shows its secret.
    fresh: Option<Fresh>,
}

struct CredentialRow {
    id: Copyable,
    created: Moment,
    revoked: Option<Moment>,
    revoke: String,
}

struct Fresh {
    id: Copyable,
    secret: Copyable,
}

/// All of this environment, revoked ones too.
pub(super) async fn list(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    show(&app, &place, None).await
}

async fn show(app: &App, place: &Place, fresh: Option<NewCredential>) -> Result<Response, PageError> {
    let known = app.engine.store().credentials(place.scope()).await?;
    let row = |credential: &Credential| CredentialRow {
        id: Copyable::new(&credential.id, "client id"),
        created: place.desk.looks.moment(credential.created_at),
        revoked: credential.revoked_at.map(|at| place.desk.looks.moment(at)),
        revoke: place.path(&format!("credentials/{}/revoke", credential.id)),
    };
    page(&CredentialsPage {
        shell: place.shell(Section::Credentials),
        action: place.path("credentials"),
        rows: known.iter().rev().map(row).collect(),
        may_manage: place.may(Permission::ManageCredentials),
        fresh: fresh.map(|fresh| Fresh {
            id: Copyable::new(&fresh.id, "client id"),
            secret: Copyable::new(fresh.secret.expose(), "client secret"),
        }),
    })
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
    Posted(NoFields {}): Posted<NoFields>,
) -> Result<Response, PageError> {
    let fresh = app.engine.create_credential(place.project.id, place.environment).await?;
    show(&app, &place, Some(fresh)).await
}

/// Ends one.
pub(super) async fn revoke(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Posted(NoFields {}): Posted<NoFields>,
) -> Result<Response, PageError> {
    let none = || PageError::not_found("credential");
    let id: CredentialId = id.parse().map_err(|_| none())?;
    // A credential of another project is none here.
    let known = app.engine.store().credential(id).await?;
    known
        .filter(|known| (known.project, known.environment) == (place.project.id, place.environment))
        .ok_or_else(none)?;
    app.engine.revoke_credential(id).await?;
    go(&place.path("credentials"), &Flash::good("The credential was revoked; its tokens stopped at once."))
}
