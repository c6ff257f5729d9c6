//! What people are told, by language: texts of messages, and the page of a link.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use ringtrue_domain::sms::{Encoding, Phrase, Slot, SmsTemplate, Wording, segments};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    landing,
    parts::{Asked, counted, filled},
    session::Permission,
};
use crate::{pages::logo_address, state::App};

/// Characters of a link's token.
const TOKEN: usize = 22;

#[derive(Template)]
#[template(path = "portal/texts.html")]
struct TextsPage {
    shell: Shell,
    path: String,
    may_set: bool,
    ours: [Sample; 2],
    rows: Vec<Row>,
    targets: String,
    project: String,
    logo: Option<String>,
    problem: Option<Problem>,
}

impl TextsPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}

struct Row {
    language: String,
    countries: String,
    edit: String,
    code: Option<Sample>,
    link: Option<Sample>,
    page: Option<String>,
}

/// A text as it arrives, and what it costs.
#[derive(Template)]
#[template(
    source = r#"<div class="sample"><pre>{{ text }}</pre><p class="hint">{{ cost }}</p></div>"#,
    ext = "html"
)]
struct Sample {
    text: String,
    cost: String,
}

impl HtmlSafe for Sample {}

impl Sample {
    fn of(template: &SmsTemplate, slot: Slot, app: &App) -> Self {
        let secret = match slot {
            Slot::Code => "123456".chars().take(usize::from(template.digits())).collect(),
            Slot::Link => format!("{}/l/{}", app.origin, "x".repeat(TOKEN)),
        };
        let text = template.fill(&secret);
        let counted_up = segments(&text);
        let (alphabet, single) = match counted_up.encoding {
            Encoding::Gsm7 => ("of the short alphabet", 160),
            Encoding::Ucs2 => ("of the long alphabet, because of a character outside the short one", 70),
        };
        let billed = counted(counted_up.count as u64, "message");
        let cost = format!(
            "{} {alphabet}; {single} fit into one. Carriers bill {billed}.",
            counted(counted_up.units as u64, "character")
        );
        Self { text, cost }
    }
}

/// All of them.
pub(super) async fn show(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    listed(&app, &place, None, None)
}

/// The page again, with what is wrong.
pub(super) fn again(app: &App, place: &Place, problem: Problem) -> Result<Response, PageError> {
    listed(app, place, None, Some(problem))
}

fn listed(
    app: &App,
    place: &Place,
    targets: Option<String>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let (project, bound_host) = (&place.project, place.project.settings.bound_host.as_deref());
    let ours = |slot| Sample::of(&SmsTemplate::ours(slot, &project.name, bound_host), slot, app);
    let row = |wording: &Wording| {
        let sample = |slot| wording.message(slot, bound_host).map(|text| Sample::of(&text, slot, app));
        Row {
            language: wording.language.clone(),
            countries: countries(wording),
            edit: place.path(&format!("texts/edit?language={}", wording.language)),
            code: sample(Slot::Code),
            link: sample(Slot::Link),
            page: landing::extent(&wording.landing),
        }
    };
    let is_wrong = problem.is_some();
    let page = TextsPage {
        shell: place.shell(Section::Texts),
        path: place.path("texts"),
        may_set: place.may(Permission::ManageProjects),
        ours: [ours(Slot::Code), ours(Slot::Link)],
        rows: project.settings.wordings.iter().map(row).collect(),
        targets: targets.unwrap_or_else(|| project.settings.targets.join("\n")),
        project: project.name.clone(),
        logo: logo_address(project),
        problem,
    };
    form_page(&page, is_wrong)
}

fn countries(wording: &Wording) -> String {
    if wording.countries.is_empty() { "all others".to_owned() } else { wording.countries.join(", ") }
}

#[derive(Template)]
#[template(path = "portal/text.html")]
struct TextPage {
    shell: Shell,
    path: String,
    given: Given,
    landing: landing::Fields,
    preview: Preview,
    problem: Option<Problem>,
}

impl TextPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}

/// How both texts arrive, and how the page of a link reads.
#[derive(Template)]
#[template(path = "portal/text_preview.html")]
struct Preview {
    code: Option<Sample>,
    link: Option<Sample>,
    page: Option<landing::Preview>,
    problem: Option<String>,
}

impl HtmlSafe for Preview {}

impl Preview {
    fn of(wording: &Wording, place: &Place, app: &App) -> Self {
        let bound_host = place.project.settings.bound_host.as_deref();
        let sample = |slot| wording.message(slot, bound_host).map(|text| Sample::of(&text, slot, app));
        let page = landing::Preview::of(wording, &place.project.name);
        Self { code: sample(Slot::Code), link: sample(Slot::Link), page, problem: None }
    }

    const fn nothing() -> Self {
        Self { code: None, link: None, page: None, problem: None }
    }
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    language: String,
}

