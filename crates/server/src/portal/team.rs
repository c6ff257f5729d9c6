//! The team: who belongs to it, as what, and who is invited.

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use ringtrue_domain::member::{InvitationId, InvitationState, Member, MemberId, Role};
use ringtrue_engine::{
    NewInvitation,
    model::{Invitation, SignedIn},
};
use serde::Deserialize;

use super::{
    desk::{Desk, Section, Shell},
    entry::{invitation_address, role_name, role_words},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::Moment,
    parts::{Asked, Before, Copyable, Id, PAGE_ROWS, Pager},
    session::Permission,
};
use crate::state::App;

const PATH: &str = "/portal/team";

#[derive(Template)]
#[template(path = "portal/team.html")]
struct TeamPage {
    shell: Shell,
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
    /// Of invitations.
    pager: Pager,
    roles: [(Role, &'static str, &'static str); 4],
    /// Made just now: this is the one page that shows its address.
    fresh: Option<Fresh>,
    given: Invite,
    problem: Option<Problem>,
}

struct MemberRow {
    name: String,
    email: String,
    role: Role,
    role_name: &'static str,
    joined: Moment,
    is_you: bool,
    /// The last owner stays what they are.
    is_fixed: bool,
    change: String,
    remove: String,
}

struct InvitationRow {
    email: String,
    role: &'static str,
    made: Moment,
    state: &'static str,
    /// While it is open: until when, and where it is taken back.
    open: Option<(Moment, String)>,
}

struct Fresh {
    email: String,
    address: Copyable,
}

fn roles() -> [(Role, &'static str, &'static str); 4] {
    Role::ALL.map(|role| (role, role_name(role), role_words(role)))
}

/// Everybody.
pub(super) async fn show(
    State(app): State<App>,
    desk: Desk,
    Asked(asked): Asked<Before>,
) -> Result<Response, PageError> {
    let before = asked.key("page of invitations")?;
    shown(&app, &desk, before, None, Invite::default(), None).await
}

async fn shown(
    app: &App,
    desk: &Desk,
    before: Option<InvitationId>,
    fresh: Option<NewInvitation>,
    given: Invite,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    desk.visitor.must(Permission::ManageTeam)?;
    let by = desk.visitor.signed_in();
    let members = app.engine.members(by).await?;
    let mut invitations = app.engine.invitations(by, before, PAGE_ROWS + 1).await?;
    let has_more = invitations.len() > PAGE_ROWS;
    invitations.truncate(PAGE_ROWS);
    let next = invitations.last().filter(|_| has_more).map(|last| ("before", last.id.to_string()));
    let owners = members.iter().filter(|member| member.role == Role::Owner).count();
    let now = app.engine.wall();
    let is_wrong = problem.is_some();
    let page = TeamPage {
        shell: desk.shell(Section::Team, "Team"),
        members: members.iter().map(|member| member_row(desk, by, member, owners)).collect(),
        invitations: invitations.iter().map(|invitation| invitation_row(desk, invitation, now)).collect(),
        pager: Pager::newest_first(PATH, before.is_none(), next),
        roles: roles(),
        fresh: fresh.map(|fresh| Fresh {
            email: fresh.invitation.email.expose().to_owned(),
            address: Copyable::new(&invitation_address(&app.origin, &fresh.token), "invitation"),
        }),
        given,
        problem,
    };
    form_page(&page, is_wrong)
}

fn member_row(desk: &Desk, by: &SignedIn, member: &Member, owners: usize) -> MemberRow {
    MemberRow {
        name: member.name.expose().to_owned(),
        email: member.email.expose().to_owned(),
        role: member.role,
        role_name: role_name(member.role),
        joined: desk.looks.moment(member.created_at),
        is_you: member.id == by.member.id,
        is_fixed: member.role == Role::Owner && owners == 1,
        change: format!("{PATH}/members/{}/role", member.id),
        remove: format!("{PATH}/members/{}/remove", member.id),
    }
}

fn invitation_row(desk: &Desk, invitation: &Invitation, now: Timestamp) -> InvitationRow {
    let state = match invitation.state {
        InvitationState::Open if invitation.is_open(now) => "Open",
        InvitationState::Open => "Expired",
        InvitationState::Accepted { .. } => "Accepted",
        InvitationState::Revoked { .. } => "Taken back",
    };
    let revoke = || format!("{PATH}/invitations/{}/revoke", invitation.id);
    InvitationRow {
        email: invitation.email.expose().to_owned(),
        role: role_name(invitation.role),
        made: desk.looks.moment(invitation.created_at),
        state,
        open: invitation.is_open(now).then(|| (desk.looks.moment(invitation.expires_at), revoke())),
    }
}

/// The fields of an invitation, as they are typed.
#[derive(Deserialize)]
pub(super) struct Invite {
    email: String,
    role: String,
}

impl Default for Invite {
    fn default() -> Self {
        Self { email: String::new(), role: Role::ReadOnly.as_str().to_owned() }
    }
}

impl Form for Invite {
    const NEEDS: Permission = Permission::ManageTeam;
}

/// Invites somebody. No redirect: the address must not be kept anywhere for a page after this one.
pub(super) async fn invite(
    State(app): State<App>,
    desk: Desk,
    Posted(given): Posted<Invite>,
) -> Result<Response, PageError> {
    let role = Role::parse("role", &given.role)?;
    match mistake(app.engine.invite(desk.visitor.signed_in(), &given.email, role).await)? {
        Ok(fresh) => shown(&app, &desk, None, Some(fresh), Invite::default(), None).await,
        Err(problem) => shown(&app, &desk, None, None, given, Some(problem)).await,
    }
}

#[derive(Deserialize)]
pub(super) struct NewRole {
    role: String,
}

impl Form for NewRole {
    const NEEDS: Permission = Permission::ManageTeam;
}

/// Gives a member another role.
pub(super) async fn change_role(
    State(app): State<App>,
    desk: Desk,
    Id(id): Id,
    Posted(given): Posted<NewRole>,
) -> Result<Response, PageError> {
    let (id, role) = (member(&id)?, Role::parse("role", &given.role)?);
    let flash = match mistake(app.engine.change_role(desk.visitor.signed_in(), id, role).await)? {
        Ok(_) => Flash::good(format!("The member is {} now.", role_name(role))),
        Err(problem) => Flash::bad(problem.text),
    };
    go(PATH, &flash)
}

/// A form without fields.
#[derive(Deserialize)]
pub(super) struct Sure {}

impl Form for Sure {
    const NEEDS: Permission = Permission::ManageTeam;
}

/// Removes a member.
pub(super) async fn remove(
    State(app): State<App>,
    desk: Desk,
    Id(id): Id,
    Posted(Sure {}): Posted<Sure>,
) -> Result<Response, PageError> {
    let flash = match mistake(app.engine.remove_member(desk.visitor.signed_in(), member(&id)?).await)? {
        Ok(()) => Flash::good("The member was removed and is signed out everywhere."),
        Err(problem) => Flash::bad(problem.text),
    };
    go(PATH, &flash)
}

/// Takes an invitation back.
pub(super) async fn revoke(
    State(app): State<App>,
    desk: Desk,
    Id(id): Id,
    Posted(Sure {}): Posted<Sure>,
) -> Result<Response, PageError> {
    let id: InvitationId = id.parse().map_err(|_| PageError::not_found("invitation"))?;
    app.engine.revoke_invitation(desk.visitor.signed_in(), id).await?;
    go(PATH, &Flash::good("The invitation was taken back."))
}

fn member(id: &str) -> Result<MemberId, PageError> {
    id.parse().map_err(|_| PageError::not_found("member"))
}
