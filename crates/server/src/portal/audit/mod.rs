//! Who did what in the portal.

mod words;

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use ringtrue_domain::member::{AccessKeyId, AdminEntryId};
use ringtrue_engine::{
    Error,
    model::{AccessKey, Actor, AdminEntry, Deed, Team},
};

use super::{
    desk::{Desk, Section, Shell},
    fault::PageError,
    looks::Moment,
    page,
    parts::{Asked, Before, PAGE_ROWS, Pager},
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/audit.html")]
struct AuditPage {
    shell: Shell,
    rows: Vec<Row>,
    /// The file of all of them.
    csv: &'static str,
    pager: Pager,
}

struct Row {
    at: Moment,
    who: String,
    what: String,
}

/// An entry in words.
pub(super) struct Told {
    pub(super) id: AdminEntryId,
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) what: String,
}

/// What was done, newest first.
pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Asked(asked): Asked<Before>,
) -> Result<Response, PageError> {
    desk.visitor.must(Permission::SeeAudit)?;
    let before = asked.key::<AdminEntryId>("entry")?;
    let mut entries = app.engine.admin_entries(desk.visitor.signed_in(), before, PAGE_ROWS + 1).await?;
    let has_more = entries.len() > PAGE_ROWS;
    entries.truncate(PAGE_ROWS);
    let next = entries.last().filter(|_| has_more).map(|last| ("before", last.id.to_string()));
    let team = app.engine.store().team().await?;
    let told = told(&app, &desk, &team, &entries).await?;
    let row = |told: Told| Row { at: desk.looks.moment(told.at), who: told.who, what: told.what };
    page(&AuditPage {
        shell: desk.shell(Section::Audit, "Audit log"),
        rows: told.into_iter().map(row).collect(),
        csv: "/portal/audit.csv",
        pager: Pager::newest_first("/portal/audit", before.is_none(), next),
    })
}

/// Entries in words. Access keys are looked up that they name: there may be many others.
pub(super) async fn told(
    app: &App,
    desk: &Desk,
    team: &Team,
    entries: &[AdminEntry],
) -> Result<Vec<Told>, Error> {
    let mut keys = Vec::new();
    for id in entries.iter().flat_map(named_keys).collect::<BTreeSet<_>>() {
        keys.extend(app.engine.access_key(desk.by(), id).await?);
    }
    let words = words::Words { team, projects: &desk.projects, keys: &keys };
    let told = entries.iter().map(|entry| Told {
        id: entry.id,
        at: entry.at,
        who: who(team, &keys, entry.who),
        what: words.deed(&entry.deed),
    });
    Ok(told.collect())
}

fn named_keys(entry: &AdminEntry) -> impl Iterator<Item = AccessKeyId> {
    let who = match entry.who {
        Actor::Key(id) => Some(id),
        Actor::Member(_) | Actor::Operator | Actor::Nobody => None,
    };
    let whom = match entry.deed {
        Deed::AccessKeyMade { key, .. } | Deed::AccessKeyRevoked { key } => Some(key),
        _ => None,
    };
    who.into_iter().chain(whom)
}

fn who(team: &Team, keys: &[AccessKey], actor: Actor) -> String {
    match actor {
        Actor::Key(id) => format!("Automation with {}", words::key(keys, id)),
        Actor::Member(id) => words::member(team, id),
        Actor::Operator => "Operator of the server".to_owned(),
        Actor::Nobody => "Somebody not signed in".to_owned(),
    }
}
