//! The start page: where to go from here.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};

use crate::{http::ApiError, state::App};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    links: Vec<Link>,
}

struct Link {
    href: String,
    label: &'static str,
    text: &'static str,
}

pub(crate) async fn home(State(app): State<App>) -> Result<Response, ApiError> {
    let mut links = Vec::new();
    let mut handset = "/handset/".to_owned();
    if let Some(demo) = &app.demo {
        handset = demo.handset_url(&app).map_err(ringtrue_engine::Error::Bug)?;
        links.push(Link {
            href: "/shop/".to_owned(),
            label: "Demo shop",
            text: "verify yourself as a customer would",
        });
    }
    links.push(Link { href: handset, label: "Virtual handset", text: "the phone of the sandbox" });
    links.push(Link {
        href: "/portal".to_owned(),
        label: "Portal",
        text: "set up projects, watch and explain verifications",
    });
    links.push(Link {
        href: "/openapi.json".to_owned(),
        label: "OpenAPI",
        text: "every call and answer, for machines",
    });
    render(&Home { links })
}

/// A page that askama checked at compile time.
pub(crate) fn render(page: &impl Template) -> Result<Response, ApiError> {
    let text = page.render().map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok(Html(text).into_response())
}
