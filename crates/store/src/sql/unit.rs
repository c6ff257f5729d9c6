//! A unit as statements.

use std::sync::Arc;

use ringtrue_domain::{
    CredentialId, PhoneNumber, ProjectId,
    flow::{Environment, Flow},
    secret::Digest,
    text::Label,
};
use ringtrue_engine::{
    model::{Credential, Job, KeyScope, OutboxMessage, Remembered, StoredIdentity, Subscriber},
    ports::{Change, Unit},
};

use super::{
    driver::{Driver, Stmt},
    erasure_unit,
    keyring::{KeyError, Keyring},
    listing_unit, people_unit, polls,
    recent::Learnt,
    text,
    value::Value,
    watch_unit,
};
use crate::seal::{Kind, Mark, SERVER};

/// A unit ready for the driver.
pub(super) struct Statements {
    pub(super) list: Vec<Stmt>,
    /// Statements whose refusal means that an idempotency key is known, and which.
    pub(super) remembers: Vec<(usize, Asked)>,
    /// What memory learns from the unit.
    pub(super) learnt: Vec<Learnt>,
}

/// An idempotency key and the instant at which it was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) scope: KeyScope,
    pub(super) key: Digest,
    pub(super) at: jiff::Timestamp,
}

/// Turns a unit into statements: seals bodies, hashes numbers.
pub(super) async fn statements<D: Driver>(
    unit: Unit,
    keys: &Keyring,
    driver: &D,
) -> Result<Statements, KeyError> {
    let mut list = Vec::with_capacity(unit.changes.len());
    let mut remembers = Vec::new();
    let mut learnt = Vec::new();
    for change in unit.changes {
        if let Change::Remember { record, now } = &change {
            remembers.push((list.len(), Asked { scope: record.scope, key: record.key, at: *now }));
        }
        if let Change::PutProject { .. }
        | Change::RevokeCredential { .. }
        | Change::AdvanceClock { .. }
        | Change::SetHandset { .. } = &change
        {
            learnt.push(Learnt::Settings);
        }
        add(change, keys, driver, &mut list, &mut learnt).await?;
    }
    Ok(Statements { list, remembers, learnt })
}

