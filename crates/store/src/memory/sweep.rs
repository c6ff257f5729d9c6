//! Claiming and purging.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ringtrue_domain::{Flow, FlowId};
use ringtrue_engine::model::{Content, Delivery, DeliveryState, Job, KeyScope, Lease, hour_of};

use super::state::{DeliveryRow, LaneRow, State};
use crate::sql::{FORMER_KEPT, INVITATION_KEPT, NODE_KEPT, OUTBOX_KEPT, TALLIES_KEPT_HOURS, WATCH_KEPT};

/// Takes up to `n` due jobs that nobody holds.
pub(super) fn claim(state: &mut State, lease: Lease, wall: Timestamp, n: usize) -> Vec<Job> {
    let due = |job: &&Job| {
        job.due_at.as_microsecond() <= state.clock(job.project, job.environment, wall)
            && job.lease.is_none_or(|lease| lease.until <= wall)
    };
    let mut found: Vec<_> = (state.jobs.values().filter(due))
        .map(|job| (job.due_at.as_microsecond() - state.ahead(job.project, job.environment), job.id))
        .collect();
    found.sort_unstable();
    found.truncate(n);
    let mut jobs = Vec::with_capacity(found.len());
    for (_, id) in found {
        if let Some(job) = state.jobs.get_mut(&id) {
            job.attempts += 1;
            job.lease = Some(lease);
            jobs.push(job.clone());
        }
    }
    jobs.sort_by_key(|job| (job.due_at, job.id));
    jobs
}

/// Removes at most `n` of each kind of record that has outlived its use.
pub(super) fn purge(state: &mut State, wall: Timestamp, n: usize) -> u64 {
    let longer = i64::try_from(state.flows_kept.as_micros()).unwrap_or(i64::MAX);
    let mut gone = settle(state, wall, n);
    let flows: Vec<_> = outlived(state, wall, longer).map(Flow::id).take(n).collect();
    for flow in flows {
        gone += state.audit.remove(&flow).map_or(0, |history| history.len());
        let listings = state.listings.len();
        state.listings.retain(|(_, of), _| *of != flow);
        gone += listings - state.listings.len();
        let links = state.links.len();
        state.links.retain(|_, of| *of != flow);
        gone += links - state.links.len();
        gone += usize::from(state.flows.remove(&flow).is_some());
    }
    gone += sweep(&mut state.tokens, n, |token| token.expires_at <= wall);
    gone += sweep(&mut state.remembered, n, |record| record.expires_at <= wall);
    let clocks = &state.clocks;
    gone += sweep(&mut state.outbox, n, |message| {
        let now = wall.as_microsecond() + clocks.get(&message.project).copied().unwrap_or(0);
        message.sent_at.as_microsecond() <= now - i64::try_from(OUTBOX_KEPT.as_micros()).unwrap_or(i64::MAX)
    });
    gone += sweep(&mut state.nodes, n, |node| {
        wall.checked_sub(NODE_KEPT).is_ok_and(|until| node.seen_at <= until)
    });
    gone += purge_watched(state, wall, n);
    let oldest = hour_of(wall) - TALLIES_KEPT_HOURS;
    let hours: Vec<_> = state.tallies.keys().filter(|(_, key)| key.hour <= oldest).take(n).cloned().collect();
    gone += hours.iter().filter(|key| state.tallies.remove(key).is_some()).count();
    let hours: Vec<_> = state.refusals.keys().filter(|key| key.hour <= oldest).take(n).copied().collect();
    gone += hours.iter().filter(|key| state.refusals.remove(key).is_some()).count();
    let oldest = FlowId::first_at(wall.checked_sub(FORMER_KEPT).unwrap_or(Timestamp::MIN));
    let former = state.former_numbers.keys().filter(|(_, flow)| *flow < oldest).take(n);
    let former: Vec<_> = former.copied().collect();
    gone += former.iter().filter(|key| state.former_numbers.remove(key).is_some()).count();
    gone += purge_people(state, wall, n);
    gone as u64
}

