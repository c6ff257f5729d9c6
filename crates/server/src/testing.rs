//! For tests of this crate: the whole router in this process, and the generated documents.

use std::{path::Path, sync::Arc};

use axum::Router;
use ringtrue_domain::{flow::Flow, member::Role, text::EmailAddress};

use crate::{
    config::{Config, check_origin},
    demo,
    device::token::DeviceTokens,
    http::Code,
    portal, router, run,
    state::App,
};

/// A server without a listener of its own: requests go straight into the router.
pub struct TestServer {
    app: App,
    /// `client_id` and `client_secret` of the demo's sandbox project.
    pub credentials: (String, String),
}

impl TestServer {
    /// A server over a directory, with the demo's project and without a rate limit.
    pub async fn start(directory: &Path) -> anyhow::Result<Self> {
        Self::reached_at(directory, None).await
    }

    /// The same, with a public origin that is not the listener's address.
    pub async fn reached_at(directory: &Path, origin: Option<&str>) -> anyhow::Result<Self> {
        let mut config = Config::default();
        config.server.listen.set_port(0);
        config.server.public_origin = origin.map(str::to_owned);
        let prepared = run::prepare(config, directory, true).await?;
        let account = prepared.account.as_ref().ok_or_else(|| anyhow::anyhow!("a demo has an account"))?;
        let credentials = (account.client_id.clone(), account.client_secret.clone());
        Ok(Self { app: Arc::clone(&prepared.app), credentials })
    }

    /// The router.
    pub fn router(&self) -> Router {
        router::router(Arc::clone(&self.app))
    }

    /// The `Cookie` of somebody of a role who is signed in to the portal.
    pub async fn sign_in(&self, role: Role) -> anyhow::Result<String> {
        const AGENT: &str = "a test";
        let engine = &self.app.engine;
        let owner = demo::owner_link(engine).await?;
        let (token, owner) = engine.follow_link(owner.expose(), AGENT).await?;
        let token = if role == Role::Owner {
            token
        } else {
            let email = format!("{}@team.example", role.as_str());
            if engine.store().member_by_email(&EmailAddress::parse("email", &email)?).await?.is_some() {
                let link = engine.link_for(&EmailAddress::parse("email", &email)?).await?;
                engine.follow_link(link.expose(), AGENT).await?.0
            } else {
                let invited = engine.invite(&owner, &email, role).await?;
                engine.accept_invitation(invited.token.expose(), "Zoë", AGENT).await?.0
            }
        };
        let cookie = portal::cookie(&self.app, &token).map_err(|_| anyhow::anyhow!("a token is a cookie"))?;
        Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
    }

    /// The engine, to look behind the API.
    pub fn engine(&self) -> &Arc<ringtrue_engine::Engine> {
        &self.app.engine
    }
}

/// The OpenAPI document, `docs/openapi.json`.
pub fn openapi() -> String {
    router::openapi()
}

/// The document of the admin API, `docs/admin-openapi.json`.
pub fn admin_openapi() -> String {
    crate::admin::openapi()
}

/// The authToken of a flow on a server that is reached at `origin`. An origin that no configuration may name is an error.
pub fn auth_token(origin: &str, flow: &Flow) -> anyhow::Result<String> {
    check_origin(origin)?;
    DeviceTokens::new(origin, &[("1".to_owned(), [7; 32])])?.mint(flow)
}

/// The page of error codes, `docs/errors.md`.
pub fn error_page() -> String {
    use std::fmt::Write as _;
    let mut page = String::from(
        "# Errors of the server API\n\n\
         <!-- Generated from crates/server/src/http/error.rs by `cargo xtask docs`; do not edit. -->\n\n\
         Every error is `{\"code\": <number>, \"message\": \"<text>\"}`. Programs look at the number; the text names the \
         field or the cause and may change.\n\n\
         | status | code | meaning |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let (status, number) = code.wire();
        let _ = writeln!(page, "| {} | {number} | {} |", status.as_u16(), code.meaning());
    }
    page
}
