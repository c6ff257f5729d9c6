//! Who is looking. The only file of the portal that knows where sessions come from.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, request::Parts},
};
use ringtrue_domain::secret::{Clear, Digest};

use super::fault::PageError;
use crate::{
    http::{ApiError, Code, cookies},
    state::App,
};

/// What a role may permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// See projects, their settings and their webhooks, without secrets.
    SeeProjects,
    /// See identities and their events, masked.
    SeeIdentities,
    /// Create projects and change their settings.
    ManageProjects,
    /// Create and revoke credentials.
    ManageCredentials,
    /// Change webhooks and their secrets, replay deliveries.
    ManageWebhooks,
    /// Use the sandbox: its outbox, clock and change events.
    UseSandbox,
    /// Deactivate, activate and disenroll identities.
    ManageIdentities,
}

/// What it permits, as the end of "… does not permit".
const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::SeeProjects => "looking at projects",
        Permission::SeeIdentities => "looking at identities",
        Permission::ManageProjects => "setting up projects",
        Permission::ManageCredentials => "managing credentials",
        Permission::ManageWebhooks => "managing webhooks",
        Permission::UseSandbox => "using the sandbox",
        Permission::ManageIdentities => "managing identities",
    }
}

/// Somebody who is signed in; cheap to clone.
#[derive(Clone)]
pub(crate) struct Visitor(Arc<Inner>);

struct Inner {
    name: String,
    permissions: Vec<Permission>,
    token: Clear,
}

impl Visitor {
    /// What to call them.
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// The session's secret; forms are bound to it.
    pub(crate) fn token(&self) -> &Clear {
        &self.0.token
    }

    /// Whether their role permits something.
    pub(crate) fn may(&self, what: Permission) -> bool {
        self.0.permissions.contains(&what)
    }

    /// Refuses what their role does not permit.
    pub(crate) fn must(&self, what: Permission) -> Result<(), PageError> {
        if self.may(what) {
            return Ok(());
        }
        let text = format!("your role does not permit {}", words(what));
        Err(ApiError::new(Code::Forbidden, text).into())
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let found = token(app, &parts.headers).and_then(|token| app.sessions.find(token));
        let visitor = found.ok_or_else(|| ApiError::new(Code::Unauthorized, "you are not signed in"))?;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// Where sessions are kept.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<[u8; 32], Visitor>>);

impl Sessions {
    fn find(&self, token: &str) -> Option<Visitor> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(Digest::of(token.as_bytes()).as_bytes()).cloned()
    }

    /// Begins a session; the token is for the cookie.
    pub(crate) fn start(&self, name: &str, permissions: &[Permission], token: Clear) {
        let key = *Digest::of(token.expose().as_bytes()).as_bytes();
        let inner = Inner { name: name.to_owned(), permissions: permissions.to_vec(), token };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, Visitor(Arc::new(inner)));
    }

    /// Ends a session.
    pub(crate) fn end(&self, visitor: &Visitor) {
        let key = *Digest::of(visitor.token().expose().as_bytes()).as_bytes();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

fn token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookies::read(headers, cookie_name(app))
}

/// Over https the browser holds to it that nobody but this host has set the cookie (RFC 6265bis §4.1.3.2).
fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-ringtrue_session" } else { "ringtrue_session" }
}

pub(super) fn is_https(app: &App) -> bool {
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
