//! Enrolled people and numbers.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{
    IdentityId, PhoneNumber,
    identity::{Identity, Stream},
};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    events::EventRow,
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::Moment,
    page,
    parts::{Asked, Copyable, Id, Number, PAGE_ROWS, Pager, caller_text},
    session::Permission,
};
use crate::state::App;

/// Identities of one number that are shown; few people share one.
const MAX_OF_NUMBER: usize = 50;

/// What is to be said of an identity in one word, and the class of its mark.
pub(super) fn state(identity: &Identity) -> (&'static str, &'static str) {
    match (identity.active, identity.stream) {
        (_, Stream::Ended { .. }) => ("failed", "Ended"),
        (false, Stream::Open) => ("empty", "Inactive"),
        (true, Stream::Open) => ("delivered", "Watched"),
    }
}

#[derive(Template)]
#[template(path = "portal/identities.html")]
struct IdentitiesPage {
    shell: Shell,
    path: String,
    integrate: String,
    person: Option<String>,
    /// Whether these are those of a number that somebody looked for.
    searched: bool,
    /// The file of all of them.
    csv: String,
    rows: Vec<IdentityRow>,
    pager: Pager,
    problem: Option<Problem>,
}

struct IdentityRow {
    href: String,
    id: String,
    number: Number,
    customer: Option<String>,
    state: &'static str,
    label: &'static str,
    verified: Moment,
}

