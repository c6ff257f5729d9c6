//! The page of an instant link (device API §0). GET and HEAD change nothing; the button's POST does.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{flow::LinkStanding, secret::Digest, sms::Phrase};
use ringtrue_engine::{LinkPage, LinkUse, OwnWords};

use super::{Speech, home::render, logo::logo_address};
use crate::{
    http::{ApiError, cookies, parts::Path},
    state::App,
};

#[derive(Template)]
#[template(path = "link.html")]
struct Ask {
    speech: Speech,
    project_name: String,
    logo: Option<String>,
    /// How long ago it was asked for, and the phrase that says so.
    started: (String, Phrase),
    asked_from: Option<String>,
    action: String,
}

#[derive(Template)]
#[template(path = "link_done.html")]
struct Done {
    speech: Speech,
    project_name: String,
    logo: Option<String>,
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct Gone {
    speech: Speech,
    why: Why,
}

/// What is said of a link that is no longer good.
enum Why {
    /// It was never one of ours, so nobody knows whose words to use.
    Unknown,
    /// It is or was.
    Known(Phrase),
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
        LinkPage::Ask { project, words, asked_from, age_seconds } => {
            let speech = Speech::new(words, Phrase::Title);
            render(&Ask {
                started: speech.ago(age_seconds),
                asked_from: asked_from.map(|browser| speech.browser(&browser)),
                speech,
                logo: logo_address(&project),
                project_name: project.name,
                action: format!("/l/{token}"),
            })?
        }
        LinkPage::Done { project, words } => {
            let (speech, logo) = (Speech::new(words, Phrase::DoneTitle), logo_address(&project));
            render(&Done { speech, logo, project_name: project.name })?
        }
        LinkPage::Gone(link) => gone(why(link.standing), link.words)?,
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
        LinkUse::Refused(words) => gone(Why::Known(Phrase::GoneRefused), words)?,
        LinkUse::Gone(link) => gone(why(link.standing), link.words)?,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if known.is_none() {
        headers.insert(header::SET_COOKIE, cookie(&app, &id)?);
    }
    Ok(response)
}

/// Which it was (device API §0). Only who holds a real link learns more than that it is unknown.
const fn why(standing: Option<LinkStanding>) -> Why {
    let Some(standing) = standing else { return Why::Unknown };
    Why::Known(match standing {
        LinkStanding::Used => Phrase::GoneUsed,
        LinkStanding::Expired => Phrase::GoneExpired,
        LinkStanding::Cancelled => Phrase::GoneCancelled,
        LinkStanding::Replaced => Phrase::GoneReplaced,
        // A link that came to life between the look and the words can be opened again.
        LinkStanding::Live | LinkStanding::Over => Phrase::GoneEnded,
    })
}

fn gone(why: Why, words: Option<OwnWords>) -> Result<Response, ApiError> {
    let mut response = render(&Gone { speech: Speech::new(words, Phrase::GoneTitle), why })?;
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
