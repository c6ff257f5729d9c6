//! The server API: what a customer's back end calls (contract: server-api.md, sandbox.md), and what carriers do.

pub(crate) mod evaluation;
mod events;
mod feed;
mod identity;
mod sandbox;
mod status;
mod token;
mod verify;

use ringtrue_domain::{FieldError, text::CallerText};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::App;

pub(crate) use events::render as render_events;
pub(crate) use sandbox::{events::simulated_steps, message, reading};

/// All routes of the server API.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token::token))
        .routes(routes!(verify::verify))
        .routes(routes!(status::status))
        .merge(identity::routes())
        .routes(routes!(events::events))
        .routes(routes!(feed::post_file))
        .routes(routes!(sandbox::messages))
        .routes(routes!(sandbox::clock, sandbox::advance))
        .routes(routes!(sandbox::handset))
        .routes(routes!(sandbox::events::simulate))
        .routes(routes!(sandbox::webhook))
}

/// A caller's own text. An empty one counts as absent.
fn caller_text(field: &'static str, text: Option<String>) -> Result<Option<CallerText>, FieldError> {
    Ok(text.map(|text| CallerText::parse(field, &text)).transpose()?.flatten())
}
