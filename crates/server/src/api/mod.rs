//! The server API: what a customer's back end calls (contract: server-api.md, sandbox.md).

mod evaluation;
pub(crate) mod events;
mod identity;
mod sandbox;
mod status;
mod token;
mod verify;

use axum::middleware;
use ringtrue_domain::{FieldError, text::CallerText};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{http::auth, state::App};

pub(crate) use sandbox::{message, reading};

/// All routes of the server API.
pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let v3 = OpenApiRouter::new()
        .routes(routes!(verify::verify))
        .routes(routes!(status::status))
        .merge(identity::routes())
        .routes(routes!(events::events))
        .routes(routes!(sandbox::messages))
        .routes(routes!(sandbox::clock, sandbox::advance))
        .routes(routes!(sandbox::handset))
        .routes(routes!(sandbox::events::simulate))
        .route_layer(middleware::from_fn_with_state(App::clone(app), auth::layer));
    OpenApiRouter::new().routes(routes!(token::token)).merge(v3)
}

/// A caller's own text. An empty one counts as absent.
fn caller_text(field: &'static str, text: Option<String>) -> Result<Option<CallerText>, FieldError> {
    Ok(text.map(|text| CallerText::parse(field, &text)).transpose()?.flatten())
}
