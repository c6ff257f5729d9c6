//! The changes of a unit.

use ringtrue_domain::{CredentialId, IdentityId, JobId};
use ringtrue_engine::{
    model::{Credential, FeedFile, Identity, Job, KeyScope, Project, Remembered, StoredProject},
    ports::{Change, CommitError, Unit},
};

use super::{
    erasure, hooks, lanes, listings, people, polls,
    state::{Changing, State, is_in, person_key, remembered_key},
};

/// Applies a unit: all of it or nothing.
pub(super) fn commit(state: &mut State, unit: Unit) -> Result<(), CommitError> {
    let mut changing = Changing::new(state);
    for change in unit.changes {
        if let Err(refused) = apply(&mut changing, change) {
            changing.roll_back();
            return Err(found_again(state, refused));
        }
    }
    Ok(())
}

/// Why a change is refused.
pub(super) enum Refused {
    Conflict,
    Remembered(Box<Remembered>, jiff::Timestamp),
}

/// A key that is remembered is answered as it is stored; if only this unit itself remembered it, there is nothing to
/// answer with.
fn found_again(state: &State, refused: Refused) -> CommitError {
    let Refused::Remembered(record, now) = refused else { return CommitError::Conflict };
    match state.remembered.get(&remembered_key(record.scope, record.key)) {
        Some(known) if known.expires_at > now => CommitError::Duplicate(Box::new(known.clone())),
        _ => CommitError::Conflict,
    }
}

fn apply(to: &mut Changing<'_>, change: Change) -> Result<(), Refused> {
    match change {
        Change::PutFlow { expect, flow } => {
            let known = to.state.flows.get(&flow.id());
            if known.map_or(0, |(version, _)| *version) != expect
                || known.is_some_and(|(_, known)| known.project() != flow.project())
            {
                return Err(Refused::Conflict);
            }
            to.set(|state| &mut state.flows, flow.id(), Some((expect + 1, *flow)));
        }
        Change::IndexLink { token, flow } => {
            let key = *token.as_bytes();
            unless(to.state.links.contains_key(&key))?;
            to.set(|state| &mut state.links, key, Some(flow));
        }
        Change::PutIdentity { expect, identity } => put_identity(to, expect, expect + 1, *identity)?,
        Change::RenewIdentity { version, identity } => put_identity(to, version, version, *identity)?,
        Change::RemoveIdentity { scope, id, expect } => remove_identity(to, scope, id, expect)?,
        Change::AddEvent(event) => lanes::add_event(to, *event),
        Change::MuteEvents { scope, identity } => lanes::mute_events(to, scope, identity),
        Change::Hook(change) => hooks::apply(to, change)?,
        Change::Poll(change) => polls::apply(to, &change)?,
        Change::List(change) => listings::apply(to, change)?,
        Change::Erase(erasure) => erasure::apply(to, &erasure),
        Change::People(change) => people::apply(to, change)?,
        Change::PutFeedFile { expect, file } => put_feed_file(to, expect, *file)?,
        Change::Enqueue(job) => {
            unless(to.state.jobs.contains_key(&job.id))?;
            to.set(|state| &mut state.jobs, job.id, Some(*job));
        }
        Change::FinishJob { id, lease } => {
            held(to, id, lease)?;
            to.set(|state| &mut state.jobs, id, None);
        }
        Change::RetryJob { id, lease, due_at } => {
            let job = held(to, id, lease)?;
            to.set(|state| &mut state.jobs, id, Some(Job { due_at, lease: None, ..job }));
        }
        Change::Remember { record, now } => {
            let key = remembered_key(record.scope, record.key);
            if to.state.remembered.get(&key).is_some_and(|known| known.expires_at > now) {
                return Err(Refused::Remembered(record, now));
            }
            to.set(|state| &mut state.remembered, key, Some(*record));
        }
        Change::Answer { scope, key, answer } => {
            let key = remembered_key(scope, key);
            if let Some(known) = to.state.remembered.get(&key) {
                let answered = Remembered { answer: Some(answer), ..known.clone() };
                to.set(|state| &mut state.remembered, key, Some(answered));
            }
        }
        Change::Audit(entry) => {
            let mut history = to.state.audit.get(&entry.flow).cloned().unwrap_or_default();
            let flow = entry.flow;
            history.push(entry);
            to.set(|state| &mut state.audit, flow, Some(history));
        }
        Change::PutOutbox(message) => {
            if !to.state.outbox.contains_key(&message.id) {
                to.set(|state| &mut state.outbox, message.id, Some(*message));
            }
        }
        Change::PutProject { expect, project } => put_project(to, expect, *project)?,
        Change::SetLogo { project, image } => to.set(|state| &mut state.logos, project, image),
        Change::PutCredential(credential) => {
            unless(to.state.credentials.contains_key(&credential.id))?;
            to.set(|state| &mut state.credentials, credential.id, Some(credential));
        }
        Change::NameCredential { id, name, .. } => {
            change_credential(to, id, |known| Some(Credential { name, ..known.clone() }));
        }
        Change::UseCredential { id, at } => change_credential(to, id, |known| {
            (known.used_at < Some(at)).then(|| Credential { used_at: Some(at), ..known.clone() })
        }),
        Change::RevokeCredential { id, at } => change_credential(to, id, |known| {
            known.revoked_at.is_none().then(|| Credential { revoked_at: Some(at), ..known.clone() })
        }),
        Change::PutToken(token) => {
            let key = *token.digest.as_bytes();
            unless(to.state.tokens.contains_key(&key))?;
            to.set(|state| &mut state.tokens, key, Some(token));
        }
        Change::AdvanceClock { project, by_micros } => {
            let ahead = to.state.clocks.get(&project).copied().unwrap_or(0);
            to.set(|state| &mut state.clocks, project, Some(ahead.saturating_add(by_micros.max(0))));
        }
        Change::PutSubscriber(subscriber) => {
            to.set(|state| &mut state.subscribers, subscriber.phone.clone(), Some(*subscriber));
        }
        Change::SetHandset { project, phone, network } => {
            to.set(|state| &mut state.handsets, (project, phone), Some(network));
        }
        Change::PutNode(node) => to.set(|state| &mut state.nodes, node.id, Some(node)),
        Change::RemoveNode(id) => to.set(|state| &mut state.nodes, id, None),
    }
    Ok(())
}

