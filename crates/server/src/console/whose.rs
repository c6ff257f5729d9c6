//! Whose call it is: by whom it was let in, else by what it shows. A wrong or expired token still tells whose it is or
//! was; of a call that shows nothing of ours, nobody is told.

use std::sync::{Arc, OnceLock};

use axum::{extract::Request, http::Extensions};
use ringtrue_domain::{CredentialId, FlowId, ProjectId, flow::Environment, secret::Clear};
use ringtrue_engine::{Error, model::KeyScope};

use crate::{http::auth::bearer, state::App};

/// Where it is noted whose call it is. Only calls that somebody may follow have one.
#[derive(Clone, Default)]
pub(crate) struct Noted(Arc<OnceLock<KeyScope>>);

impl Noted {
    /// Where it is to be noted, if anywhere.
    pub(crate) fn of<'a>(app: &App, extensions: &'a Extensions) -> Option<&'a Self> {
        if app.consoles.is_any() { extensions.get() } else { None }
    }

    /// It is a call of theirs.
    pub(crate) fn is_of(&self, scope: KeyScope) {
        let _ = self.0.set(scope);
    }

    /// It is a call of whoever has this client id, whether or not they prove it.
    pub(crate) async fn is_of_client(&self, app: &App, client_id: &str) {
        let Ok(id) = client_id.parse::<CredentialId>() else { return };
        match app.engine.store().credential(id).await {
            Ok(Some(known)) => {
                self.is_of(KeyScope { project: known.project, environment: known.environment });
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "a console cannot look"),
        }
    }
}

/// What a call shows of its caller.
pub(super) struct Asker {
    noted: Noted,
    token: Option<Clear>,
}

impl Asker {
    /// Takes down what a request shows.
    pub(super) fn of(request: &mut Request) -> Self {
        let noted = Noted::default();
        request.extensions_mut().insert(noted.clone());
        let token = bearer(request.headers()).map(ToOwned::to_owned).or_else(|| token_of_socket(request));
        Self { noted, token: token.map(Clear::new) }
    }

    /// The project of whose sandbox it is, and the verification if it shows one; only if that project is followed.
    pub(super) async fn followed(&self, app: &App) -> Result<Option<(ProjectId, Option<FlowId>)>, Error> {
        let followed = |scope: KeyScope| {
            let is = scope.environment == Environment::Sandbox && app.consoles.wants(scope.project);
            is.then_some((scope.project, None))
        };
        if let Some(scope) = self.noted.0.get() {
            return Ok(followed(*scope));
        }
        let Some(token) = &self.token else { return Ok(None) };
        let Some((project, flow)) = app.tokens.project_and_flow(token.expose()) else {
            return Ok(app.engine.holder(token.expose()).await?.and_then(|caller| followed(caller.scope())));
        };
        if !app.consoles.wants(project) {
            return Ok(None);
        }
        let stored = app.engine.store().flow(flow).await?;
        let is_sandbox = stored.is_some_and(|stored| stored.flow.terms().environment == Environment::Sandbox);
        Ok(is_sandbox.then_some((project, Some(flow))))
    }
}

/// Browsers can give a socket no header.
fn token_of_socket(request: &Request) -> Option<String> {
    let query = request.uri().query().filter(|_| request.uri().path() == "/v1/client/status")?;
    url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "token").then(|| value.into_owned()))
}
