//! Lanes and the events in them.

use jiff::Timestamp;
use ringtrue_domain::IdentityId;
use ringtrue_engine::model::{ChangeEvent, Content, KeyScope, Lane, LaneHealth, Lease, StoredEvent};

use super::state::{Changing, LaneRow, State};

/// The lane of an environment, or a new one.
pub(super) fn lane_of(state: &State, scope: KeyScope) -> LaneRow {
    state.lanes.get(&scope).copied().unwrap_or_else(|| {
        let lane = Lane { scope, last: 0, packed: 0, health: LaneHealth::default(), lease: None };
        LaneRow { lane, open: false, due_at: None }
    })
}

pub(super) fn put_lane(to: &mut Changing<'_>, row: LaneRow) {
    to.set(|state| &mut state.lanes, row.lane.scope, Some(row));
}

/// The earlier one of the two, if any.
pub(super) fn sooner(due_at: Option<i64>, at: Option<i64>) -> Option<i64> {
    due_at.into_iter().chain(at).min()
}

pub(super) fn add_event(to: &mut Changing<'_>, event: ChangeEvent) {
    let scope = KeyScope { project: event.project, environment: event.environment };
    let mut row = lane_of(to.state, scope);
    row.lane.last += 1;
    if row.lane.lease.is_none() {
        row.due_at = sooner(row.due_at, Some(event.at.as_microsecond()));
    }
    put_lane(to, row);
    let cursor = row.lane.last;
    to.set(|state| &mut state.events, (scope, cursor), Some(StoredEvent { cursor, muted: false, event }));
}

pub(super) fn mute_events(to: &mut Changing<'_>, scope: KeyScope, identity: IdentityId) {
    for event in events_of(to.state, scope, identity) {
        let cursor = event.cursor;
        to.set(|state| &mut state.events, (scope, cursor), Some(StoredEvent { muted: true, ..event }));
    }
}

/// Removes an identity's events, and the answers to deliveries with them.
pub(super) fn forget(to: &mut Changing<'_>, scope: KeyScope, identity: IdentityId) {
    for event in events_of(to.state, scope, identity) {
        let cursor = event.cursor;
        let holds =
            |content| matches!(content, Content::Events { first, last } if (first..=last).contains(&cursor));
        let sent: Vec<_> = (to.state.deliveries.values())
            .filter(|row| row.delivery.scope == scope && holds(row.delivery.content))
            .map(|row| row.delivery.id)
            .collect();
        let answered: Vec<_> =
            to.state.attempts.keys().filter(|(delivery, _)| sent.contains(delivery)).copied().collect();
        for key in answered {
            to.set(|state| &mut state.attempts, key, None);
        }
        to.set(|state| &mut state.events, (scope, cursor), None);
    }
}

fn events_of(state: &State, scope: KeyScope, identity: IdentityId) -> Vec<StoredEvent> {
    let events = state.events.range((scope, 0)..=(scope, u64::MAX));
    events.filter(|(_, stored)| stored.event.identity == identity).map(|(_, stored)| stored.clone()).collect()
}

/// Takes up to `n` lanes that are due and that nobody holds.
pub(super) fn claim(state: &mut State, lease: Lease, wall: Timestamp, n: usize) -> Vec<Lane> {
    let due = |row: &LaneRow| match row.lane.lease {
        Some(lease) => (lease.until <= wall).then_some(lease.until.as_microsecond()),
        None => row
            .due_at
            .map(|due_at| due_at - state.ahead(row.lane.scope.project, row.lane.scope.environment))
            .filter(|due| *due <= wall.as_microsecond()),
    };
    let mut found: Vec<_> = (state.lanes.iter())
        .filter(|(_, row)| row.open)
        .filter_map(|(scope, row)| Some((due(row)?, *scope)))
        .collect();
    found.sort_unstable();
    found.truncate(n);
    let mut lanes = Vec::with_capacity(found.len());
    for (_, scope) in found {
        if let Some(row) = state.lanes.get_mut(&scope) {
            row.due_at = None;
            row.lane.lease = Some(lease);
            lanes.push(row.lane);
        }
    }
    lanes.sort_by_key(|lane| lane.scope);
    lanes
}