fn put_feed_file(to: &mut Changing<'_>, expect: Option<u64>, file: FeedFile) -> Result<(), Refused> {
    let key = *file.digest.as_bytes();
    unless(to.state.feed_files.get(&key).map(|known| known.rows) != expect)?;
    to.set(|state| &mut state.feed_files, key, Some(file));
    Ok(())
}

fn put_project(to: &mut Changing<'_>, expect: u64, project: Project) -> Result<(), Refused> {
    unless(to.state.projects.get(&project.id).map_or(0, |known| known.version) != expect)?;
    let id = project.id;
    to.set(|state| &mut state.projects, id, Some(StoredProject { version: expect + 1, project }));
    Ok(())
}

/// Changes a credential that is there, if `change` wants it.
fn change_credential(
    to: &mut Changing<'_>,
    id: CredentialId,
    change: impl FnOnce(&Credential) -> Option<Credential>,
) {
    if let Some(changed) = to.state.credentials.get(&id).and_then(change) {
        to.set(|state| &mut state.credentials, id, Some(changed));
    }
}

fn put_identity(to: &mut Changing<'_>, expect: u64, version: u64, identity: Identity) -> Result<(), Refused> {
    let key = person_key(&identity);
    unless(to.state.people.get(&key).is_some_and(|known| *known != identity.id))?;
    let known = to.state.identities.get(&identity.id);
    unless(known.map_or(0, |(version, _)| *version) != expect)?;
    if let Some((_, known)) = known {
        unless(known.project != identity.project || known.environment != identity.environment)?;
        let (old, watched) = (person_key(known), polls::watched(known));
        to.set(|state| &mut state.people, old, None);
        polls::unwatch(to, watched, identity.id);
    }
    to.set(|state| &mut state.people, key, Some(identity.id));
    polls::watch(to, polls::watched(&identity), identity.id);
    to.set(|state| &mut state.identities, identity.id, Some((version, identity)));
    Ok(())
}

fn remove_identity(
    to: &mut Changing<'_>,
    scope: KeyScope,
    id: IdentityId,
    expect: u64,
) -> Result<(), Refused> {
    let known =
        to.state.identities.get(&id).filter(|(version, known)| *version == expect && is_in(known, scope));
    let (_, known) = known.ok_or(Refused::Conflict)?;
    let (person, watched) = (person_key(known), polls::watched(known));
    to.set(|state| &mut state.people, person, None);
    polls::unwatch(to, watched, id);
    to.set(|state| &mut state.identities, id, None);
    lanes::forget(to, scope, id);
    Ok(())
}

/// The job, if this lease is its current one.
fn held(to: &Changing<'_>, id: JobId, lease: [u8; 16]) -> Result<Job, Refused> {
    let job = to.state.jobs.get(&id).ok_or(Refused::Conflict)?;
    unless(job.lease.is_none_or(|current| current.id != lease))?;
    Ok(job.clone())
}

pub(super) fn unless(wrong: bool) -> Result<(), Refused> {
    if wrong { Err(Refused::Conflict) } else { Ok(()) }
}
