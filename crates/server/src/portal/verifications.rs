//! Verifications, newest first: looked for by whom they are about, when they began, and what became of them.

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::{Timestamp, civil::DateTime};
use ringtrue_domain::{FlowId, flow::Standing};
use ringtrue_engine::{VerificationLine, VerificationPage, VerificationQuery};
use serde::Deserialize;
use url::form_urlencoded;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    form_page,
    guard::{Form, Posted},
    looks::{Looks, Moment},
    parts::{Asked, Choice, Number, PAGE_ROWS, caller_text, filled, span},
    session::Permission,
    words,
};
use crate::state::App;

/// In addresses: every outcome but going on and going well.
const NOT_VERIFIED: &str = "not_verified";

/// When they began and what became of them: this may stand in an address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    from: String,
    until: String,
    outcome: String,
    method: String,
    after: String,
}

impl Filter {
    fn query(&self, looks: &Looks) -> Result<VerificationQuery, Problem> {
        let standings = match self.outcome.as_str() {
            "" => Vec::new(),
            NOT_VERIFIED => Standing::ALL
                .into_iter()
                .filter(|one| !matches!(one, Standing::Open | Standing::Verified))
                .collect(),
            one => {
                let wrong = || Problem::new("outcome", "Outcome must be one of the list.".to_owned());
                vec![Standing::parse(one).ok_or_else(wrong)?]
            }
        };
        let method = match filled(&self.method) {
            None => None,
            Some(name) => {
                let known = words::METHODS.into_iter().find(|one| words::method_name(*one) == name);
                let wrong = || Problem::new("method", "Method must be one of the list.".to_owned());
                Some(known.ok_or_else(wrong)?)
            }
        };
        Ok(VerificationQuery {
            from: instant("from", &self.from, looks)?,
            until: instant("until", &self.until, looks)?,
            standings,
            method,
            limit: PAGE_ROWS,
            ..VerificationQuery::default()
        })
    }

    /// The fields that were filled, with their names.
    fn given(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("from", &self.from),
            ("until", &self.until),
            ("outcome", &self.outcome),
            ("method", &self.method),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, filled(value)?))).collect()
    }

    /// The address of the page that goes on behind one.
    fn address(&self, path: &str, after: FlowId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.given()).append_pair("after", &after.to_string());
        format!("{path}?{}", query.finish())
    }

    /// The address of the file of all of them.
    fn csv_address(&self, path: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.given()).finish();
        if query.is_empty() { format!("{path}.csv") } else { format!("{path}.csv?{query}") }
    }
}

/// What a field for a day and time holds, in the visitor's zone.
fn instant(field: &'static str, text: &str, looks: &Looks) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = filled(text) else { return Ok(None) };
    let local: Option<DateTime> = text.parse().ok();
    let zoned = local.and_then(|local| looks.time_zone().to_zoned_datetime(local).ok());
    let wrong =
        || Problem::new(field, "Times must be a day and an hour, such as 2026-11-25T14:30.".to_owned());
    Ok(Some(zoned.ok_or_else(wrong)?.timestamp()))
}

/// What is looked for by.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum By {
    #[default]
    Number,
    Customer,
    Request,
    Verification,
}

impl By {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Number, "number", "Phone number"),
        (Self::Customer, "customer", "Your id of the person"),
        (Self::Request, "request", "Your id of the request"),
        (Self::Verification, "verification", "Id of the verification"),
    ];
}

/// Whom they are about. A form, because addresses are kept in histories and logs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    by: By,
    text: String,
    #[serde(flatten)]
    filter: Filter,
}

impl Form for Search {
    const NEEDS: Permission = Permission::SeeVerifications;
}

impl Search {
    /// Anybody's.
    pub(super) fn of(filter: Filter) -> Self {
        Self { filter, ..Self::default() }
    }

    /// The fields that were filled, with their names.
    pub(super) fn given(&self) -> Vec<(&'static str, String)> {
        let mut given: Vec<_> =
            self.filter.given().into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        if let Some(text) = filled(&self.text) {
            let by = By::ALL.into_iter().find(|(by, ..)| *by == self.by).map_or("", |(_, name, _)| name);
            given.extend([("by", by.to_owned()), ("text", text.to_owned())]);
        }
        given
    }

    pub(super) fn query(&self, looks: &Looks) -> Result<VerificationQuery, Problem> {
        let mut query = self.filter.query(looks)?;
        let Some(text) = filled(&self.text).map(str::to_owned) else { return Ok(query) };
        match self.by {
            By::Number => query.number = Some(text),
            By::Customer => query.client_customer_id = Some(text),
            By::Request => query.client_request_id = Some(text),
            By::Verification => {
                let sentence = "Id of the verification must be whole, as correlationId has it.".to_owned();
                query.correlation_id = Some(text.parse().map_err(|_| Problem::new("text", sentence))?);
            }
        }
        Ok(query)
    }
}

