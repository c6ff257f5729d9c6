//! Who did what.

use axum::{Json, extract::State};
use ringtrue_engine::model::{Actor, AdminEntry};
use ringtrue_wire::admin::{
    people::{AuditEntryResponse, AuditPageResponse},
    problem::Problem,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::{
    convert::{MAX_ROWS, PAGE_ROWS},
    holder::{Holder, May, needs, read},
};
use crate::{
    http::{
        ApiError,
        parts::{Query, given, whole_number},
    },
    state::App,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// `next` of the page before
    before: Option<String>,
    /// 1 to 100; default 50
    limit: Option<String>,
}

/// What members, automation and operators did, newest first.
#[utoipa::path(get, path = "/admin/v1/audit", tag = "team", security(("accessKey" = [])),
    params(AuditQuery),
    responses((status = 200, body = AuditPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeAudit>,
    holder: Holder,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPageResponse>, ApiError> {
    let limit = whole_number("limit", query.limit.as_deref(), 1..=MAX_ROWS)?.unwrap_or(PAGE_ROWS);
    let before = read("before", "must be next of the page before", given(query.before.as_deref()))?;
    let mut entries = app.engine.admin_entries(holder.by(), before, limit + 1).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|last| last.id.to_string());
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