/// Flows that are behind the time for which they answer, and so many microseconds more.
fn outlived(state: &State, wall: Timestamp, longer: i64) -> impl Iterator<Item = &Flow> {
    let is_over = move |flow: &&Flow| {
        let now = state.clock(flow.project(), flow.terms().environment, wall);
        flow.purge_after().as_microsecond().saturating_add(longer) <= now
    };
    state.flows.values().map(|(_, flow)| flow).filter(is_over)
}

/// Takes from flows that are kept what could still prove something.
fn settle(state: &mut State, wall: Timestamp, n: usize) -> usize {
    if state.flows_kept.is_zero() {
        return 0;
    }
    let bare = outlived(state, wall, 0).map(|flow| (flow, flow.without_secrets()));
    let bare: Vec<_> = bare.filter(|(flow, bare)| *flow != bare).map(|(_, bare)| bare).take(n).collect();
    for flow in &bare {
        state.links.retain(|_, of| *of != flow.id());
        if let Some((version, known)) = state.flows.get_mut(&flow.id()) {
            (*version, *known) = (*version + 1, flow.clone());
        }
    }
    bare.len()
}

/// Sessions, invitations, links, access keys and counts of attempts that are over.
fn purge_people(state: &mut State, wall: Timestamp, n: usize) -> usize {
    let invited_until = wall.checked_sub(INVITATION_KEPT).unwrap_or(Timestamp::MIN);
    sweep(&mut state.sessions, n, |session| session.ends_at <= wall)
        + sweep(&mut state.invitations, n, |invitation| invitation.expires_at <= invited_until)
        + sweep(&mut state.access_keys, n, |key| key.expires_at <= invited_until)
        + sweep(&mut state.sign_in_links, n, |link| link.expires_at <= wall)
        + sweep(&mut state.sign_in_tries, n, |(_, resets_at)| *resets_at <= wall)
        + sweep(&mut state.ceremonies, n, |ceremony| ceremony.expires_at <= wall)
}

/// Deliveries with their attempts, then events, except what waits to be delivered where something is sent.
fn purge_watched(state: &mut State, wall: Timestamp, n: usize) -> usize {
    let until = wall.checked_sub(WATCH_KEPT).unwrap_or(Timestamp::MIN);
    let over = |state: &State, delivery: &Delivery| {
        let closed = state.lanes.get(&delivery.scope).is_some_and(|row| !row.open);
        (closed || delivery.state != DeliveryState::Open) && delivery.created_at <= until
    };
    let mut old: Vec<_> = (state.deliveries.values())
        .filter(|row| over(state, &row.delivery))
        .map(|row| (row.delivery.scope, row.delivery.created_at, row.delivery.id))
        .collect();
    old.sort_unstable();
    old.truncate(n);
    let mut gone = 0;
    for (scope, _, id) in old {
        let attempts = state.attempts.len();
        state.attempts.retain(|(delivery, _), _| *delivery != id);
        gone += attempts - state.attempts.len();
        gone += usize::from(state.deliveries.remove(&(scope, id)).is_some());
    }
    let delivered = |scope: KeyScope, cursor: u64| {
        let waits = |row: &&DeliveryRow| {
            let delivery = row.delivery;
            matches!(delivery.content, Content::Events { first, .. } if first <= cursor)
                && delivery.scope == scope
                && delivery.state == DeliveryState::Open
        };
        let sent =
            |row: &LaneRow| cursor <= row.lane.packed && !state.deliveries.values().any(|row| waits(&row));
        state.lanes.get(&scope).is_some_and(|row| !row.open || sent(row))
    };
    let events: Vec<_> = (state.events.iter())
        .filter(|((scope, cursor), stored)| stored.event.at <= until && delivered(*scope, *cursor))
        .map(|(key, _)| *key)
        .take(n)
        .collect();
    gone + events.iter().filter(|key| state.events.remove(key).is_some()).count()
}

fn sweep<K: Ord + Clone, V>(table: &mut BTreeMap<K, V>, n: usize, outlived: impl Fn(&V) -> bool) -> usize {
    let keys: Vec<K> =
        table.iter().filter(|(_, value)| outlived(value)).map(|(key, _)| key.clone()).take(n).collect();
    keys.iter().filter(|key| table.remove(key).is_some()).count()
}