#[derive(Template)]
#[template(path = "portal/verifications.html")]
struct VerificationsPage {
    shell: Shell,
    path: String,
    integrate: String,
    typed: Search,
    /// Whether anything was left out.
    filtered: bool,
    bys: [Choice; 4],
    outcomes: Vec<Choice>,
    methods: Vec<Choice>,
    kept: String,
    rows: Vec<Row>,
    /// The file of all of them; by a form when somebody was looked for.
    csv: String,
    csv_fields: Vec<(&'static str, String)>,
    next: Option<Next>,
    problem: Option<Problem>,
}

struct Row {
    href: String,
    began: Moment,
    number: Number,
    state: &'static str,
    label: &'static str,
    method: &'static str,
    country: Option<String>,
    took: Option<String>,
    customer: Option<String>,
}

/// Where to go on.
struct Next {
    /// Up to when it was looked.
    until: Moment,
    /// None: by a form, which holds whom they are about.
    href: Option<String>,
    after: FlowId,
}

impl Row {
    fn of(line: VerificationLine, place: &Place) -> Self {
        let (state, label) = words::standing(line.listing.standing);
        let took = line.listing.concluded_at.map(|at| at.duration_since(line.began_at).as_secs());
        let took = took.map(|seconds| if seconds < 1 { "at once".to_owned() } else { span(seconds) });
        Self {
            href: place.path(&format!("verifications/{}", line.listing.id)),
            began: place.desk.looks.moment(line.began_at),
            number: Number::found(line.number, place.environment),
            state,
            label,
            method: words::method(line.listing.method),
            country: line.listing.country,
            took,
            customer: line.client_customer_id.map(|text| caller_text(&text, place.environment)),
        }
    }
}

/// The newest, or those of an address.
pub(super) async fn list(
    State(app): State<App>,
    place: Place,
    Asked(filter): Asked<Filter>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeVerifications)?;
    found(&app, &place, Search::of(filter)).await
}

/// Those of somebody.
pub(super) async fn search(
    State(app): State<App>,
    place: Place,
    Posted(search): Posted<Search>,
) -> Result<Response, PageError> {
    found(&app, &place, search).await
}

async fn found(app: &App, place: &Place, typed: Search) -> Result<Response, PageError> {
    let after = filled(&typed.filter.after).map(str::parse::<FlowId>).transpose();
    let after = after.map_err(|_| PageError::not_found("page of verifications"))?;
    let nothing = VerificationPage { lines: Vec::new(), next: None };
    let (page, problem) = match typed.query(&place.desk.looks) {
        Err(problem) => (nothing, Some(problem)),
        Ok(query) => {
            let query = VerificationQuery { after, ..query };
            match mistake(app.engine.find_verifications(place.scope(), &query).await)? {
                Ok(page) => (page, None),
                Err(problem) => (nothing, Some(problem)),
            }
        }
    };
    let (path, searched) = (place.path("verifications"), filled(&typed.text).is_some());
    let next = page.next.map(|after| Next {
        until: place.desk.looks.moment(after.began_at()),
        href: (!searched).then(|| typed.filter.address(&path, after)),
        after,
    });
    let wrong = problem.is_some();
    let shown = VerificationsPage {
        shell: place.shell(Section::Verifications),
        integrate: place.path("integrate"),
        filtered: searched || after.is_some() || !typed.filter.given().is_empty(),
        bys: By::ALL.map(|(by, value, label)| Choice { value, label, chosen: by == typed.by }),
        outcomes: outcomes(&typed.filter.outcome),
        methods: words::METHODS
            .into_iter()
            .map(|one| choice(words::method_name(one), words::method(one), &typed.filter.method))
            .collect(),
        kept: span(app.engine.verifications_kept().as_secs()),
        rows: page.lines.into_iter().map(|line| Row::of(line, place)).collect(),
        csv: if searched { format!("{path}.csv") } else { typed.filter.csv_address(&path) },
        csv_fields: if searched { typed.given() } else { Vec::new() },
        next,
        problem,
        typed,
        path,
    };
    form_page(&shown, wrong)
}

fn choice(value: &'static str, label: &'static str, chosen: &str) -> Choice {
    Choice { value, label, chosen: value == chosen }
}

fn outcomes(chosen: &str) -> Vec<Choice> {
    let each = Standing::ALL.into_iter().map(|one| choice(one.as_str(), words::standing(one).1, chosen));
    let mut all: Vec<_> = each.collect();
    all.insert(2, choice(NOT_VERIFIED, "Not verified, whatever the reason", chosen));
    all
}
