//! How a visitor wants to see pages: light or dark, and in which time zone. Kept in a cookie of the browser; nothing about
//! the person.

use std::sync::LazyLock;

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use super::{
    desk::{Desk, Section, Shell},
    fault::{PageError, Problem},
    form_page,
    guard::{Form, Posted},
    page,
    session::{self, Permission},
};
use crate::{
    http::{ApiError, cookies},
    state::App,
};

const COOKIE: &str = "ringtrue_looks";
/// A year.
const KEPT_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Light, dark, or what the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How pages look.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    pub(crate) theme: Theme,
    zone: TimeZone,
}

impl Looks {
    /// What the browser's cookie says; what cannot be understood is the default.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = cookies::read(headers, COOKIE).unwrap_or_default();
        let (theme, zone) = text.split_once('.').unwrap_or_default();
        let theme = Theme::ALL.into_iter().find(|known| known.as_str() == theme).unwrap_or_default();
        Self { theme, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }

    /// The IANA name of the zone.
    pub(crate) fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The time of day as this visitor reads it, to the millisecond.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%H:%M:%S%.3f").to_string()
    }

    /// An instant in the visitor's zone for programs: RFC 3339, to the millisecond, with the zone's offset.
    pub(crate) fn exact(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// The head of a column of such instants.
    pub(crate) fn column(&self, name: &str) -> String {
        format!("{name} ({})", self.zone())
    }

    /// The zone itself, for days and hours as this visitor counts them.
    pub(crate) const fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    /// An instant as this visitor reads it.
    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        let local = at.to_zoned_datetime(self.zone.clone());
        Moment { iso: at.to_string(), text: local.strftime("%-d %b %Y, %H:%M:%S").to_string() }
    }
}

/// An instant on a page.
#[derive(Template)]
#[template(source = r#"<time datetime="{{ iso }}">{{ text }}</time>"#, ext = "html")]
pub(crate) struct Moment {
    iso: String,
    text: String,
}

impl HtmlSafe for Moment {}

#[derive(Template)]
#[template(path = "portal/looks.html")]
struct LooksPage {
    shell: Shell,
    zones: &'static [String],
    zone: String,
    problem: Option<Problem>,
}

static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    names
});

/// What can be chosen.
pub(super) async fn show(desk: Desk) -> Result<Response, PageError> {
    let zone = desk.looks.zone().to_owned();
    page(&LooksPage { shell: desk.shell(Section::Looks, "Display"), zones: &ZONES, zone, problem: None })
}

#[derive(Deserialize)]
pub(super) struct Choice {
    theme: Theme,
    zone: String,
}

impl Form for Choice {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Keeps what was chosen.
pub(super) async fn choose(
    State(app): State<App>,
    desk: Desk,
    Posted(choice): Posted<Choice>,
) -> Result<Response, PageError> {
    let Ok(zone) = TimeZone::get(choice.zone.trim()) else {
        let text = "Time zone must be one of the list, such as Europe/Berlin.".to_owned();
        let problem = Some(Problem::new("zone", text));
        let shell = desk.shell(Section::Looks, "Display");
        return form_page(&LooksPage { shell, zones: &ZONES, zone: choice.zone, problem }, true);
    };
    let looks = Looks { theme: choice.theme, zone };
    let mut response = Redirect::to("/portal/looks").into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&app, &looks)?);
    Ok(response)
}

fn cookie(app: &App, looks: &Looks) -> Result<axum::http::HeaderValue, ApiError> {
    let secure = if session::is_https(app) { "; Secure" } else { "" };
    let (theme, zone) = (looks.theme.as_str(), looks.zone());
    cookies::set(&format!(
        "{COOKIE}={theme}.{zone}; Path=/portal; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(cookie: &'static str) -> Looks {
        Looks::of(&HeaderMap::from_iter([(header::COOKIE, cookie.parse().expect("it is a header's value"))]))
    }

    #[test]
    fn what_cannot_be_understood_is_the_default() {
        let berlin = looks("a=b; ringtrue_looks=dark.Europe/Berlin");
        assert_eq!((berlin.theme, berlin.zone()), (Theme::Dark, "Europe/Berlin"));
        for odd in ["", "ringtrue_looks=", "ringtrue_looks=pink.Nowhere", "ringtrue_looks=dark"] {
            assert_eq!(looks(odd).zone(), "UTC", "{odd}");
        }
    }

    #[test]
    fn an_instant_is_read_in_the_visitors_zone_and_summer_time_counts() {
        let berlin = looks("ringtrue_looks=system.Europe/Berlin");
        let summer: Timestamp = "2026-07-01T10:00:00Z".parse().expect("it is an instant");
        assert_eq!(
            berlin.moment(summer).to_string(),
            "<time datetime=\"2026-07-01T10:00:00Z\">1 Jul 2026, 12:00:00</time>"
        );
        assert_eq!(berlin.exact(summer), "2026-07-01T12:00:00.000+02:00");
        assert_eq!(looks("").exact(summer), "2026-07-01T10:00:00.000+00:00");
        assert_eq!(berlin.column("Began"), "Began (Europe/Berlin)");
    }
}