/// One of them, or an empty one.
pub(super) async fn edit(
    State(app): State<App>,
    place: Place,
    Asked(which): Asked<Which>,
) -> Result<Response, PageError> {
    place.must(Permission::ManageProjects)?;
    let Some(language) = filled(&which.language) else { return edited(&app, &place, Given::default(), None) };
    let known = place.project.settings.wordings.iter().find(|one| one.language == language);
    let known = known.ok_or_else(|| PageError::not_found("text"))?;
    edited(&app, &place, Given::of(known), None)
}

fn edited(app: &App, place: &Place, given: Given, problem: Option<Problem>) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let title = if given.was.is_empty() { "New text" } else { "Text" };
    let preview = given.wording().map_or_else(|_| Preview::nothing(), |one| Preview::of(&one, place, app));
    let page = TextPage {
        shell: place.below(Section::Texts, title),
        path: place.path("texts"),
        landing: landing::Fields::new(|phrase| given.said(phrase), problem.as_ref()),
        given,
        preview,
        problem,
    };
    form_page(&page, is_wrong)
}

/// The fields, as they are typed.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Given {
    /// The language that it had before; empty for a new one.
    was: String,
    language: String,
    countries: String,
    code_text: String,
    link_text: String,
    /// The page of a link, by the names of its fields; and whatever else was sent.
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

impl Form for Given {
    const NEEDS: Permission = Permission::ManageProjects;
}

impl Given {
    fn of(wording: &Wording) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            was: wording.language.clone(),
            language: wording.language.clone(),
            countries: wording.countries.join(", "),
            code_text: text(&wording.code),
            link_text: text(&wording.link),
            others: (Phrase::ALL.into_iter())
                .filter_map(|phrase| {
                    Some((phrase.field().to_owned(), wording.landing.get(phrase)?.to_owned()))
                })
                .collect(),
        }
    }

    fn said(&self, phrase: Phrase) -> &str {
        self.others.get(phrase.field()).map(String::as_str).unwrap_or_default()
    }

    fn wording(&self) -> Result<Wording, ringtrue_domain::FieldError> {
        let text = |text: &str| Some(text.replace("\r\n", "\n"));
        let countries = self.countries.split([',', ' ']).filter(|one| !one.is_empty());
        Wording {
            language: self.language.clone(),
            countries: countries.map(str::to_owned).collect(),
            code: text(&self.code_text),
            link: text(&self.link_text),
            landing: Phrase::ALL.map(|phrase| (phrase, self.said(phrase).to_owned())).into_iter().collect(),
        }
        .checked()
    }
}

/// How it would arrive, as a piece of a page: nothing is kept.
pub(super) async fn preview(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Given>,
) -> Result<Response, PageError> {
    let preview = match mistake(given.wording().map_err(ringtrue_engine::Error::from))? {
        Ok(wording) => Preview::of(&wording, &place, &app),
        Err(problem) => Preview { problem: Some(problem.text), ..Preview::nothing() },
    };
    let text = preview.render().map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok(Html(text).into_response())
}

/// Keeps one.
pub(super) async fn save(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Given>,
) -> Result<Response, PageError> {
    let by = place.desk.visitor.signed_in();
    let saved = match given.wording() {
        Ok(wording) => app.engine.put_wording(by, place.project.id, filled(&given.was), wording).await,
        Err(error) => Err(error.into()),
    };
    match mistake(saved)? {
        Ok(()) => go(
            &place.path("texts"),
            &Flash::good("The text was saved. It holds for verifications from now on."),
        ),
        Err(problem) => edited(&app, &place, given, Some(problem)),
    }
}

#[derive(Deserialize)]
pub(super) struct Remove {
    language: String,
}

impl Form for Remove {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Takes one away.
pub(super) async fn remove(
    State(app): State<App>,
    place: Place,
    Posted(which): Posted<Remove>,
) -> Result<Response, PageError> {
    let by = place.desk.visitor.signed_in();
    app.engine.remove_wording(by, place.project.id, &which.language).await?;
    go(&place.path("texts"), &Flash::good("The text was removed. Our own is used instead."))
}

#[derive(Deserialize)]
pub(super) struct Targets {
    targets: String,
}

impl Form for Targets {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Says where links may lead.
pub(super) async fn targets(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Targets>,
) -> Result<Response, PageError> {
    let by = place.desk.visitor.signed_in();
    let named: Vec<_> = given.targets.split_whitespace().map(str::to_owned).collect();
    match mistake(app.engine.set_targets(by, place.project.id, &named).await)? {
        Ok(()) => go(&place.path("texts"), &Flash::good("Saved. It holds for verifications from now on.")),
        Err(problem) => listed(&app, &place, Some(given.targets), Some(problem)),
    }
}
