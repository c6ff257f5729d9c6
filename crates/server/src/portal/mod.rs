//! The portal: pages for those who set up, watch and answer for verifications.
//!
//! Pages are drawn here and work without script. A form is a POST whose answer is a redirect; what it takes stands in its
//! type ([`guard::Form`]). A page of a project gets a [`desk::Place`], which is where permission to look is asked for.

mod access_keys;
mod account;
mod audit;
mod chart;
mod console;
mod credentials;
mod deliveries;
mod delivery;
mod desk;
mod entry;
mod events;
mod export;
mod fault;
mod flash;
mod go_live;
mod guard;
mod identities;
mod integrate;
mod landing;
mod links;
mod logo;
mod looks;
mod outbox;
mod overview;
mod parts;
mod passkeys;
mod person;
mod personas;
mod projects;
mod range;
mod session;
mod surround;
mod team;
mod texts;
mod upload;
mod verification;
mod verifications;
mod webhook;
mod words;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::{any, get, post},
};
use serde::Deserialize;

use crate::state::App;
use fault::PageError;
use guard::{Form, Posted};

pub(crate) use entry::{invitation_address, link_address, return_address};
pub(crate) use parts::caller_text;
pub(crate) use session::{Permission, cookie, is_https};

/// All pages.
pub(crate) fn routes(app: &App) -> Router<App> {
    const PLACE: &str = "/portal/p/{project}/{environment}";
    let at = |rest: &str| format!("{PLACE}/{rest}");
    Router::new()
        .route("/portal", get(start))
        .route("/portal/projects", get(projects::list).post(projects::create))
        .route("/portal/looks", get(looks::show).post(looks::choose))
        .route("/portal/sign-out", post(sign_out))
        .route("/portal/account", get(account::show))
        .route("/portal/account/passkeys", post(passkeys::add))
        .route("/portal/account/passkeys/question", post(passkeys::ask))
        .route("/portal/account/passkeys/{id}/remove", post(passkeys::remove))
        .route("/portal/account/recovery-codes", post(account::make_codes))
        .route("/portal/account/sessions/end-others", post(account::end_others))
        .route("/portal/account/sessions/{id}/end", post(account::end_session))
        .route("/portal/team", get(team::show))
        .route("/portal/team/invitations", post(team::invite))
        .route("/portal/team/invitations/{id}/revoke", post(team::revoke))
        .route("/portal/team/members/{id}/role", post(team::change_role))
        .route("/portal/team/members/{id}/remove", post(team::remove))
        .route("/portal/access-keys", get(access_keys::list).post(access_keys::create))
        .route("/portal/access-keys/{id}/revoke", post(access_keys::revoke))
        .route("/portal/audit", get(audit::show))
        .route("/portal/audit.csv", get(export::audit::all))
        .route(&at("settings"), get(projects::settings).post(projects::set))
        .route(&at("settings/links"), post(links::link))
        .route(&at("settings/unlink"), post(links::unlink))
        .route(&at("settings/origins"), post(projects::set_origins))
        .route(&at("texts"), get(texts::show).post(texts::save))
        .route(&at("texts/edit"), get(texts::edit))
        .route(&at("texts/preview"), post(texts::preview))
        .route(&at("texts/remove"), post(texts::remove))
        .route(&at("texts/targets"), post(texts::targets))
        .route(&at("texts/logo"), post(logo::put))
        .route(&at("texts/logo/remove"), post(logo::remove))
        .route(&at("overview"), get(overview::show))
        .route(&at("overview/{id}"), get(overview::csv))
        .route(&at("integrate"), get(integrate::show))
        .route(&at("integrate/console"), get(console::show))
        .route(&at("integrate/console/calls"), get(console::calls))
        .route(&at("go-live"), get(go_live::show))
        .route(&at("go-live/message"), post(go_live::message))
        .route(&at("go-live/arrived"), post(go_live::arrived))
        .route(&at("go-live/source"), post(go_live::source))
        .route(&at("credentials"), get(credentials::list).post(credentials::create))
        .route(&at("credentials/{id}/name"), post(credentials::rename))
        .route(&at("credentials/{id}/revoke"), post(credentials::revoke))
        .route(&at("webhook"), get(webhook::show).post(webhook::save))
        .route(&at("webhook/change"), post(webhook::change))
        .route(&at("webhook/secrets"), post(webhook::secrets))
        .route(&at("deliveries"), get(deliveries::list))
        .route(&at("deliveries.csv"), get(export::deliveries::filtered))
        .route(&at("deliveries/replay"), post(delivery::replay))
        .route(&at("deliveries/{id}"), get(delivery::show))
        .route(&at("deliveries/{id}/attempts.csv"), get(delivery::attempts_csv))
        .route(&at("verifications"), get(verifications::list).post(verifications::search))
        .route(
            &at("verifications.csv"),
            get(export::verifications::filtered).post(export::verifications::searched),
        )
        .route(&at("verifications/{id}"), get(verification::show))
        .route(&at("verifications/{id}/unmask"), post(verification::unmask))
        .route(&at("identities"), get(identities::list).post(identities::find))
        .route(&at("identities.csv"), get(export::identities::all))
        .route(&at("identities/{id}"), get(identities::show).post(identities::change))
        .route(&at("person"), get(person::ask).post(person::find))
        .route(&at("person/export"), post(person::export))
        .route(&at("person/erase"), post(person::erase))
        .route(&at("events"), get(events::list))
        .route(&at("events.csv"), get(export::events::all))
        .route(&at("outbox"), get(outbox::show).post(outbox::find))
        .route(&at("outbox/clock"), post(outbox::advance))
        .route(&at("outbox/changes"), post(outbox::simulate))
        .route(&at("personas"), get(personas::list).post(personas::find))
        .route(&at("personas/edit"), get(personas::edit).post(personas::save))
        .route(&at("personas/remove"), post(personas::remove))
        .route(&at("personas/file"), get(personas::ask_file).post(personas::take_file))
        .route(&at("personas/download"), get(personas::download))
        .merge(entry::routes())
        .route("/portal/{*rest}", any(nothing))
        .layer(middleware::from_fn_with_state(session::is_https(app), surround::page))
}

async fn start() -> Redirect {
    Redirect::to("/portal/projects")
}

async fn nothing() -> PageError {
    PageError::not_found("page")
}

#[derive(Deserialize)]
struct SignOut {}

impl Form for SignOut {
    const NEEDS: Permission = Permission::SeeProjects;
}

async fn sign_out(
    State(app): State<App>,
    visitor: session::Visitor,
    Posted(SignOut {}): Posted<SignOut>,
) -> Result<Response, PageError> {
    app.engine.end_session(visitor.signed_in()).await?;
    let gone = session::no_cookie(&app)?;
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/portal/sign-in")).into_response())
}

/// A page that askama checked at compile time.
fn page(page: &impl Template) -> Result<Response, PageError> {
    let text = page.render().map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok(Html(text).into_response())
}

/// A page with a form, shown again with what was typed when a field of it is wrong.
fn form_page(form: &impl Template, is_wrong: bool) -> Result<Response, PageError> {
    let response = page(form)?;
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, response).into_response())
}
