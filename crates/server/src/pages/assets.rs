//! Files inside the binary (read from disk in debug builds), with an `ETag` so that they travel once.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::http::{ApiError, Code, parts::Path};

#[derive(RustEmbed)]
#[folder = "../../sdk/web/dist"]
struct Sdk;

#[derive(RustEmbed)]
#[folder = "../../portal/static"]
struct PageFiles;

/// The demo shop's files.
#[derive(RustEmbed)]
#[folder = "../../demos/shop"]
pub(crate) struct Shop;

/// The virtual handset's files.
#[derive(RustEmbed)]
#[folder = "../../demos/handset"]
pub(crate) struct Handset;

pub(crate) async fn sdk(Path(file): Path<String>, headers: HeaderMap) -> Response {
    // The folder holds type declarations too, which no browser needs.
    let name = if kind(&file) == kind(".js") { file.as_str() } else { "" };
    let mut response = serve::<Sdk>(name, &headers);
    // Integrators load the SDK from pages of other origins.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

pub(crate) async fn page_file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve::<PageFiles>(&file, &headers)
}

/// A file of a folder, or 404. Names are looked up in a fixed list, so `..` finds nothing.
pub(crate) fn serve<Folder: RustEmbed>(name: &str, headers: &HeaderMap) -> Response {
    let Some(EmbeddedFile { data, metadata }) = Folder::get(name) else {
        return ApiError::new(Code::NotFound, "no such path").into_response();
    };
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&metadata.sha256_hash()[..12]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known
        .is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag))
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        Response::new(body)
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