/// Adds the statements of a change, and what memory learns from it.
async fn add<D: Driver>(
    change: Change,
    keys: &Keyring,
    driver: &D,
    list: &mut Vec<Stmt>,
    learnt: &mut Vec<Learnt>,
) -> Result<(), KeyError> {
    let statement = match change {
        Change::PutFlow { expect, flow } => {
            let flow = Arc::<Flow>::from(flow);
            let (statement, mark) = put_flow(expect, &flow, keys, driver).await?;
            learnt.push(Learnt::Flow { version: expect + 1, mark, flow });
            statement
        }
        Change::IndexLink { token, flow } => Stmt::write(text::ADD_LINK, [token.into(), flow.into()]),
        Change::PutIdentity { expect, identity } => {
            let version = expect + 1;
            let statement = watch_unit::put_identity(expect, version, &identity, keys, driver).await?;
            learnt.push(Learnt::Identity(Box::new(StoredIdentity { version, identity: *identity })));
            statement
        }
        Change::RenewIdentity { version, identity } => {
            let statement = watch_unit::put_identity(version, version, &identity, keys, driver).await?;
            learnt.push(Learnt::Identity(Box::new(StoredIdentity { version, identity: *identity })));
            statement
        }
        Change::RemoveIdentity { scope, id, expect } => {
            list.extend(watch_unit::remove_identity(scope, id, expect));
            learnt.push(Learnt::IdentityRemoved);
            return Ok(());
        }
        Change::AddEvent(event) => {
            list.extend(watch_unit::add_event(&event, keys, driver).await?);
            return Ok(());
        }
        Change::MuteEvents { scope, identity } => watch_unit::mute_events(scope, identity),
        Change::Hook(change) => return watch_unit::hook(change, keys, driver, list).await,
        Change::Poll(change) => {
            polls::statements(&change, list);
            return Ok(());
        }
        Change::List(change) => return listing_unit::statements(change, keys, driver, list).await,
        Change::Erase(erasure) => {
            learnt.push(Learnt::Purged);
            return erasure_unit::statements(erasure, keys, driver, list).await;
        }
        Change::People(change) => return people_unit::statements(change, keys, driver, list).await,
        Change::PutFeedFile { expect, file } => watch_unit::put_feed_file(expect, *file),
        Change::Enqueue(job) => enqueue(&job, keys, driver).await?,
        Change::FinishJob { id, lease } => Stmt::write(text::FINISH_JOB, [id.into(), lease.into()]).once(),
        Change::RetryJob { id, lease, due_at } => {
            Stmt::write(text::RETRY_JOB, [id.into(), lease.into(), due_at.into()]).once()
        }
        Change::Remember { record, now } => remember(&record, now, keys, driver).await?,
        Change::Answer { scope, key, answer } => {
            let [project, sandbox] = scope_values(scope);
            let sealed = seal_answer(scope, key, Some(&answer), keys, driver).await?;
            Stmt::write(text::ANSWER, [project, sandbox, key.into(), sealed])
        }
        Change::Audit(entry) => {
            let events = serde_json::to_string(&entry.events).map_err(KeyError::json)?;
            let args = [entry.flow.into(), entry.project.into(), entry.at.into(), events.into()];
            Stmt::write(text::ADD_AUDIT, args)
        }
        Change::PutOutbox(message) => {
            let statement = put_outbox(&message, keys, driver).await?;
            learnt.push(Learnt::Message(message));
            statement
        }
        Change::PutProject { expect, project } => {
            let key = keys.make(*project.id.as_bytes(), driver).await?;
            let body = key.seal(Kind::Project, project.id.as_bytes(), &*project)?.into();
            let (id, created_at) = (project.id.into(), project.created_at.into());
            match expect {
                0 => Stmt::write(text::ADD_PROJECT, [id, created_at, body]).once(),
                _ => Stmt::write(text::SET_PROJECT, [id, expect.into(), body]).once(),
            }
        }
        Change::SetLogo { project, image } => set_logo(project, image),
        Change::PutCredential(credential) => put_credential(&credential, keys, driver).await?,
        Change::NameCredential { project, id, name } => {
            let name = seal_name(project, id, name.as_ref(), keys, driver).await?;
            Stmt::write(text::NAME_CREDENTIAL, [id.into(), name])
        }
        Change::UseCredential { id, at } => Stmt::write(text::USE_CREDENTIAL, [id.into(), at.into()]),
        Change::RevokeCredential { id, at } => Stmt::write(text::REVOKE_CREDENTIAL, [id.into(), at.into()]),
        Change::PutToken(token) => {
            let args = [token.digest.into(), token.credential.into(), token.expires_at.into()];
            Stmt::write(text::ADD_TOKEN, args)
        }
        // Only forward: the statements rely on no clock being behind the wall.
        Change::AdvanceClock { project, by_micros } => {
            Stmt::write(text::ADVANCE_CLOCK, [project.into(), by_micros.max(0).into()])
        }
        Change::PutSubscriber(subscriber) => put_subscriber(&subscriber, keys, driver).await?,
        Change::SetHandset { project, phone, network } => {
            set_handset(project, &phone, network, keys, driver).await?
        }
        Change::PutNode(node) => {
            Stmt::write(text::PUT_NODE, [node.id.into(), node.seen_at.into(), i64::from(node.share).into()])
        }
        Change::RemoveNode(id) => Stmt::write(text::REMOVE_NODE, [id.into()]),
    };
    list.push(statement);
    Ok(())
}

fn set_logo(project: ProjectId, image: Option<Vec<u8>>) -> Stmt {
    match image {
        Some(image) => Stmt::write(text::PUT_LOGO, [project.into(), image.into()]),
        None => Stmt::write(text::REMOVE_LOGO, [project.into()]),
    }
}

async fn set_handset<D: Driver>(
    project: ProjectId,
    phone: &PhoneNumber,
    network: bool,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let hash = keys.make(*project.as_bytes(), driver).await?.hash("number", phone.expose());
    Ok(Stmt::write(text::SET_HANDSET, [project.into(), hash.into(), network.into()]))
}

async fn put_credential<D: Driver>(
    credential: &Credential,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let name = seal_name(credential.project, credential.id, credential.name.as_ref(), keys, driver).await?;
    Ok(Stmt::write(
        text::ADD_CREDENTIAL,
        [
            credential.id.into(),
            credential.project.into(),
            credential.environment.into(),
            credential.secret.into(),
            credential.created_at.into(),
            credential.revoked_at.into(),
            credential.used_at.into(),
            name,
        ],
    ))
}

