//! Access keys. They are made in the portal or on the command line: one that got out must not make others.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::member::AccessKeyId;
use ringtrue_engine::model::AccessKey;
use ringtrue_wire::admin::{
    people::{AccessKeyListResponse, AccessKeyResponse},
    problem::Problem,
};

use super::{
    earlier::{Earlier, cut},
    holder::{Holder, Id, May, needs, none},
};
use crate::{
    http::{ApiError, parts::Query},
    state::App,
};

/// The keys that the caller may see, newest first: all for owners, else those of whoever made the caller's.
#[utoipa::path(get, path = "/admin/v1/access-keys", tag = "team", security(("accessKey" = [])),
    params(Earlier),
    responses((status = 200, body = AccessKeyListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    holder: Holder,
    Query(query): Query<Earlier>,
) -> Result<Json<AccessKeyListResponse>, ApiError> {
    let (before, limit) = query.read()?;
    let mut keys = app.engine.access_keys(holder.by(), before, limit + 1).await?;
    let next = cut(&mut keys, limit).map(|last| last.id.to_string());
    Ok(Json(AccessKeyListResponse { access_keys: keys.iter().map(told).collect(), next }))
}

/// Revokes a key, which may be the caller's own; it is not taken any more at once.
#[utoipa::path(delete, path = "/admin/v1/access-keys/{id}", tag = "team", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the key")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn revoke(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    holder: Holder,
    Id(id): Id<AccessKeyId>,
) -> Result<StatusCode, ApiError> {
    app.engine.access_key(holder.by(), id).await?.ok_or_else(|| none("access key"))?;
    app.engine.revoke_access_key(holder.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(key: &AccessKey) -> AccessKeyResponse {
    AccessKeyResponse {
        id: key.id.to_string(),
        name: key.name.as_str().to_owned(),
        role: key.role.as_str().to_owned(),
        maker: key.maker.map(|maker| maker.to_string()),
        created_at: key.created_at.to_string(),
        expires_at: key.expires_at.to_string(),
        used_at: key.used_at.map(|at| at.to_string()),
    }
}
