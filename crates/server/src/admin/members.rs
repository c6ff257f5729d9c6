//! The team.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::member::{Member, MemberId, Role};
use ringtrue_wire::admin::{
    people::{MemberListResponse, MemberResponse, RoleRequest},
    problem::Problem,
};

use super::holder::{Holder, Id, May, needs, none, required};
use crate::{
    http::{ApiError, JsonBody},
    state::App,
};

/// Everybody, oldest first.
#[utoipa::path(get, path = "/admin/v1/members", tag = "team", security(("accessKey" = [])),
    responses((status = 200, body = MemberListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
) -> Result<Json<MemberListResponse>, ApiError> {
    let members = app.engine.members(holder.by()).await?;
    Ok(Json(MemberListResponse { members: members.iter().map(told).collect() }))
}

/// Gives a member another role. The last owner stays one.
#[utoipa::path(patch, path = "/admin/v1/members/{id}", tag = "team", request_body = RoleRequest, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the member")),
    responses((status = 200, body = MemberResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn change(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
    Id(id): Id<MemberId>,
    JsonBody { value, .. }: JsonBody<RoleRequest>,
) -> Result<Json<MemberResponse>, ApiError> {
    let role = Role::parse("role", &required("role", value.role)?)?;
    exists(&app, &holder, id).await?;
    Ok(Json(told(&app.engine.change_role(holder.by(), id, role).await?)))
}

/// Removes a member; their sessions and access keys end at once. The last owner stays.
#[utoipa::path(delete, path = "/admin/v1/members/{id}", tag = "team", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the member")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
    Id(id): Id<MemberId>,
) -> Result<StatusCode, ApiError> {
    exists(&app, &holder, id).await?;
    app.engine.remove_member(holder.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn exists(app: &App, holder: &Holder, id: MemberId) -> Result<(), ApiError> {
    let known = app.engine.members(holder.by()).await?.into_iter().any(|member| member.id == id);
    if known { Ok(()) } else { Err(none("member")) }
}

fn told(member: &Member) -> MemberResponse {
    MemberResponse {
        id: member.id.to_string(),
        email: member.email.expose().to_owned(),
        name: member.name.expose().to_owned(),
        role: member.role.as_str().to_owned(),
        created_at: member.created_at.to_string(),
    }
}
