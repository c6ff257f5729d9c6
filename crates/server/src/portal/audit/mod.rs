//! Who did what in the portal.

mod words;

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::member::AdminEntryId;
use ringtrue_engine::model::{AccessKey, Actor, AdminEntry, Team};
use serde::Deserialize;

use super::{
    desk::{Desk, Section, Shell},
    fault::PageError,
    looks::Moment,
    page,
    parts::{Asked, PAGE_ROWS, Pager, filled},
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/audit.html")]
struct AuditPage {
    shell: Shell,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    at: Moment,
    who: String,
    what: String,
}

#[derive(Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    before: String,
}

/// What was done, newest first.
pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Asked(ask): Asked<Ask>,
) -> Result<Response, PageError> {
    desk.visitor.must(Permission::SeeAudit)?;
    let none = |_| PageError::not_found("entry");
    let before = filled(&ask.before).map(str::parse::<AdminEntryId>).transpose().map_err(none)?;
    let mut entries = app.engine.admin_entries(desk.visitor.signed_in(), before, PAGE_ROWS + 1).await?;
    let has_more = entries.len() > PAGE_ROWS;
    entries.truncate(PAGE_ROWS);
    let next = entries.last().filter(|_| has_more).map(|last| ("before", last.id.to_string()));
    let team = app.engine.store().team().await?;
    let keys = app.engine.access_keys(desk.by()).await?;
    let words = words::Words { team: &team, projects: &desk.projects, keys: &keys };
    let row = |entry: &AdminEntry| Row {
        at: desk.looks.moment(entry.at),
        who: who(&team, &keys, entry.who),
        what: words.deed(&entry.deed),
    };
    page(&AuditPage {
        shell: desk.shell(Section::Audit, "Audit log"),
        rows: entries.iter().map(row).collect(),
        pager: Pager::newest_first("/portal/audit", before.is_none(), next),
    })
}

fn who(team: &Team, keys: &[AccessKey], actor: Actor) -> String {
    match actor {
        Actor::Key(id) => format!("Automation with {}", words::key(keys, id)),
        Actor::Member(id) => words::member(team, id),
        Actor::Operator => "Operator of the server".to_owned(),
        Actor::Nobody => "Somebody not signed in".to_owned(),
    }
}
