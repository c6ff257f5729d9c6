//! The admin API: whatever somebody does in the portal, automation does here, by the same roles.
//!
//! It has a document of its own, since it belongs to those who run an installation and not to those who verify people.

mod access_keys;
mod audit;
mod convert;
mod credentials;
mod deliveries;
mod earlier;
mod events;
mod go_live;
mod holder;
mod identities;
mod invitations;
mod links;
mod logo;
mod members;
mod origins;
mod overview;
mod person;
mod personas;
mod precondition;
mod problem;
mod projects;
mod sandbox;
mod texts;
mod verifications;
mod webhook;

use axum::{Router, middleware, response::IntoResponse as _, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{error, idempotent::json_text},
    state::App,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ringtrue administration",
        description = "What automation does in place of somebody in the portal, by the same roles. Calls carry an access \
                       key as bearer token. PUT can be repeated; the ids of projects are the caller's choice. Errors \
                       are problem documents (RFC 9457).",
        license(name = "MIT OR Apache-2.0")
    ),
    modifiers(&Security),
    tags(
        (name = "projects", description = "Projects, their settings and credentials"),
        (name = "webhooks", description = "Where events go, and what became of them"),
        (name = "people", description = "Verifications, identities and their events"),
        (name = "sandbox", description = "What only sandbox has"),
        (name = "team", description = "Members, invitations, access keys, and who did what")
    )
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("accessKey", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The document as committed in `docs/admin-openapi.json` and served at `/admin/openapi.json`.
pub(crate) fn openapi() -> String {
    let documented = OpenApiRouter::with_openapi(Document::openapi()).merge(documented());
    let (_, mut document) = documented.split_for_parts();
    "1".clone_into(&mut document.info.version);
    let mut text = document.to_pretty_json().expect("an OpenAPI document is always JSON");
    text.push('\n');
    text
}

/// All of it, with its document.
pub(crate) fn routes() -> Router<App> {
    let document = openapi();
    Router::from(documented())
        .route("/admin/openapi.json", get(move || async move { json_text(document).into_response() }))
        .route("/admin/{*rest}", axum::routing::any(error::not_found))
        .method_not_allowed_fallback(error::wrong_method)
        .layer(middleware::from_fn(problem::told))
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(projects::list))
        .routes(routes!(projects::show, projects::put))
        .routes(routes!(texts::show, texts::put))
        .routes(routes!(links::list))
        .routes(routes!(links::put, links::remove))
        .routes(routes!(personas::list, personas::put))
        .routes(routes!(personas::show, personas::put_one, personas::remove))
        .routes(routes!(go_live::show))
        .routes(routes!(go_live::message))
        .routes(routes!(go_live::arrived))
        .routes(routes!(go_live::source))
        .routes(routes!(origins::targets, origins::put_targets))
        .routes(routes!(origins::origins, origins::put_origins))
        .routes(routes!(logo::show, logo::put, logo::remove))
        .routes(routes!(credentials::list, credentials::create))
        .routes(routes!(credentials::rename, credentials::revoke))
        .routes(routes!(webhook::show, webhook::put, webhook::remove))
        .routes(routes!(webhook::test))
        .routes(routes!(webhook::secrets, webhook::rotate))
        .routes(routes!(webhook::finish))
        .routes(routes!(webhook::pause))
        .routes(routes!(webhook::resume))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::replay))
        .routes(routes!(identities::list))
        .routes(routes!(identities::search))
        .routes(routes!(identities::show, identities::disenroll))
        .routes(routes!(identities::activate))
        .routes(routes!(identities::deactivate))
        .routes(routes!(identities::events))
        .routes(routes!(events::list))
        .routes(routes!(verifications::search))
        .routes(routes!(verifications::show))
        .routes(routes!(verifications::unmask))
        .routes(routes!(overview::show))
        .routes(routes!(person::export))
        .routes(routes!(person::erase))
        .routes(routes!(sandbox::messages))
        .routes(routes!(sandbox::clock, sandbox::advance))
        .routes(routes!(sandbox::simulate))
        .routes(routes!(members::list))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::revoke))
        .routes(routes!(access_keys::list))
        .routes(routes!(access_keys::revoke))
        .routes(routes!(audit::list))
}
