//! All surfaces together, and the OpenAPI document that comes out of their types.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::IntoResponse as _,
    routing::get,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    admin, api,
    config::Role,
    demo, device,
    http::{ApiError, Code, around::Around, error, idempotent::json_text},
    ops, pages, portal,
    state::App,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ringtrue",
        description = "Verifies users by phone. Back ends call the server API; client SDKs call the device API with \
                       the authToken that a back end got. Errors carry a number for programs and a text for people.",
        license(name = "MIT OR Apache-2.0")
    ),
    modifiers(&Security),
    tags(
        (name = "server", description = "What a customer's back end calls"),
        (name = "identity", description = "Enrolled people and numbers, and what becomes of them"),
        (name = "feed", description = "What carriers and vendors call"),
        (name = "sandbox", description = "What only sandbox credentials may call"),
        (name = "device", description = "What the client SDK on the person's device calls")
    )
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let grant = Flow::ClientCredentials(ClientCredentials::new("/token", Scopes::new()));
        components.add_security_scheme("bearer", SecurityScheme::OAuth2(OAuth2::new([grant])));
        components.add_security_scheme("authToken", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The OpenAPI document as committed in `docs/openapi.json` and served at `/openapi.json`.
pub(crate) fn openapi() -> String {
    let (_, mut document) = documented().split_for_parts();
    // Versions belong to releases; the document changes when the API does.
    "3".clone_into(&mut document.info.version);
    let mut text = document.to_pretty_json().expect("an OpenAPI document is always JSON");
    text.push('\n');
    text
}

/// The paths of the APIs, as the OpenAPI document has them.
pub(crate) fn api_paths() -> Vec<String> {
    let (_, document) = documented().split_for_parts();
    document.paths.paths.into_keys().collect()
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(api::routes()).merge(device::routes())
}

/// Everything that the main listener answers. Paths of a role that this node has not are known, and refused as such.
pub(crate) fn router(app: App) -> Router {
    let document = openapi();
    let serves = |role| app.roles.has(role);
    let of = |role, paths: Router<App>| if serves(role) { paths } else { elsewhere(role, paths) };
    let mut router = Router::new()
        .merge(of(Role::Api, Router::from(api::routes())))
        .merge(of(Role::Device, Router::from(device::routes())))
        .merge(of(Role::Device, pages::device_routes()))
        .merge(of(Role::Portal, pages::portal_routes()))
        .merge(of(Role::Portal, portal::routes(&app)))
        .merge(of(Role::Portal, admin::routes()))
        .merge(ops::probes())
        .route("/openapi.json", get(move || async move { json_text(document).into_response() }));
    if serves(Role::Device) || serves(Role::Portal) {
        router = router.merge(pages::shared_routes());
    }
    if app.demo.is_some() {
        router = router.merge(demo::routes());
    }
    router
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(Around::new(App::clone(&app)))
        .with_state(app)
}

/// The same paths, answered by saying that other nodes have the role. Goes by the paths themselves, so that none is
/// forgotten.
fn elsewhere(role: Role, paths: Router<App>) -> Router<App> {
    let refusal = move || {
        let name = role.name();
        ApiError::new(Code::NotFound, format!("this node does not serve it: {name} is not among its roles"))
    };
    paths
        .method_not_allowed_fallback(move || async move { refusal() })
        .layer(middleware::from_fn(move |_: Request, _: Next| async move { refusal() }))
}
