//! Pieces that many pages are made of.

use std::str::FromStr;

use askama::{Template, filters::HtmlSafe};
use axum::{extract::FromRequestParts, http::request::Parts};
use ringtrue_domain::{PhoneNumber, flow::Environment, text::CallerText};
use serde::{Deserialize, de::DeserializeOwned};

use super::fault::PageError;
use crate::{
    http::parts::{Path, Query},
    state::App,
};

/// Rows of a list's page.
pub(crate) const PAGE_ROWS: usize = 50;

/// Fields of the query; what cannot be read is told on a page.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Query(fields) = Query::from_request_parts(parts, app).await?;
        Ok(Self(fields))
    }
}

/// Where a list goes on, newest first: before the last one of the page before.
#[derive(Deserialize)]
pub(crate) struct Before {
    #[serde(default)]
    before: String,
}

impl Before {
    /// The key that was asked for; what is none is no `page` that there is.
    pub(crate) fn key<K: FromStr>(&self, page: &'static str) -> Result<Option<K>, PageError> {
        filled(&self.before).map(str::parse).transpose().map_err(|_| PageError::not_found(page))
    }
}

/// The part of the path that names one thing of a list.
#[derive(Deserialize)]
struct Named {
    id: String,
}

/// What the path names.
pub(crate) struct Id(pub(crate) String);

impl FromRequestParts<App> for Id {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Path(Named { id }) = Path::from_request_parts(parts, app).await?;
        Ok(Self(id))
    }
}

/// A number on a page: whole for the sandbox's personas, who are nobody; masked for people.
#[derive(Template)]
#[template(
    source = r#"<span class="number">{{ text }}{% if masked %}<span class="unseen"> (masked)</span>{% endif %}</span>"#,
    ext = "html"
)]
pub(crate) struct Number {
    text: String,
    masked: bool,
}

impl HtmlSafe for Number {}

impl Number {
    pub(crate) fn of(phone: &PhoneNumber, environment: Environment) -> Self {
        match environment {
            Environment::Sandbox => Self { text: phone.expose().to_owned(), masked: false },
            Environment::Production => Self { text: phone.masked(), masked: true },
        }
    }

    /// One that whoever found it has masked where it had to.
    pub(crate) fn found(text: String, environment: Environment) -> Self {
        Self { text, masked: environment == Environment::Production }
    }

    /// The number as the page shows it, where there is no markup.
    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// A caller's own text, which may be an e-mail address: whole in sandbox, otherwise its first letters.
pub(crate) fn caller_text(text: &CallerText, environment: Environment) -> String {
    const SHOWN: usize = 3;
    let whole = text.as_str();
    match environment {
        Environment::Sandbox => whole.to_owned(),
        Environment::Production if whole.chars().count() <= SHOWN => "…".to_owned(),
        Environment::Production => whole.chars().take(SHOWN).chain(['…']).collect(),
    }
}

/// A text to be copied; the button appears where the browser can.
#[derive(Template)]
#[template(
    source = r#"<span class="copied"><code>{{ text }}</code><button type="button" class="copy" data-copy="{{ text }}" hidden>Copy<span class="unseen"> {{ what }}</span></button></span>"#,
    ext = "html"
)]
pub(crate) struct Copyable {
    text: String,
    what: &'static str,
}

impl HtmlSafe for Copyable {}

impl Copyable {
    /// `what` completes "copy …" for those who hear the button.
    pub(crate) fn new(text: &(impl ToString + ?Sized), what: &'static str) -> Self {
        Self { text: text.to_string(), what }
    }
}

/// A choice of a form.
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) label: &'static str,
    pub(crate) chosen: bool,
}

/// The way to the other pages of a list.
#[derive(Template)]
#[template(
    source = r#"{% if !self.is_empty() %}<nav class="pager" aria-label="Pages">
{% if let Some(href) = first %}<a href="{{ href }}">{{ first_label }}</a>{% endif %}
{% if let Some(href) = next %}<a href="{{ href }}" rel="next">{{ next_label }}</a>{% endif %}
</nav>{% endif %}"#,
    ext = "html"
)]
pub(crate) struct Pager {
    first: Option<String>,
    first_label: &'static str,
    next: Option<String>,
    next_label: &'static str,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// Pages of a list that begins with the newest. `path` has the filters; `is_first` when no key was given.
    pub(crate) fn newest_first(path: &str, is_first: bool, key: Option<(&str, String)>) -> Self {
        Self::new(path, is_first, key, "Newest", "Older")
    }

    /// Pages of a list that begins with the oldest.
    pub(crate) fn oldest_first(path: &str, is_first: bool, key: Option<(&str, String)>) -> Self {
        Self::new(path, is_first, key, "First page", "Next page")
    }

    /// Whether there are no other pages.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none() && self.next.is_none()
    }

    fn new(
        path: &str,
        is_first: bool,
        key: Option<(&str, String)>,
        first_label: &'static str,
        next_label: &'static str,
    ) -> Self {
        let join = if path.contains('?') { '&' } else { '?' };
        Self {
            first: (!is_first).then(|| path.to_owned()),
            first_label,
            next: key.map(|(name, value)| format!("{path}{join}{name}={value}")),
            next_label,
        }
    }
}

/// `1 event`, `2 events`, `2 identities`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    match what.strip_suffix("ity") {
        _ if count == 1 => format!("1 {what}"),
        Some(stem) => format!("{count} {stem}ities"),
        None => format!("{count} {what}s"),
    }
}

/// How long something is, in its two largest units.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let parts = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let mut left = seconds;
    let mut words = Vec::new();
    for (unit, name) in parts {
        if left >= unit {
            words.push(counted(left / unit, name));
            left %= unit;
        }
    }
    words.truncate(2);
    words.join(" ")
}

/// A field that was left empty counts as absent.
pub(crate) fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        let spans = [1, 60, 90_061, 172_800].map(span);
        assert_eq!(spans, ["1 second", "1 minute", "1 day 1 hour", "2 days"]);
    }

    #[test]
    fn people_are_masked_and_personas_are_not() {
        let phone: PhoneNumber = "+12001004014".parse().expect("it is a number");
        let number = |environment| Number::of(&phone, environment).to_string();
        assert!(number(Environment::Sandbox).contains("+12001004014"));
        let masked = number(Environment::Production);
        assert!(masked.contains("+12…14") && !masked.contains("2001"), "{masked}");
        let text = |text| CallerText::parse("clientCustomerId", text).ok().flatten().expect("it is a text");
        assert_eq!(caller_text(&text("zoe@shop.example"), Environment::Production), "zoe…");
        assert_eq!(caller_text(&text("zoe"), Environment::Production), "…");
    }

    #[test]
    fn texts_cannot_leave_their_attribute() {
        let copy = Copyable::new("\"><script>", "it").to_string();
        assert!(!copy.contains("<script>"), "{copy}");
    }

    #[test]
    fn pages_lead_on_by_key() {
        let pager = Pager::newest_first("/x?state=open", true, Some(("before", "k".to_owned()))).to_string();
        assert!(pager.contains("state=open&#38;before=k") && !pager.contains("Newest"), "{pager}");
        assert_eq!(Pager::newest_first("/x", true, None).to_string(), "");
    }
}
