//! The page of an instant link (device API §0). GET and HEAD change nothing; the button's POST does.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{flow::LinkStanding, secret::Digest, sms::LandingWords};
use ringtrue_engine::{LinkPage, LinkUse};

use super::home::render;
use crate::{
    http::{ApiError, cookies, parts::Path},
    state::App,
};

#[derive(Template)]
#[template(path = "link.html")]
struct Ask {
    /// The project's own words.
    words: Words,
    project_name: String,
    started_at_text: String,
    asked_from: Option<String>,
    action: String,
}

/// Words of the project; the facts and whatever it left out are said in ours.
#[derive(Default)]
struct Words {
    language: Option<String>,
    landing: LandingWords,
}

impl Words {
    fn of(words: Option<(String, LandingWords)>) -> Self {
        words.map_or_else(Self::default, |(language, landing)| Self { language: Some(language), landing })
    }
}

#[derive(Template)]
#[template(path = "link_done.html")]
struct Done {
    project_name: String,
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct Gone {
    why: &'static str,
}

/// Known by this the browser that used a link is told "done" when it comes again; it says nothing about a person.
const COOKIE: &str = "ringtrue_link";

pub(crate) async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let browser = browser(&headers);
    let page = app.engine.link_page(&token, browser.map(|id| Digest::of(id.as_bytes()))).await?;
    let mut response = match page {
        LinkPage::Ask { project, words, asked_from, age_seconds } => render(&Ask {
            words: Words::of(words),
            project_name: project,
            started_at_text: ago(age_seconds),
            asked_from,
            action: format!("/l/{token}"),
        })?,
        LinkPage::Done { project } => render(&Done { project_name: project })?,
        LinkPage::Gone(standing) => gone(why(standing))?,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if browser.is_none() {
        // Set before the button is pressed, so that a double press comes from the same browser both times.
        headers.insert(header::SET_COOKIE, cookie(&app, &fresh(&app))?);
    }
    Ok(response)
}

pub(crate) async fn press(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = browser(&headers).map(str::to_owned);
    let id = known.clone().unwrap_or_else(|| fresh(&app));
    let mut response = match app.engine.use_link(&token, Digest::of(id.as_bytes())).await? {
        LinkUse::Redirect(target) => {
            let target =
                HeaderValue::from_str(&target).map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
            (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response()
        }
        LinkUse::Refused => gone("This phone could not be confirmed.")?,
        LinkUse::Gone(standing) => gone(why(standing))?,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if known.is_none() {
        headers.insert(header::SET_COOKIE, cookie(&app, &id)?);
    }
    Ok(response)
}

/// Which it was (device API §0). Only who holds a real link learns more than that it is unknown.
const fn why(standing: Option<LinkStanding>) -> &'static str {
    match standing {
        None => "We don’t know this link. Check that the whole link was opened, up to its last character.",
        Some(LinkStanding::Used) => {
            "It was used already: the phone is confirmed, and a link works only once."
        }
        Some(LinkStanding::Expired) => "Its time is over: a link is good for three minutes.",
        Some(LinkStanding::Cancelled) => "The request was cancelled on the screen where it started.",
        Some(LinkStanding::Replaced) => {
            "It was replaced: the phone number was changed after this link was sent."
        }
        // A link that came to life between the look and the words can be opened again.
        Some(LinkStanding::Live | LinkStanding::Over) => "The request that it belonged to has ended.",
    }
}

fn gone(why: &'static str) -> Result<Response, ApiError> {
    let mut response = render(&Gone { why })?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

fn browser(headers: &HeaderMap) -> Option<&str> {
    cookies::read(headers, COOKIE).filter(|value| value.len() == 22)
}

fn fresh(app: &App) -> String {
    let mut bytes = [0_u8; 16];
    app.engine.random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn cookie(app: &App, id: &str) -> Result<HeaderValue, ApiError> {
    let secure = if app.origin.starts_with("https:") { "; Secure" } else { "" };
    let text = format!("{COOKIE}={id}; Path=/l/; Max-Age=3600; HttpOnly; SameSite=Lax{secure}");
    cookies::set(&text)
}

fn ago(seconds: i64) -> String {
    match seconds {
        i64::MIN..45 => "just now".to_owned(),
        45..90 => "a minute ago".to_owned(),
        _ => format!("{} minutes ago", (seconds + 30) / 60),
    }
}