async fn seal_name<D: Driver>(
    project: ProjectId,
    id: CredentialId,
    name: Option<&Label>,
    keys: &Keyring,
    driver: &D,
) -> Result<Value, KeyError> {
    let Some(name) = name else { return Ok(Value::Null) };
    let key = keys.make(*project.as_bytes(), driver).await?;
    Ok(key.seal(Kind::Credential, id.as_bytes(), name)?.into())
}

async fn put_subscriber<D: Driver>(
    subscriber: &Subscriber,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let key = keys.make(SERVER, driver).await?;
    let hash = key.hash("number", subscriber.phone.expose());
    let body = key.seal(Kind::Subscriber, &hash, subscriber)?;
    Ok(Stmt::write(text::PUT_SUBSCRIBER, [hash.into(), body.into()]))
}

/// The statement, and the mark of the body that it writes.
async fn put_flow<D: Driver>(
    expect: u64,
    flow: &Flow,
    keys: &Keyring,
    driver: &D,
) -> Result<(Stmt, Mark), KeyError> {
    let key = keys.make(*flow.project().as_bytes(), driver).await?;
    let body = key.seal(Kind::Flow, flow.id().as_bytes(), flow)?;
    let mark = Mark::of(&body)?;
    let body = body.into();
    let (id, project) = (flow.id().into(), flow.project().into());
    let statement = if expect == 0 {
        let sandbox = flow.terms().environment.into();
        Stmt::write(text::ADD_FLOW, [id, project, sandbox, flow.purge_after().into(), body]).once()
    } else {
        Stmt::write(text::SET_FLOW, [id, project, expect.into(), body]).once()
    };
    Ok((statement, mark))
}

async fn enqueue<D: Driver>(job: &Job, keys: &Keyring, driver: &D) -> Result<Stmt, KeyError> {
    let key = keys.make(*job.project.as_bytes(), driver).await?;
    Ok(Stmt::write(
        text::ADD_JOB,
        [
            job.id.into(),
            job.project.into(),
            job.environment.into(),
            job.due_at.into(),
            i64::from(job.attempts).into(),
            job.lease.map(|lease| lease.id).into(),
            job.lease.map(|lease| lease.until).into(),
            key.seal(Kind::Job, job.id.as_bytes(), &job.task)?.into(),
        ],
    ))
}

async fn remember<D: Driver>(
    record: &Remembered,
    now: jiff::Timestamp,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let [project, sandbox] = scope_values(record.scope);
    let answer = seal_answer(record.scope, record.key, record.answer.as_deref(), keys, driver).await?;
    let (key, request, flow) = (record.key.into(), record.request.into(), record.flow.into());
    let args = [project, sandbox, key, request, flow, answer, record.expires_at.into(), now.into()];
    Ok(Stmt::write(text::REMEMBER, args).once())
}

async fn seal_answer<D: Driver>(
    scope: KeyScope,
    key: Digest,
    answer: Option<&str>,
    keys: &Keyring,
    driver: &D,
) -> Result<Value, KeyError> {
    let Some(answer) = answer else { return Ok(Value::Null) };
    let data_key = keys.make(*scope.project.as_bytes(), driver).await?;
    Ok(data_key.seal(Kind::Answer, &answer_id(scope, key), &answer)?.into())
}

async fn put_outbox<D: Driver>(
    message: &OutboxMessage,
    keys: &Keyring,
    driver: &D,
) -> Result<Stmt, KeyError> {
    let key = keys.make(*message.project.as_bytes(), driver).await?;
    let hash = key.hash("number", message.to.expose());
    let body = key.seal(Kind::Outbox, message.id.as_bytes(), message)?;
    let args = [message.id.into(), message.project.into(), hash.into(), message.sent_at.into(), body.into()];
    Ok(Stmt::write(text::ADD_OUTBOX, args))
}

/// What an answer is sealed for: the same key may be known in both environments.
pub(super) fn answer_id(scope: KeyScope, key: Digest) -> Vec<u8> {
    let mut id = key.as_bytes().to_vec();
    id.push(u8::from(scope.environment == Environment::Sandbox));
    id
}

/// Project and environment as columns.
pub(super) fn scope_values(scope: KeyScope) -> [Value; 2] {
    [scope.project.into(), scope.environment.into()]
}
