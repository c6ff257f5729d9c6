//! What every answer of the portal has: headers that browsers act on, and errors drawn as pages.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};

use super::{fault::Trouble, flash, flash::Flash, looks::Looks};

/// Nothing but our own files, and nowhere else to send forms to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "portal/trouble.html")]
struct TroublePage<'a> {
    theme: &'static str,
    title: &'static str,
    trouble: &'a Trouble,
}

/// Around every page; the state is whether browsers come by https.
pub(super) async fn page(State(is_https): State<bool>, request: Request, next: Next) -> Response {
    let looks = Looks::of(request.headers());
    let told = request.method() == Method::GET && Flash::of(request.headers()).is_some();
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        response = drawn(&response, &trouble, &looks);
    } else if told && response.status() == StatusCode::OK && is_page(&response) {
        flash::forget(&mut response, is_https);
    }
    flash::keep(&mut response, is_https);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Pages hold what is about people, and stay in no cache, not even the one behind the back button.
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // With `no-referrer` browsers would send forms with `Origin: null`.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether it has shown what there was to tell, which a file has not.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

fn drawn(response: &Response, trouble: &Trouble, looks: &Looks) -> Response {
    let page = TroublePage { theme: looks.theme.as_str(), title: trouble.title, trouble };
    let text = page.render().unwrap_or_else(|_| trouble.text.clone());
    let mut drawn = (response.status(), Html(text)).into_response();
    if let Some(pause) = response.headers().get(header::RETRY_AFTER) {
        drawn.headers_mut().insert(header::RETRY_AFTER, pause.clone());
    }
    drawn
}