impl IdentityRow {
    fn of(identity: &Identity, place: &Place) -> Self {
        let (state, label) = state(identity);
        let customer = identity.client_customer_id.as_ref();
        Self {
            href: place.path(&format!("identities/{}", identity.id)),
            id: identity.id.to_string(),
            number: Number::of(&identity.phone, place.environment),
            customer: customer.map(|text| caller_text(text, place.environment)),
            state,
            label,
            verified: place.desk.looks.moment(identity.verified_at),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// All, in the order in which they were enrolled.
pub(super) async fn list(
    State(app): State<App>,
    place: Place,
    Asked(After { after }): Asked<After>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeIdentities)?;
    let after = after.as_deref().map(str::parse::<IdentityId>).transpose();
    let after = after.map_err(|_| PageError::not_found("page of identities"))?;
    let store = app.engine.store();
    let mut found = store.identities(place.scope(), after, PAGE_ROWS + 1, true).await?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let key = found.last().filter(|_| more).map(|last| ("after", last.id.to_string()));
    let pager = Pager::oldest_first(&place.path("identities"), after.is_none(), key);
    listed(&place, &found, pager, false, None)
}

fn listed(
    place: &Place,
    found: &[Identity],
    pager: Pager,
    searched: bool,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let wrong = problem.is_some();
    let page = IdentitiesPage {
        shell: place.shell(Section::Identities),
        path: place.path("identities"),
        integrate: place.path("integrate"),
        person: place.may(Permission::Erase).then(|| place.path("person")),
        searched,
        csv: place.path("identities.csv"),
        rows: found.iter().map(|identity| IdentityRow::of(identity, place)).collect(),
        pager,
        problem,
    };
    form_page(&page, wrong)
}

/// A number to look for. A form, because addresses are kept in histories and logs.
#[derive(Deserialize)]
pub(super) struct Find {
    number: String,
}

impl Form for Find {
    const NEEDS: Permission = Permission::SeeIdentities;
}

/// Those of a number, or the one with an id.
pub(super) async fn find(
    State(app): State<App>,
    place: Place,
    Posted(Find { number }): Posted<Find>,
) -> Result<Response, PageError> {
    let no_pages = || Pager::oldest_first("", true, None);
    if let Ok(id) = number.trim().parse::<IdentityId>() {
        let found = app.engine.store().identity_by_id(place.scope(), id).await?;
        let found: Vec<_> = found.into_iter().map(|stored| stored.identity).collect();
        return listed(&place, &found, no_pages(), true, None);
    }
    let phone = PhoneNumber::normalize("number", &number).map_err(ringtrue_engine::Error::from);
    match mistake(phone)? {
        Ok(phone) => {
            let found = app.engine.store().identities_of(place.scope(), &phone, MAX_OF_NUMBER).await?;
            listed(&place, &found, no_pages(), true, None)
        }
        Err(problem) => listed(&place, &[], no_pages(), true, Some(problem)),
    }
}

#[derive(Template)]
#[template(path = "portal/identity.html")]
struct IdentityPage {
    shell: Shell,
    path: String,
    row: IdentityRow,
    id: Copyable,
    created: Moment,
    ended: Option<(&'static str, Moment)>,
    line: Vec<(&'static str, String)>,
    active: bool,
    may_manage: bool,
    /// Where all that is known of the person is handed out and erased.
    person: Option<String>,
    may_simulate: bool,
    simulate: String,
    events: Vec<EventRow>,
    pager: Pager,
}

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<u64>,
}

async fn named(app: &App, place: &Place, id: &str) -> Result<Identity, PageError> {
    let none = || PageError::not_found("identity");
    let id: IdentityId = id.parse().map_err(|_| none())?;
    let found = app.engine.store().identity_by_id(place.scope(), id).await?;
    Ok(found.ok_or_else(none)?.identity)
}

/// One identity, and what became of its number.
pub(super) async fn show(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Asked(Before { before }): Asked<Before>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeIdentities)?;
    let identity = named(&app, &place, &id).await?;
    let store = app.engine.store();
    let mut events = store.events_of(place.scope(), identity.id, before, PAGE_ROWS + 1).await?;
    let more = events.len() > PAGE_ROWS;
    events.truncate(PAGE_ROWS);
    let path = place.path(&format!("identities/{}", identity.id));
    let key = events.last().filter(|_| more).map(|last| ("before", last.cursor.to_string()));
    let looks = &place.desk.looks;
    page(&IdentityPage {
        shell: place.below(Section::Identities, "Identity"),
        row: IdentityRow::of(&identity, &place),
        id: Copyable::new(&identity.id, "identity id"),
        created: looks.moment(identity.created_at),
        ended: match identity.stream {
            Stream::Ended { by, at } => Some((by.as_str(), looks.moment(at))),
            Stream::Open => None,
        },
        line: line(&identity),
        active: identity.active,
        may_manage: place.may(Permission::ManageIdentities),
        person: place.may(Permission::Erase).then(|| place.path("person")),
        may_simulate: place.sandbox_only().is_ok() && place.may(Permission::UseSandbox),
        simulate: format!("{}?identity={}#changes", place.path("outbox"), identity.id),
        events: events.iter().map(|stored| EventRow::of(stored, &place)).collect(),
        pager: Pager::newest_first(&path, before.is_none(), key),
        path,
    })
}

/// What is known of the line, as far as it is.
fn line(identity: &Identity) -> Vec<(&'static str, String)> {
    let line = &identity.line;
    let known = [
        ("Carrier", line.carrier.clone()),
        ("Type", line.line_type.map(|kind| kind.as_str().to_owned())),
        ("Country", line.country.clone()),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Activate,
    Deactivate,
    Disenrol,
}

#[derive(Deserialize)]
pub(super) struct Change {
    deed: Deed,
}

impl Form for Change {
    const NEEDS: Permission = Permission::ManageIdentities;
}

/// Switches one on or off, or lets it go.
pub(super) async fn change(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Posted(Change { deed }): Posted<Change>,
) -> Result<Response, PageError> {
    let (by, scope, id) = (place.by(), place.scope(), id.as_str());
    let here = place.path(&format!("identities/{id}"));
    match deed {
        Deed::Activate => {
            app.engine.activate(by, scope, id).await?;
            go(&here, &Flash::good("Changes of the number lead to events again."))
        }
        Deed::Deactivate => {
            app.engine.deactivate(by, scope, id).await?;
            go(&here, &Flash::good("Nothing of this identity is delivered any more."))
        }
        Deed::Disenrol => {
            app.engine.disenrol(by, scope, id).await?;
            let text = "The identity was disenrolled; its events, and what endpoints answered about it, are gone too.";
            go(&place.path("identities"), &Flash::good(text))
        }
    }
}
