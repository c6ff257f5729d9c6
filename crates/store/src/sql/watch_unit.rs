//! Changes about watched numbers as statements.

use ringtrue_domain::{DeliveryId, IdentityId, ProjectId, flow::Environment};
use ringtrue_engine::{
    model::{Attempt, ChangeEvent, Content, Delivery, DeliveryState, FeedFile, Identity, KeyScope, Webhook},
    ports::HookChange,
};

use super::{
    driver::{Driver, Stmt},
    keyring::{KeyError, Keyring},
    text::watch as text,
    unit::scope_values,
    value::Value,
};
use crate::seal::{Kind, Mark, SERVER};

/// Writes an identity over the version `expect`, 0 for none, with the version `version`.
pub(super) async fn put_identity<D: Driver>(
    expect: u64,
    version: u64,
    identity: &Identity,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let key = keys.make(*identity.project.as_bytes(), driver).await?;
    let customer = identity.client_customer_id.as_ref();
    let body = key.seal(Kind::Identity, identity.id.as_bytes(), identity)?;
    let mark = Mark::of(&body)?;
    let mut args = vec![
        identity.id.into(),
        identity.project.into(),
        identity.environment.into(),
        key.hash("number", identity.phone.expose()).into(),
        customer.map(|id| key.hash("customer", id.as_str())).unwrap_or_default().into(),
        identity.created_at.into(),
        identity.verified_at.into(),
        identity.active.into(),
        watch_hash(identity, keys, driver).await?,
        body.into(),
        mark.into(),
    ];
    if expect == 0 {
        return Ok(Stmt::write(text::ADD_IDENTITY, args).once());
    }
    args.extend([expect.into(), version.saturating_sub(expect).into()]);
    Ok(Stmt::write(text::SET_IDENTITY, args).once())
}

/// Brings an identity up to date that a program from before monitoring wrote; `before` is its sealed body as it was read.
pub(super) async fn catch_up<D: Driver>(
    identity: &Identity,
    before: Vec<u8>,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let key = keys.make(*identity.project.as_bytes(), driver).await?;
    let body = key.seal(Kind::Identity, identity.id.as_bytes(), identity)?;
    let mark = Mark::of(&body)?;
    let args = [
        identity.id.into(),
        before.into(),
        watch_hash(identity, keys, driver).await?,
        identity.active.into(),
        body.into(),
        mark.into(),
    ];
    Ok(Stmt::write(text::CATCH_UP, args))
}

/// Leaves an identity as it is from now on; `before` is its body, which cannot be read.
pub(super) fn set_aside(id: IdentityId, before: Vec<u8>) -> Stmt {
    Stmt::write(text::SET_ASIDE, [id.into(), before.into()])
}

/// What a watched production identity is found by when something becomes of its number; null for all others.
pub(super) async fn watch_hash<D: Driver>(
    identity: &Identity,
    keys: &Keyring,
    driver: &D,
) -> Result<Value, KeyError> {
    if identity.environment != Environment::Production || !identity.is_watched() {
        return Ok(Value::Null);
    }
    Ok(keys.make(SERVER, driver).await?.hash(WATCHED, identity.phone.expose()).into())
}

/// The use of the server's key that numbers of watched identities are hashed for.
pub(super) const WATCHED: &str = "watched number";

pub(super) fn remove_identity(scope: KeyScope, id: IdentityId, expect: u64) -> [Stmt; 3] {
    let [project, sandbox] = scope_values(scope);
    let of_it = |sql| Stmt::write(sql, [project.clone(), sandbox.clone(), id.into()]);
    let args = [project.clone(), sandbox.clone(), id.into(), expect.into()];
    [
        Stmt::write(text::REMOVE_IDENTITY, args).once(),
        // Before the events, by which it finds its rows.
        of_it(text::REMOVE_ANSWERS),
        of_it(text::REMOVE_EVENTS),
    ]
}

pub(super) async fn add_event<D: Driver>(
    event: &ChangeEvent,
    keys: &Keyring,
    driver: &D,
) -> Result<[Stmt; 2], KeyError> {
    let key = keys.make(*event.project.as_bytes(), driver).await?;
    let body = key.seal(Kind::Event, event.id.as_bytes(), event)?;
    let (project, sandbox) = (Value::from(event.project), Value::from(event.environment));
    let cursor = [project.clone(), sandbox.clone(), event.at.into()];
    let added = [project, sandbox, event.id.into(), event.identity.into(), event.at.into(), body.into()];
    Ok([Stmt::write(text::NEXT_CURSOR, cursor), Stmt::write(text::ADD_EVENT, added)])
}

pub(super) fn mute_events(scope: KeyScope, identity: IdentityId) -> Stmt {
    let [project, sandbox] = scope_values(scope);
    Stmt::write(text::MUTE_EVENTS, [project, sandbox, identity.into()])
}

pub(super) fn put_feed_file(expect: Option<u64>, file: FeedFile) -> Stmt {
    let mut args = vec![
        file.digest.into(),
        file.source.into(),
        file.begun_at.into(),
        file.done_at.into(),
        file.rows.into(),
        file.rejected.into(),
        file.events.into(),
    ];
    let Some(expect) = expect else { return Stmt::write(text::ADD_FEED_FILE, args).once() };
    args.push(expect.into());
    Stmt::write(text::SET_FEED_FILE, args).once()
}

