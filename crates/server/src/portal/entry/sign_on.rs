//! Single sign-on: the way to the provider and back.
//!
//! The browser keeps the token of the way in a cookie, so that nobody comes back who did not set out: an address with
//! somebody else's `code` and `state` signs nobody in (RFC 9700 §2.1). The provider is gone to by a page, not by the
//! form's own redirect: browsers hold that to the page's `form-action`, and the provider's addresses are the provider's.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::secret::{Clear, Digest};
use ringtrue_engine::{Error, SignOnError, ports::SignOnFault};
use serde::Deserialize;

use super::{Back, Looks, PageError, form_page, link::GonePage, welcome};
use crate::{
    http::{ApiError, cookies},
    portal::{
        guard::Sent,
        page,
        parts::Asked,
        session::{agent, is_https},
    },
    state::App,
};

/// Where the provider sends people back to.
pub(super) const RETURN: &str = "/portal/sign-in/single-sign-on/return";
/// The engine's ten minutes.
const AWAY_SECONDS: u32 = 600;

#[derive(Template)]
#[template(path = "portal/away.html")]
struct AwayPage<'a> {
    theme: &'static str,
    title: &'static str,
    provider: &'a str,
    address: &'a str,
}

/// Sets out.
pub(in crate::portal) async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    Sent(back): Sent<Back>,
) -> Result<Response, PageError> {
    let Some(provider) = app.engine.single_sign_on() else { return Err(PageError::not_found("page")) };
    let start = match app.engine.start_sign_on().await {
        Ok(start) => start,
        Err(error) => return refused(&app, &headers, error),
    };
    let away = AwayPage {
        theme: Looks::of(&headers).theme.as_str(),
        title: "On the way to sign in",
        provider,
        address: &start.address,
    };
    let mut response = page(&away)?;
    let refresh = HeaderValue::try_from(format!("0; url={}", start.address));
    let refresh = refresh.map_err(|error| Error::Bug(error.into()))?;
    response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    response.headers_mut().append(header::SET_COOKIE, cookie(&app, &start.token, back.path())?);
    Ok(response)
}

/// What the provider adds to the address (RFC 6749 §4.1.2).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::portal) struct Answer {
    code: String,
    state: String,
    error: String,
}

/// Comes back. Whatever comes of it, the way is used up.
pub(in crate::portal) async fn finish(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(answer): Asked<Answer>,
) -> Result<Response, PageError> {
    let known = Away::of(&app, &headers);
    let mut response = match known.filter(|away| away.is_of(&answer.state)) {
        None => refused(&app, &headers, SignOnError::Over)?,
        Some(_) if !answer.error.is_empty() => {
            let text = "The provider did not sign you in, or you did not let it.";
            not_in(&headers, StatusCode::FORBIDDEN, text)?
        }
        Some(away) => match app.engine.finish_sign_on(&away.token, &answer.code, agent(&headers)).await {
            Ok((session, _)) => welcome(&app, &headers, &session, &away.back, "You are signed in.").await?,
            Err(error) => refused(&app, &headers, error)?,
        },
    };
    response.headers_mut().append(header::SET_COOKIE, set(&app, "", 0)?);
    Ok(response)
}

/// What the browser keeps while somebody is away.
struct Away {
    token: String,
    /// Where they wanted to go.
    back: String,
}

impl Away {
    fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        let (token, back) = cookies::read(headers, cookie_name(app))?.split_once('.')?;
        let back = Back { back: String::from_utf8(URL_SAFE_NO_PAD.decode(back).ok()?).ok()? };
        Some(Self { token: token.to_owned(), back: back.path().to_owned() })
    }

    fn is_of(&self, state: &str) -> bool {
        Digest::of(self.token.as_bytes()) == Digest::of(state.as_bytes())
    }
}

/// Over https the browser holds to it that nobody but this host has set the cookie (RFC 6265bis §4.1.3.2).
fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-ringtrue_sign_on" } else { "ringtrue_sign_on" }
}

fn cookie(app: &App, token: &Clear, back: &str) -> Result<HeaderValue, ApiError> {
    set(app, &format!("{}.{}", token.expose(), URL_SAFE_NO_PAD.encode(back)), AWAY_SECONDS)
}

fn set(app: &App, value: &str, seconds: u32) -> Result<HeaderValue, ApiError> {
    let (name, secure) = (cookie_name(app), if is_https(app) { "; Secure" } else { "" });
    cookies::set(&format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
}

/// Why somebody is not signed in; what the operator has to mend stands in the log.
fn refused(app: &App, headers: &HeaderMap, error: SignOnError) -> Result<Response, PageError> {
    let provider = app.engine.single_sign_on().unwrap_or_default();
    let text = match &error {
        SignOnError::Over | SignOnError::Other(_) => {
            "This sign-in was not begun in this browser, took longer than ten minutes, or was used already."
                .to_owned()
        }
        SignOnError::Stranger => format!(
            "The address that {provider} knows you by belongs to nobody of the team, and no open invitation is for it. \
             Ask an owner to invite that address."
        ),
        SignOnError::Fault(SignOnFault::Unverified) => {
            format!("{provider} does not say that your e-mail address is verified.")
        }
        SignOnError::Fault(SignOnFault::OtherDomain) => {
            "Your e-mail address is not of the domain that is let in here.".to_owned()
        }
        SignOnError::Fault(SignOnFault::Unavailable(_)) => {
            format!("{provider} cannot be asked at the moment. Try again later.")
        }
        SignOnError::Fault(SignOnFault::Refused(_) | SignOnFault::Broken(_)) => {
            format!("What {provider} answered does not prove who you are. Try it again.")
        }
    };
    let status = match error {
        SignOnError::Other(other) => return Err(other.into()),
        SignOnError::Over | SignOnError::Stranger => StatusCode::FORBIDDEN,
        SignOnError::Fault(fault) => {
            let is_away = matches!(fault, SignOnFault::Unavailable(_));
            tracing::warn!(
                error = format!("{:#}", anyhow::Error::new(fault)),
                "single sign-on let nobody in"
            );
            if is_away { StatusCode::BAD_GATEWAY } else { StatusCode::FORBIDDEN }
        }
    };
    not_in(headers, status, &text)
}

fn not_in(headers: &HeaderMap, status: StatusCode, text: &str) -> Result<Response, PageError> {
    let theme = Looks::of(headers).theme.as_str();
    let mut response = form_page(&GonePage { theme, title: "You are not signed in", text }, false)?;
    *response.status_mut() = status;
    Ok(response)
}
