//! The keys that automation calls the admin API with.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{
    FieldError,
    member::{AccessKeyId, Role},
};
use ringtrue_engine::{
    NewAccessKey,
    model::{AccessKey, Team},
};
use serde::Deserialize;

use super::{
    desk::{Desk, Section, Shell},
    entry::{role_name, role_words},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::Moment,
    parts::{Asked, Before, Copyable, Id, PAGE_ROWS, Pager},
    session::Permission,
};
use crate::state::App;

const PATH: &str = "/portal/access-keys";

#[derive(Template)]
#[template(path = "portal/access_keys.html")]
struct KeysPage {
    shell: Shell,
    api: String,
    rows: Vec<KeyRow>,
    pager: Pager,
    /// What the visitor may give a key.
    roles: Vec<(Role, &'static str, &'static str)>,
    /// Made just now: this is the one page that shows its token.
    fresh: Option<Copyable>,
    given: New,
    problem: Option<Problem>,
}

struct KeyRow {
    name: String,
    role: &'static str,
    maker: String,
    used: Option<Moment>,
    expires: Moment,
    state: &'static str,
    label: &'static str,
    revoke: String,
}

/// Those that the visitor may see, newest first.
pub(super) async fn list(
    State(app): State<App>,
    desk: Desk,
    Asked(asked): Asked<Before>,
) -> Result<Response, PageError> {
    let before = asked.key("page of access keys")?;
    shown(&app, &desk, before, None, New::default(), None).await
}

async fn shown(
    app: &App,
    desk: &Desk,
    before: Option<AccessKeyId>,
    fresh: Option<NewAccessKey>,
    given: New,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let mut keys = app.engine.access_keys(desk.by(), before, PAGE_ROWS + 1).await?;
    let has_more = keys.len() > PAGE_ROWS;
    keys.truncate(PAGE_ROWS);
    let next = keys.last().filter(|_| has_more).map(|last| ("before", last.id.to_string()));
    let team = app.engine.store().team().await?;
    let own = desk.visitor.signed_in().member.role;
    let roles = Role::ALL.into_iter().filter(|role| own.covers(*role));
    let wrong = problem.is_some();
    let page = KeysPage {
        shell: desk.shell(Section::AccessKeys, "Access keys"),
        api: format!("{}/admin/v1/", app.origin),
        rows: keys.iter().map(|key| row(app, desk, &team, key)).collect(),
        pager: Pager::newest_first(PATH, before.is_none(), next),
        roles: roles.map(|role| (role, role_name(role), role_words(role))).collect(),
        fresh: fresh.map(|fresh| Copyable::new(fresh.token.expose(), "access key")),
        given,
        problem,
    };
    form_page(&page, wrong)
}

fn row(app: &App, desk: &Desk, team: &Team, key: &AccessKey) -> KeyRow {
    let maker = key.maker.map(|maker| team.member(maker));
    let covered = maker.is_none_or(|maker| maker.is_some_and(|maker| maker.role.covers(key.role)));
    let (state, label) = match (key.expires_at <= app.engine.wall(), covered) {
        (true, _) => ("empty", "Expired"),
        (false, false) => ("failed", "Void: its maker may do less than it"),
        (false, true) => ("delivered", "Good"),
    };
    KeyRow {
        name: key.name.as_str().to_owned(),
        role: role_name(key.role),
        maker: match maker {
            Some(Some(maker)) => maker.name.expose().to_owned(),
            Some(None) => "A former member".to_owned(),
            None => "Operator of the server".to_owned(),
        },
        used: key.used_at.map(|at| desk.looks.moment(at)),
        expires: desk.looks.moment(key.expires_at),
        state,
        label,
        revoke: format!("{PATH}/{}/revoke", key.id),
    }
}

/// The fields of a new key, as they are typed.
#[derive(Deserialize)]
pub(super) struct New {
    name: String,
    role: String,
    days: String,
}

impl Default for New {
    fn default() -> Self {
        let role = Role::ReadOnly.as_str().to_owned();
        Self { name: String::new(), role, days: "90".to_owned() }
    }
}

impl Form for New {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Makes one. No redirect: the token must not be kept anywhere for a page after this one.
pub(super) async fn create(
    State(app): State<App>,
    desk: Desk,
    Posted(given): Posted<New>,
) -> Result<Response, PageError> {
    let role = Role::parse("role", &given.role)?;
    let days = given.days.trim().parse::<u32>();
    let made = match days {
        Ok(days) => app.engine.make_access_key(desk.by(), &given.name, role, days).await,
        Err(_) => Err(FieldError::new("days", "must be 1 to 365").into()),
    };
    match mistake(made)? {
        Ok(fresh) => shown(&app, &desk, None, Some(fresh), New::default(), None).await,
        Err(problem) => shown(&app, &desk, None, None, given, Some(problem)).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Sure {}

impl Form for Sure {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Revokes one.
pub(super) async fn revoke(
    State(app): State<App>,
    desk: Desk,
    Id(id): Id,
    Posted(Sure {}): Posted<Sure>,
) -> Result<Response, PageError> {
    let none = || PageError::not_found("access key");
    let id: AccessKeyId = id.parse().map_err(|_| none())?;
    app.engine.access_key(desk.by(), id).await?.ok_or_else(none)?;
    app.engine.revoke_access_key(desk.by(), id).await?;
    go(PATH, &Flash::good("The access key was revoked; calls with it fail from now on."))
}

impl KeysPage {
    /// Whether this is the field with the mistake.
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}
