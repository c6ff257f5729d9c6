//! How verifications went over a range of time.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ringtrue_domain::flow::Standing;
use ringtrue_engine::{Overview, OverviewPart, model};
use ringtrue_wire::admin::{
    problem::Problem,
    verification::{Counts, CountsOf, LimitsHit, OverviewResponse, RefusedIn},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    convert::method,
    holder::{At, May, PlaceParams, needs, read},
};
use crate::{
    http::{
        ApiError,
        parts::{Query, given},
    },
    state::App,
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// What is looked at when nobody says from when.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Counts are kept for 400 days.
const LONGEST_RANGE: SignedDuration = SignedDuration::from_hours(400 * 24);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OverviewQuery {
    /// RFC 3339; default: 30 days before `until`
    from: Option<String>,
    /// RFC 3339; default: the end of the hour that is running on the project's clock
    until: Option<String>,
    /// IANA name of the time zone in which days begin; default: UTC
    #[param(rename = "timeZone")]
    #[serde(rename = "timeZone")]
    time_zone: Option<String>,
}

/// Counts of the verifications that began in a range of time, by the hour (UTC).
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/overview", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, OverviewQuery),
    responses((status = 200, body = OverviewResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeVerifications>,
    at: At,
    Query(query): Query<OverviewQuery>,
) -> Result<Json<OverviewResponse>, ApiError> {
    const INSTANT: &str = "must be an instant such as 2026-03-01T12:00:00Z";
    let zone = match given(query.time_zone.as_deref()) {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name)
            .map_err(|_| ApiError::field("timeZone", "must be a time zone such as Europe/Berlin"))?,
    };
    let until = match read("until", INSTANT, given(query.until.as_deref()))? {
        Some(until) => until,
        // The hour that is running counts too.
        None => now(&app, &at).await?.checked_add(HOUR).unwrap_or(Timestamp::MAX),
    };
    let from = read("from", INSTANT, given(query.from.as_deref()))?;
    let from: Timestamp = from.unwrap_or_else(|| until.checked_sub(DEFAULT_RANGE).unwrap_or(Timestamp::MIN));
    if until <= from || until.duration_since(from) > LONGEST_RANGE {
        return Err(ApiError::field("from", "must be before until, by at most 400 days"));
    }
    let Overview { all, methods, countries, times, refused: hit, refused_times, by_day } =
        app.engine.overview(at.scope(), from, until, &zone).await?;
    let unknown = || "unknown".to_owned();
    Ok(Json(OverviewResponse {
        all: counts(&all),
        possession_types: parts(methods, |one| method(one).to_owned()),
        countries: parts(countries, |one| one.unwrap_or_else(unknown)),
        times: parts(times, |one| one.to_string()),
        limits_hit: LimitsHit {
            all: refused(&hit),
            times: refused_times
                .into_iter()
                .map(|part| RefusedIn { of: part.of.to_string(), refused: refused(&part.counts) })
                .collect(),
        },
        by_day,
    }))
}

async fn now(app: &App, at: &At) -> Result<Timestamp, ApiError> {
    match at.sandbox_only() {
        Ok(()) => Ok(app.engine.sandbox_clock(at.project.id).await?.now),
        Err(_) => Ok(app.engine.wall()),
    }
}

fn parts<T>(parts: Vec<OverviewPart<T>>, name: impl Fn(T) -> String) -> Vec<CountsOf> {
    parts.into_iter().map(|part| CountsOf { of: name(part.of), counts: counts(&part.counts) }).collect()
}

fn refused(of: &model::Refused) -> BTreeMap<String, u64> {
    model::LimitKind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), of.by(kind))).collect()
}

fn counts(of: &model::Counts) -> Counts {
    let standing = |standing: Standing| (standing.as_str().to_owned(), of.standing(standing));
    Counts {
        started: of.started,
        messaged: of.messaged,
        proven: of.proven,
        standings: Standing::ALL.into_iter().map(standing).collect(),
        messages: of.messages,
        segments: of.segments,
        took_half_within_seconds: of.took_within(0.5),
        took_most_within_seconds: of.took_within(0.9),
    }
}
