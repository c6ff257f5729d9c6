//! A command beside the server: two stores on one directory.

use ringtrue_engine::{
    conformance::sample::{
        PRODUCTION, SANDBOX, Sample, digest, enqueue, lease, phone, put, put_identity, put_identity_from,
        put_project, put_project_from, shifted,
    },
    conformance::watching::{put_webhook, wake},
    model::NumberHash,
    ports::{Change, CommitError, PollChange, PollStore as _, Store, WatchStore as _},
};
use ringtrue_store::{ServerLock, SqliteOptions, SqliteStore};

use super::{keys, open, unit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_sees_what_the_other_writes() {
    let dir = tempfile::tempdir().unwrap();
    let (server, command) = (open(dir.path()).await.unwrap(), open(dir.path()).await.unwrap());
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    let token = sample.token(credential.id, "token");
    let id = credential.id;
    let setup =
        [put_project(&sample.project("one")), Change::PutCredential(credential), Change::PutToken(token)];
    command.commit(unit(setup)).await.unwrap();
    let caller = async || server.caller(digest("token"), sample.wall).await.unwrap();
    assert_eq!(caller().await.unwrap().project.name, "one");

    command.commit(unit([put_project_from(1, &sample.project("two"))])).await.unwrap();
    assert_eq!(caller().await.unwrap().project.name, "two");
    let advance = Change::AdvanceClock { project: sample.project, by_micros: 5 };
    command.commit(unit([advance])).await.unwrap();
    assert_eq!(caller().await.unwrap().clock_ahead_micros, 5);
    command.commit(unit([Change::RevokeCredential { id, at: sample.wall }])).await.unwrap();
    assert_eq!(caller().await, None);

    let flow = sample.flow(PRODUCTION);
    server.commit(unit([put(0, &flow)])).await.unwrap();
    command.commit(unit([put(1, &flow)])).await.unwrap();
    let refused = server.commit(unit([put(1, &flow)])).await;
    assert!(matches!(refused, Err(CommitError::Conflict)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn persons_and_messages_of_the_other_are_seen() {
    let dir = tempfile::tempdir().unwrap();
    let (server, command) = (open(dir.path()).await.unwrap(), open(dir.path()).await.unwrap());
    let mut sample = Sample::default();
    let (project, scope) = (sample.project, sample.scope(SANDBOX));
    let person = async || {
        let stored = server.identity(scope, &phone(1), None).await.unwrap();
        stored.map(|stored| stored.identity)
    };
    let messages = async || server.outbox(project, Some(&phone(1)), 9).await.unwrap();
    assert_eq!((person().await, messages().await), (None, vec![]));

    let mut identity = sample.identity(SANDBOX, 1, "");
    let first = sample.outbox_message(1, sample.wall);
    command
        .commit(unit([put_identity(&identity), Change::PutOutbox(Box::new(first.clone()))]))
        .await
        .unwrap();
    assert_eq!((person().await, messages().await), (Some(identity.clone()), vec![first.clone()]));

    identity.verified_at = shifted(sample.wall, 60);
    let second = sample.outbox_message(1, shifted(sample.wall, 1));
    command
        .commit(unit([put_identity_from(1, &identity), Change::PutOutbox(Box::new(second.clone()))]))
        .await
        .unwrap();
    assert_eq!((person().await, messages().await), (Some(identity), vec![second, first]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn their_writes_and_claims_do_not_collide() {
    let dir = tempfile::tempdir().unwrap();
    let mut sample = Sample::default();
    let wall = sample.wall;
    let mut tasks = Vec::new();
    for number in 0..2 {
        let store = open(dir.path()).await.unwrap();
        let jobs: Vec<_> = (0..50).map(|_| sample.job(PRODUCTION, wall)).collect();
        tasks.push(tokio::spawn(async move {
            for job in &jobs {
                store.commit(unit([enqueue(job)])).await.unwrap();
            }
            let mut claimed = Vec::new();
            loop {
                let jobs = store.claim(lease(number, shifted(wall, 60)), wall, 3).await.unwrap();
                if jobs.is_empty() {
                    store.close().await;
                    return claimed;
                }
                claimed.extend(jobs.into_iter().map(|job| job.id));
            }
        }));
    }
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.unwrap());
    }
    claimed.sort_unstable();
    claimed.dedup();
    let left = open(dir.path()).await.unwrap().claim(lease(9, wall), wall, 100).await.unwrap();
    assert_eq!(claimed.len() + left.len(), 100);
}

/// Both make the data key of a project that neither has seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_projects_key_is_the_same_for_both() {
    let dir = tempfile::tempdir().unwrap();
    let (server, command) = (open(dir.path()).await.unwrap(), open(dir.path()).await.unwrap());
    let mut sample = Sample::default();
    for _ in 0..20 {
        sample.other_project();
        let (first, second) = (sample.flow(PRODUCTION), sample.flow(PRODUCTION));
        let (one, two) =
            tokio::join!(server.commit(unit([put(0, &first)])), command.commit(unit([put(0, &second)])));
        one.unwrap();
        two.unwrap();
        assert_eq!(server.flow(second.id()).await.unwrap().unwrap().flow, second);
        assert_eq!(command.flow(first.id()).await.unwrap().unwrap().flow, first);
    }
}

/// A server that was killed holds its leases no longer than until the next one starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_locks_the_directory_waits_for_no_lease() {
    let dir = tempfile::tempdir().unwrap();
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    let hour = lease(1, shifted(wall, 3600));
    let killed = open(dir.path()).await.unwrap();
    let webhook = put_webhook(0, &sample.webhook(PRODUCTION));
    let number = NumberHash::START.further(1);
    let take = Change::Poll(PollChange::Take { source: "http", number, lease: hour, wall });
    let changes = [enqueue(&sample.job(PRODUCTION, wall)), webhook, wake(scope, wall), take];
    killed.commit(unit(changes)).await.unwrap();
    assert_eq!(killed.claim(hour, wall, 9).await.unwrap().len(), 1);
    assert_eq!(killed.claim_lanes(hour, wall, 9).await.unwrap().len(), 1);

    let command = open(dir.path()).await.unwrap();
    let mine = lease(2, shifted(wall, 3600));
    assert_eq!(command.claim(mine, wall, 9).await.unwrap(), []);
    assert_eq!(command.claim_lanes(mine, wall, 9).await.unwrap().len(), 0);
    assert_eq!(command.polls_due("http", wall, 9).await.unwrap(), []);

    let lock = ServerLock::acquire(dir.path()).unwrap();
    let server = SqliteStore::open_locked(&lock, &keys(), SqliteOptions::default()).await.unwrap();
    assert_eq!(server.claim(mine, wall, 9).await.unwrap().len(), 1);
    assert_eq!(server.claim_lanes(mine, wall, 9).await.unwrap().len(), 1);
    assert_eq!(server.polls_due("http", wall, 9).await.unwrap(), [number]);
}
