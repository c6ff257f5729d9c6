//! Who did what.

use axum::{Json, extract::State};
use ringtrue_engine::model::{Actor, AdminEntry};
use ringtrue_wire::admin::{
    people::{AuditEntryResponse, AuditPageResponse},
    problem::Problem,
};
use serde_json::{Map, Value};

use super::{
    earlier::{Earlier, cut},
    holder::{Holder, May, needs},
};
use crate::{
    http::{ApiError, parts::Query},
    state::App,
};

/// What members, automation and operators did, newest first.
#[utoipa::path(get, path = "/admin/v1/audit", tag = "team", security(("accessKey" = [])),
    params(Earlier),
    responses((status = 200, body = AuditPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeAudit>,
    holder: Holder,
    Query(query): Query<Earlier>,
) -> Result<Json<AuditPageResponse>, ApiError> {
    let (before, limit) = query.read()?;
    let mut entries = app.engine.admin_entries(holder.by(), before, limit + 1).await?;
    let next = cut(&mut entries, limit).map(|last| last.id.to_string());
    Ok(Json(AuditPageResponse { entries: entries.iter().map(told).collect(), next }))
}

fn told(entry: &AdminEntry) -> AuditEntryResponse {
    let (who, who_id) = match entry.who {
        Actor::Member(id) => ("member", Some(id.to_string())),
        Actor::Key(id) => ("access_key", Some(id.to_string())),
        Actor::Operator => ("operator", None),
        Actor::Nobody => ("nobody", None),
    };
    // Deeds are kept as JSON, without secrets and without anybody in the clear.
    let mut details = match serde_json::to_value(&entry.deed) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    };
    details.retain(|_, value| !value.is_null());
    let what = match details.remove("what") {
        Some(Value::String(what)) => what,
        _ => String::new(),
    };
    AuditEntryResponse {
        id: entry.id.to_string(),
        at: entry.at.to_string(),
        who: who.to_owned(),
        who_id,
        what,
        details,
    }
}
