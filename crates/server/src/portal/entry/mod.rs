//! How somebody gets in who is not signed in: the sign-in page, one-time links, invitations.
//!
//! Opening a link changes nothing: scanners of messages open links too. The button below does.

mod invitation;
mod link;
mod passkey;
mod recovery;
mod sign_on;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use ringtrue_domain::{member::Role, secret::Clear};
use serde::Deserialize;
use url::form_urlencoded;

use super::{
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    looks::Looks,
    parts::Asked,
    session::{self, Visitor},
};
use crate::state::App;

/// The way back to what somebody wanted to see: an address of the portal, nothing else.
const FIRST_PAGE: &str = "/portal";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/sign-in", get(show))
        .route("/portal/sign-in/recovery", post(recovery::enter))
        .route("/portal/sign-in/passkey", post(passkey::enter))
        .route("/portal/sign-in/passkey/question", post(passkey::ask))
        .route("/portal/sign-in/single-sign-on", post(sign_on::start))
        .route(sign_on::RETURN, get(sign_on::finish))
        .route("/portal/enter/{token}", get(link::show).post(link::enter))
        .route("/portal/invitation/{token}", get(invitation::show).post(invitation::accept))
}

/// The sign-in page that leads back to an address.
pub(super) fn sign_in_address(back: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    format!("/portal/sign-in?{query}")
}

/// The address of a one-time link.
pub(crate) fn link_address(origin: &str, token: &Clear) -> String {
    format!("{origin}/portal/enter/{}", token.expose())
}

/// Where a provider of single sign-on sends people back to.
pub(crate) fn return_address(origin: &str) -> String {
    format!("{origin}{}", sign_on::RETURN)
}

/// The address of an invitation.
pub(crate) fn invitation_address(origin: &str, token: &Clear) -> String {
    format!("{origin}/portal/invitation/{}", token.expose())
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

impl Back {
    /// Only pages of the portal are gone back to: an address from outside could lead anywhere.
    fn path(&self) -> &str {
        let is_ours = self.back.starts_with("/portal")
            && !self.back.starts_with("/portal/sign-in")
            && self.back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if is_ours { &self.back } else { FIRST_PAGE }
    }
}

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage {
    theme: &'static str,
    title: &'static str,
    back: String,
    /// Nobody belongs to the team yet.
    is_new: bool,
    has_passkeys: bool,
    /// What people call the provider of single sign-on, if there is one.
    provider: Option<String>,
    email: String,
    problem: Option<Problem>,
}

impl SignInPage {
    /// Whether the recovery code's fields are what is wrong.
    fn is_code_wrong(&self) -> bool {
        let of = |field| self.problem.as_ref().is_some_and(|problem| problem.is_of(field));
        of("code") || of("email")
    }
}

/// The sign-in page; whoever is signed in goes on.
async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(back): Asked<Back>,
) -> Result<Response, PageError> {
    if Visitor::of(&app, &headers).await?.is_some() {
        return Ok(Redirect::to(back.path()).into_response());
    }
    sign_in_page(&app, &headers, back.path(), String::new(), None).await
}

async fn sign_in_page(
    app: &App,
    headers: &HeaderMap,
    back: &str,
    email: String,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let page = SignInPage {
        theme: Looks::of(headers).theme.as_str(),
        title: "Sign in",
        back: back.to_owned(),
        is_new: app.engine.store().team().await?.members.is_empty(),
        has_passkeys: app.engine.has_passkeys(),
        provider: app.engine.single_sign_on().map(str::to_owned),
        email,
        problem,
    };
    form_page(&page, is_wrong)
}

/// Goes on with the session that somebody has just got. The one that the browser had before is over.
async fn welcome(
    app: &App,
    headers: &HeaderMap,
    token: &Clear,
    to: &str,
    text: &str,
) -> Result<Response, PageError> {
    if let Some(before) = Visitor::of(app, headers).await? {
        app.engine.end_session(before.signed_in()).await?;
    }
    let mut response = go(to, &Flash::good(text))?;
    response.headers_mut().append(header::SET_COOKIE, session::cookie(app, token)?);
    Ok(response)
}

/// What a role is called on pages.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Developer => "Developer",
        Role::Analyst => "Analyst",
        Role::ReadOnly => "Read-only",
    }
}

/// What a role may do, in a sentence.
pub(super) const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Everything, the team too.",
        Role::Developer => "Sets up projects, credentials and webhooks; sees people only masked.",
        Role::Analyst => "Looks into verifications, may unmask, and changes or erases identities.",
        Role::ReadOnly => "Looks on: everything masked, nothing changed.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_portal_are_gone_back_to() {
        let path = |back: &str| Back { back: back.to_owned() }.path().to_owned();
        assert_eq!(path("/portal/p/1/sandbox/events?after=2"), "/portal/p/1/sandbox/events?after=2");
        for odd in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil",
            "/portal\\..",
            "/portal/sign-in",
            "/portal\n",
        ] {
            assert_eq!(path(odd), FIRST_PAGE, "{odd:?}");
        }
    }
}
