//! Who is looking: the session that the browser's cookie names.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::model::SignedIn;

use super::fault::PageError;
use crate::{
    http::{ApiError, Code, cookies},
    state::App,
};

pub(crate) use ringtrue_domain::member::Permission;

/// What it permits, as the end of "… does not permit".
const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::SeeProjects => "looking at projects",
        Permission::SeeVerifications => "looking at verifications",
        Permission::SeeIdentities => "looking at identities",
        Permission::ManageProjects => "setting up projects",
        Permission::ManageCredentials => "managing credentials",
        Permission::ManageWebhooks => "managing webhooks",
        Permission::UseSandbox => "using the sandbox",
        Permission::Unmask => "seeing names and numbers in the clear",
        Permission::ManageIdentities => "managing identities",
        Permission::Erase => "erasing what is known of a person",
        Permission::ManageTeam => "managing the team",
        Permission::SeeAudit => "seeing who did what",
    }
}

/// Somebody who is signed in; cheap to clone.
#[derive(Clone)]
pub(crate) struct Visitor(Arc<Inner>);

struct Inner {
    signed_in: SignedIn,
    token: Clear,
}

impl Visitor {
    /// Who, for the engine.
    pub(crate) fn signed_in(&self) -> &SignedIn {
        &self.0.signed_in
    }

    /// What to call them.
    pub(crate) fn name(&self) -> &str {
        self.0.signed_in.member.name.expose()
    }

    /// The session's secret; forms are bound to it.
    pub(crate) fn token(&self) -> &Clear {
        &self.0.token
    }

    /// Whether their role permits something.
    pub(crate) fn may(&self, what: Permission) -> bool {
        self.0.signed_in.may(what)
    }

    /// Refuses what their role does not permit.
    pub(crate) fn must(&self, what: Permission) -> Result<(), PageError> {
        if self.may(what) {
            return Ok(());
        }
        let text = format!("your role does not permit {}", words(what));
        Err(ApiError::new(Code::Forbidden, text).into())
    }

    /// Whoever the cookie says, if that session is not over.
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, PageError> {
        let Some(token) = cookies::read(headers, cookie_name(app)) else { return Ok(None) };
        let signed_in = app.engine.session(token).await?;
        let visitor = |signed_in| Self(Arc::new(Inner { signed_in, token: Clear::new(token.to_owned()) }));
        Ok(signed_in.map(visitor))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let Some(visitor) = Self::of(app, &parts.headers).await? else {
            // Whoever opens a page comes back to it; a form would have to be filled again.
            let back = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
            return Err(PageError::SignIn(back.map(ToString::to_string)));
        };
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// Over https the browser holds to it that nobody but this host has set the cookie (RFC 6265bis §4.1.3.2).
fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-ringtrue_session" } else { "ringtrue_session" }
}

/// Whether everybody reaches the server by https.
pub(crate) fn is_https(app: &App) -> bool {
    app.origin.starts_with("https:")
}

/// The cookie that holds a session; it ends with the browser, the session itself may end before.
pub(crate) fn cookie(app: &App, token: &Clear) -> Result<HeaderValue, ApiError> {
    set(app, token.expose(), "")
}

/// Takes the cookie away again.
pub(crate) fn no_cookie(app: &App) -> Result<HeaderValue, ApiError> {
    set(app, "", "; Max-Age=0")
}

fn set(app: &App, value: &str, more: &str) -> Result<HeaderValue, ApiError> {
    let secure = if is_https(app) { "; Secure" } else { "" };
    let name = cookie_name(app);
    cookies::set(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}"))
}

/// The browser as it names itself.
pub(super) fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("an unnamed browser")
}
