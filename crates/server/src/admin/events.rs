//! The events of an environment.

use axum::{Json, extract::State};
use ringtrue_wire::admin::{identity::EventPageResponse, problem::Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    convert::{PAGE_ROWS, event},
    holder::{At, May, PlaceParams, needs, read},
};
use crate::{
    http::{
        ApiError,
        parts::{Query, given},
    },
    state::App,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// `next` of the page before
    before: Option<String>,
}

/// What became of enrolled numbers, newest first; also what is not delivered, since its identity was deactivated.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/events", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, EventsQuery),
    responses((status = 200, body = EventPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeIdentities>,
    at: At,
    Query(query): Query<EventsQuery>,
) -> Result<Json<EventPageResponse>, ApiError> {
    let before: Option<u64> =
        read("before", "must be next of the page before", given(query.before.as_deref()))?;
    let store = app.engine.store();
    let lane = store.lane(at.scope()).await.map_err(ringtrue_engine::Error::from)?;
    let last = lane.map_or(0, |lane| lane.last);
    // Cursors have no gaps when they are given out, so a page is a range of them.
    let end = before.map_or(last, |before| before.saturating_sub(1).min(last));
    let begin = end.saturating_sub(PAGE_ROWS as u64);
    let found = store.events(at.scope(), begin, end, PAGE_ROWS).await;
    let mut found = found.map_err(ringtrue_engine::Error::from)?;
    found.reverse();
    // Before a page that lost events there are none.
    let next = (begin > 0 && !found.is_empty()).then_some(begin + 1);
    Ok(Json(EventPageResponse {
        events: found.iter().map(|stored| event(stored, at.environment)).collect(),
        next,
    }))
}
