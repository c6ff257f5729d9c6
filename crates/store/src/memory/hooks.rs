//! Changes about webhooks and deliveries.

use jiff::Timestamp;
use ringtrue_engine::{
    model::{Content, Delivery, DeliveryState, KeyScope, LaneHealth, Webhook},
    ports::HookChange,
};

use super::{
    commit::{Refused, unless},
    lanes::{lane_of, put_lane, sooner},
    state::{Changing, DeliveryRow, LaneRow},
};

pub(super) fn apply(to: &mut Changing<'_>, change: HookChange) -> Result<(), Refused> {
    match change {
        HookChange::Put { expect, moved, webhook } => put(to, expect, moved, *webhook)?,
        HookChange::Remove { scope, expect } => remove(to, scope, expect)?,
        HookChange::Hold { scope, lease } => {
            let mut row = held(to, scope, lease.id)?;
            row.lane.lease = Some(lease);
            put_lane(to, row);
        }
        HookChange::Release { scope, lease, seen, due_at } => {
            let mut row = held(to, scope, lease)?;
            row.lane.lease = None;
            let mut newer = to.state.events.range((scope, seen)..=(scope, u64::MAX));
            row.due_at = if newer.any(|((_, cursor), _)| *cursor > seen) {
                Some(0)
            } else {
                sooner(row.due_at, due_at.map(Timestamp::as_microsecond))
            };
            put_lane(to, row);
        }
        HookChange::Health { scope, health } => {
            if let Some(mut row) = to.state.lanes.get(&scope).copied() {
                row.lane.health = health;
                put_lane(to, row);
            }
        }
        HookChange::AddDelivery(delivery) => add(to, delivery)?,
        HookChange::SetDelivery(delivery) => {
            let key = (delivery.scope, delivery.id);
            let known = *to.state.deliveries.get(&key).ok_or(Refused::Conflict)?;
            // What is in it never changes.
            let (content, created_at) = (known.delivery.content, known.delivery.created_at);
            let delivery = Delivery { content, created_at, ..delivery };
            to.set(|state| &mut state.deliveries, key, Some(DeliveryRow { delivery, ..known }));
        }
        HookChange::AddAttempt { attempt, .. } => {
            let key = (attempt.delivery, attempt.number);
            unless(to.state.attempts.contains_key(&key))?;
            to.set(|state| &mut state.attempts, key, Some(*attempt));
        }
        HookChange::Replay { scope, ids, now, give_up_at } => {
            wake(to, scope, now.as_microsecond());
            change_deliveries(to, scope, |known| {
                (ids.contains(&known.id) && known.state != DeliveryState::Open).then_some(Delivery {
                    state: DeliveryState::Open,
                    due_at: now,
                    give_up_at,
                    replayed_at_attempt: known.attempts,
                    ..*known
                })
            });
        }
    }
    Ok(())
}

fn put(to: &mut Changing<'_>, expect: u64, moved: bool, webhook: Webhook) -> Result<(), Refused> {
    let scope = webhook.scope();
    unless(to.state.webhooks.get(&scope).map_or(0, |(version, _)| *version) != expect)?;
    let mut row = lane_of(to.state, scope);
    let open = webhook.paused.is_none();
    if expect == 0 {
        row.lane.packed = row.lane.last;
        row.lane.lease = None;
        row.lane.health = LaneHealth::default();
        row.due_at = None;
    } else {
        let opened = open && !row.open;
        if opened {
            row.due_at = Some(0);
        }
        if opened || moved {
            let succeeded_at = row.lane.health.succeeded_at;
            row.lane.health = LaneHealth { succeeded_at, ..LaneHealth::default() };
        }
    }
    row.open = open;
    put_lane(to, row);
    to.set(|state| &mut state.webhooks, scope, Some((expect + 1, webhook)));
    Ok(())
}

fn remove(to: &mut Changing<'_>, scope: KeyScope, expect: u64) -> Result<(), Refused> {
    unless(to.state.webhooks.get(&scope).is_none_or(|(version, _)| *version != expect))?;
    to.set(|state| &mut state.webhooks, scope, None);
    let mut row = lane_of(to.state, scope);
    row.open = false;
    row.due_at = None;
    row.lane.lease = None;
    put_lane(to, row);
    change_deliveries(to, scope, |known| {
        (known.state == DeliveryState::Open).then_some(Delivery { state: DeliveryState::Failed, ..*known })
    });
    Ok(())
}

fn wake(to: &mut Changing<'_>, scope: KeyScope, at: i64) {
    if let Some(mut row) = to.state.lanes.get(&scope).copied() {
        row.due_at = sooner(row.due_at, Some(at));
        put_lane(to, row);
    }
}

fn add(to: &mut Changing<'_>, delivery: Delivery) -> Result<(), Refused> {
    let key = (delivery.scope, delivery.id);
    unless(to.state.deliveries.contains_key(&key))?;
    let mut row = lane_of(to.state, delivery.scope);
    let place = match delivery.content {
        Content::Events { first, last } => {
            row.lane.packed = row.lane.packed.max(last);
            if to.state.lanes.contains_key(&delivery.scope) {
                put_lane(to, row);
            }
            first
        }
        Content::Test => row.lane.packed,
    };
    to.set(|state| &mut state.deliveries, key, Some(DeliveryRow { delivery, place }));
    Ok(())
}

/// The lane, if this lease is its current one.
fn held(to: &Changing<'_>, scope: KeyScope, lease: [u8; 16]) -> Result<LaneRow, Refused> {
    let row = to.state.lanes.get(&scope).ok_or(Refused::Conflict)?;
    unless(row.lane.lease.is_none_or(|current| current.id != lease))?;
    Ok(*row)
}

/// Writes the deliveries of an environment that `change` makes something else of.
fn change_deliveries(to: &mut Changing<'_>, scope: KeyScope, change: impl Fn(&Delivery) -> Option<Delivery>) {
    let changed: Vec<_> = (to.state.deliveries.values())
        .filter(|row| row.delivery.scope == scope)
        .filter_map(|row| Some(DeliveryRow { delivery: change(&row.delivery)?, ..*row }))
        .collect();
    for row in changed {
        to.set(|state| &mut state.deliveries, (scope, row.delivery.id), Some(row));
    }
}
