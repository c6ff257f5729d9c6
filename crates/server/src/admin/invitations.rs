//! Invitations to the team.

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use ringtrue_domain::member::{InvitationId, InvitationState, Role};
use ringtrue_engine::model::Invitation;
use ringtrue_wire::admin::{
    people::{InvitationListResponse, InvitationResponse, InviteRequest, InvitedResponse},
    problem::Problem,
};

use super::{
    earlier::{Earlier, cut},
    holder::{Holder, Id, May, needs, none, required},
};
use crate::{
    http::{ApiError, JsonBody, parts::Query},
    portal::invitation_address,
    state::App,
};

/// Invitations of the last weeks, newest first.
#[utoipa::path(get, path = "/admin/v1/invitations", tag = "team", security(("accessKey" = [])),
    params(Earlier),
    responses((status = 200, body = InvitationListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
    Query(query): Query<Earlier>,
) -> Result<Json<InvitationListResponse>, ApiError> {
    let (before, limit) = query.read()?;
    let mut known = app.engine.invitations(holder.by(), before, limit + 1).await?;
    let (next, now) = (cut(&mut known, limit).map(|last| last.id.to_string()), app.engine.wall());
    Ok(Json(InvitationListResponse { invitations: known.iter().map(|one| told(one, now)).collect(), next }))
}

/// Invites somebody; an open invitation to the same address is taken back. Nothing is sent: the address is in this
/// answer, this one time.
#[utoipa::path(post, path = "/admin/v1/invitations", tag = "team", request_body = InviteRequest, security(("accessKey" = [])),
    responses((status = 201, body = InvitedResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
    JsonBody { value, .. }: JsonBody<InviteRequest>,
) -> Result<(StatusCode, Json<InvitedResponse>), ApiError> {
    let role = Role::parse("role", &required("role", value.role)?)?;
    let email = required("email", value.email)?;
    let fresh = app.engine.invite(holder.by(), &email, role).await?;
    let invited = InvitedResponse {
        invitation: told(&fresh.invitation, app.engine.wall()),
        address: invitation_address(&app.origin, &fresh.token),
    };
    Ok((StatusCode::CREATED, Json(invited)))
}

/// Takes an invitation back. One that is not open any more is left as it is.
#[utoipa::path(delete, path = "/admin/v1/invitations/{id}", tag = "team", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the invitation")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn revoke(
    State(app): State<App>,
    _: May<needs::ManageTeam>,
    holder: Holder,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode, ApiError> {
    app.engine.invitation(holder.by(), id).await?.ok_or_else(|| none("invitation"))?;
    app.engine.revoke_invitation(holder.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(invitation: &Invitation, now: Timestamp) -> InvitationResponse {
    let state = match invitation.state {
        InvitationState::Open if invitation.is_open(now) => "open",
        InvitationState::Open => "expired",
        InvitationState::Accepted { .. } => "accepted",
        InvitationState::Revoked { .. } => "revoked",
    };
    InvitationResponse {
        id: invitation.id.to_string(),
        email: invitation.email.expose().to_owned(),
        role: invitation.role.as_str().to_owned(),
        state: state.to_owned(),
        created_at: invitation.created_at.to_string(),
        expires_at: invitation.expires_at.to_string(),
    }
}