/// Adds the statements of a change about webhooks and deliveries.
pub(super) async fn hook<D: Driver>(
    change: HookChange,
    keys: &Keyring,
    driver: &D,
    list: &mut Vec<Stmt>,
) -> Result<(), KeyError> {
    let on = |sql, scope: KeyScope, more: &[Value]| {
        Stmt::write(sql, [scope_values(scope).as_slice(), more].concat())
    };
    match change {
        HookChange::Put { expect, moved, webhook } => {
            list.extend(put_webhook(expect, &webhook, keys, driver).await?);
            list.extend(moved.then(|| on(text::FORGIVE_LANE, webhook.scope(), &[])));
        }
        HookChange::Remove { scope, expect } => list.extend([
            on(text::REMOVE_WEBHOOK, scope, &[expect.into()]).once(),
            on(text::CLOSE_LANE, scope, &[]),
            on(text::FAIL_OPEN, scope, &[]),
        ]),
        HookChange::Hold { scope, lease } => {
            list.push(on(text::HOLD_LANE, scope, &[lease.id.into(), lease.until.into()]).once());
        }
        HookChange::Release { scope, lease, seen, due_at } => {
            list.push(on(text::LOCK_LANE, scope, &[lease.into()]).once());
            list.push(on(text::RELEASE_LANE, scope, &[lease.into(), seen.into(), due_at.into()]).once());
        }
        HookChange::Health { scope, health } => {
            let (since, at) = (health.failing_since.into(), health.succeeded_at.into());
            list.push(on(
                text::LANE_HEALTH,
                scope,
                &[since, health.failures.into(), health.warnings.into(), at],
            ));
        }
        HookChange::AddDelivery(delivery) => add_delivery(&delivery, list),
        HookChange::SetDelivery(delivery) => {
            let [due, end, attempts, replayed] = times(&delivery);
            let args = [delivery.id.into(), state_value(delivery.state), due, end, attempts, replayed];
            list.push(on(text::SET_DELIVERY, delivery.scope, &args).once());
        }
        HookChange::AddAttempt { project, attempt } => {
            list.push(add_attempt(project, &attempt, keys, driver).await?);
        }
        HookChange::Replay { scope, ids, now, give_up_at } => {
            list.push(on(text::WAKE_LANE, scope, &[now.into()]));
            let replay =
                |id: DeliveryId| on(text::REPLAY, scope, &[now.into(), give_up_at.into(), id.into()]);
            list.extend(ids.into_iter().map(replay));
        }
    }
    Ok(())
}

async fn put_webhook<D: Driver>(
    expect: u64,
    webhook: &Webhook,
    keys: &Keyring,
    driver: &D,
) -> Result<[Stmt; 2], KeyError> {
    let key = keys.make(*webhook.project.as_bytes(), driver).await?;
    let body = key.seal(Kind::Webhook, &webhook_id(webhook.scope()), webhook)?;
    let [project, sandbox] = scope_values(webhook.scope());
    let opened = [project.clone(), sandbox.clone(), webhook.paused.is_none().into()];
    Ok(if expect == 0 {
        let added = [project, sandbox, body.into()];
        [Stmt::write(text::ADD_WEBHOOK, added).once(), Stmt::write(text::BEGIN_LANE, opened)]
    } else {
        let set = [project, sandbox, body.into(), expect.into()];
        [Stmt::write(text::SET_WEBHOOK, set).once(), Stmt::write(text::OPEN_LANE, opened)]
    })
}

fn add_delivery(delivery: &Delivery, list: &mut Vec<Stmt>) {
    let [project, sandbox] = scope_values(delivery.scope);
    let begin = [project.clone(), sandbox.clone(), delivery.id.into()];
    let rest =
        [&[state_value(delivery.state), delivery.created_at.into()], times(delivery).as_slice()].concat();
    match delivery.content {
        Content::Events { first, last } => {
            let args = [begin.as_slice(), &[first.into(), last.into()], &rest].concat();
            list.push(Stmt::write(text::ADD_DELIVERY, args));
            list.push(Stmt::write(text::PACKED, [project, sandbox, last.into()]));
        }
        Content::Test => list.push(Stmt::write(text::ADD_TEST, [begin.as_slice(), &rest].concat())),
    }
}

/// What changes with every attempt and replay.
fn times(delivery: &Delivery) -> [Value; 4] {
    [
        delivery.due_at.into(),
        delivery.give_up_at.into(),
        delivery.attempts.into(),
        delivery.replayed_at_attempt.into(),
    ]
}

async fn add_attempt<D: Driver>(
    project: ProjectId,
    attempt: &Attempt,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let key = keys.make(*project.as_bytes(), driver).await?;
    let id = attempt_id(attempt.delivery, attempt.number);
    let args = [
        attempt.delivery.into(),
        attempt.number.into(),
        project.into(),
        attempt.at.into(),
        attempt.duration_ms.into(),
        key.seal(Kind::Attempt, &id, &attempt.outcome)?.into(),
    ];
    Ok(Stmt::write(text::ADD_ATTEMPT, args))
}

/// The column's number, which is in the statements too.
pub(super) fn state_value(state: DeliveryState) -> Value {
    Value::Int(match state {
        DeliveryState::Open => 0,
        DeliveryState::Delivered => 1,
        DeliveryState::Failed => 2,
        DeliveryState::Empty => 3,
    })
}

/// What a webhook is sealed for: a project has one in each environment.
pub(super) fn webhook_id(scope: KeyScope) -> Vec<u8> {
    let mut id = scope.project.as_bytes().to_vec();
    id.push(u8::from(scope.environment == Environment::Sandbox));
    id
}

/// What an outcome is sealed for.
pub(super) fn attempt_id(delivery: DeliveryId, number: u32) -> Vec<u8> {
    [delivery.as_bytes().as_slice(), &number.to_be_bytes()].concat()
}
