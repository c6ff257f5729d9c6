//! Many at once, one winner.

use std::{collections::HashSet, future::Future};

use ringtrue_domain::member::{InvitationState, Role};

use super::{
    Subject, commit,
    people::{close, count_try, invite, put_codes, put_member, take_code, take_link},
    refusals::{change, refused},
    sample::{PRODUCTION, Sample, enqueue, lease, phone, put, put_identity, put_identity_from, shifted},
    unit,
    watching::{add_event, all_events, hold, put_webhook, some_events, wake},
};
use crate::{
    model::Remembered,
    ports::{Change, CommitError, PeopleChange},
};

const RACERS: u8 = 32;

/// Lets all racers go at once; answers what they got.
async fn race<F, T>(racer: impl Fn(u8) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> = (0..RACERS).map(|number| tokio::spawn(racer(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// Lets units race that cannot all be accepted.
async fn commits(store: &Subject, change: impl Fn(u8) -> Vec<Change>) -> Vec<Result<(), CommitError>> {
    race(|number| {
        let (store, unit) = (Subject::clone(store), unit(change(number)));
        async move { store.commit(unit).await }
    })
    .await
}

fn winners(answers: &[Result<(), CommitError>]) -> usize {
    let lost = answers.iter().filter(|answer| matches!(answer, Err(CommitError::Conflict))).count();
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won + lost, answers.len(), "neither won nor met a conflict: {answers:?}");
    won
}

pub async fn one_writer_of_a_version_wins(store: Subject) {
    let flow = Sample::default().flow(PRODUCTION);
    for version in 0..10 {
        let answers = commits(&store, |_| vec![put(version, &flow)]).await;
        assert_eq!(winners(&answers), 1);
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, version + 1);
    }
}

pub async fn one_identity_of_a_person_wins(store: Subject) {
    let mut sample = Sample::default();
    let people: Vec<_> = (0..RACERS).map(|_| sample.identity(PRODUCTION, 1, "c")).collect();
    let answers = commits(&store, |number| vec![put_identity(&people[usize::from(number)])]).await;
    assert_eq!(winners(&answers), 1);
    let winner = &people[answers.iter().position(Result::is_ok).unwrap()];
    let customer = winner.client_customer_id.as_ref();
    let stored = store.identity(sample.scope(PRODUCTION), &phone(1), customer).await.unwrap();
    assert_eq!(stored.map(|stored| stored.identity).as_ref(), Some(winner));
}

pub async fn one_request_under_a_key_wins(store: Subject) {
    let mut sample = Sample::default();
    let records: Vec<Remembered> = (0..RACERS).map(|_| sample.remembered(PRODUCTION, "key")).collect();
    let answers = commits(&store, |number| vec![sample.remember(&records[usize::from(number)])]).await;
    let winner = &records[answers.iter().position(Result::is_ok).unwrap()];
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers {
        match answer {
            Ok(()) => {}
            Err(CommitError::Duplicate(record)) => assert_eq!(&*record, winner),
            Err(other) => panic!("{other:?} instead of a duplicate"),
        }
    }
}

pub async fn claims_never_overlap(store: Subject) {
    let mut sample = Sample::default();
    let (wall, total) = (sample.wall, 200);
    let jobs: Vec<_> = (0..total).map(|_| sample.job(PRODUCTION, wall)).collect();
    commit(&store, jobs.iter().map(enqueue)).await;
    let claimed = race(|number| {
        let store = Subject::clone(&store);
        async move {
            let mut mine = Vec::new();
            loop {
                let jobs = store.claim(lease(number, shifted(wall, 60)), wall, 3).await.unwrap();
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.id));
            }
        }
    })
    .await;
    let claimed: Vec<_> = claimed.into_iter().flatten().collect();
    assert_eq!(claimed.len(), total);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), total);
}

pub async fn a_lease_is_finished_once(store: Subject) {
    let mut sample = Sample::default();
    let job = sample.job(PRODUCTION, sample.wall);
    commit(&store, [enqueue(&job)]).await;
    store.claim(lease(1, shifted(sample.wall, 60)), sample.wall, 1).await.unwrap();
    let answers = commits(&store, |_| vec![Change::FinishJob { id: job.id, lease: [1; 16] }]).await;
    assert_eq!(winners(&answers), 1);
}

pub async fn one_writer_of_an_identity_wins(store: Subject) {
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "c");
    commit(&store, [put_identity(&identity)]).await;
    for version in 1..6 {
        let answers = commits(&store, |_| vec![put_identity_from(version, &identity)]).await;
        assert_eq!(winners(&answers), 1);
    }
}

/// Whoever reads up to a cursor has seen everything before it: that is what a reader who goes on from there relies on.
pub async fn cursors_have_no_gaps_and_appear_in_order(store: Subject) {
    const EACH: usize = 8;
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let identity = sample.identity(PRODUCTION, 1, "c");
    let events: Vec<Vec<_>> =
        (0..RACERS).map(|_| (0..EACH).map(|_| sample.event(&identity)).collect()).collect();
    let total = events.iter().map(Vec::len).sum::<usize>();
    let reader = {
        let store = Subject::clone(&store);
        tokio::spawn(async move {
            let mut seen: Vec<u64> = Vec::new();
            while seen.len() < total {
                let after = seen.last().copied().unwrap_or(0);
                let page = store.events(scope, after, u64::MAX, 1000).await.unwrap();
                seen.extend(page.into_iter().map(|stored| stored.cursor));
                tokio::task::yield_now().await;
            }
            seen
        })
    };
    race(|number| {
        let (store, mine) = (Subject::clone(&store), events[usize::from(number)].clone());
        async move {
            for event in mine {
                store.commit(unit([add_event(&event)])).await.unwrap();
            }
        }
    })
    .await;
    assert_eq!(reader.await.unwrap(), (1..=total as u64).collect::<Vec<_>>());
    let stored = all_events(&store, scope).await;
    // Each writer's events are in the order in which it wrote them.
    for mine in events {
        let order =
            stored.iter().map(|stored| stored.event.id).filter(|id| mine.iter().any(|own| own.id == *id));
        assert_eq!(order.collect::<Vec<_>>(), mine.iter().map(|event| event.id).collect::<Vec<_>>());
    }
}

pub async fn a_lane_has_one_holder(store: Subject) {
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    for round in 0..5 {
        // From the second round on, the last holder's lease has just run out.
        let now = shifted(wall, 60 * round);
        let answers = race(|number| {
            let store = Subject::clone(&store);
            async move { store.claim_lanes(lease(number, shifted(now, 60)), now, 9).await.unwrap().len() }
        })
        .await;
        assert_eq!(answers.iter().sum::<usize>(), 1);
        let holder = answers.iter().position(|count| *count == 1).unwrap();
        let known = store.lane(scope).await.unwrap().unwrap().lease.unwrap();
        assert_eq!(usize::from(known.id[0]), holder);
    }
}

/// Many think that they hold the lane while others add to it: only the holder's units are written.
pub async fn deliveries_are_written_by_the_holder_only(store: Subject) {
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    let until = shifted(wall, 60);
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION)), wake(scope, wall)]).await;
    store.claim_lanes(lease(5, until), wall, 9).await.unwrap();
    let identity = sample.identity(PRODUCTION, 1, "c");
    let events: Vec<_> = (0..RACERS).map(|_| sample.event(&identity)).collect();
    let answers = commits(&store, |number| match number {
        0..16 => vec![hold(scope, lease(number, until)), add_event(&events[usize::from(number)])],
        _ => vec![add_event(&events[usize::from(number)])],
    })
    .await;
    assert_eq!(winners(&answers), 1 + 16);
    assert!(answers[5].is_ok());
    assert_eq!(store.lane(scope).await.unwrap().unwrap().last, 17);
}

/// Links, recovery codes, invitations, and the team's version, which the first owner and the last one hang on.
pub async fn what_works_once_is_taken_by_one(store: Subject) {
    let mut sample = Sample::default();
    let members: Vec<_> =
        (0..RACERS).map(|number| sample.member(&format!("m{number}"), Role::Owner)).collect();
    for version in 0..5 {
        let answers =
            commits(&store, |number| vec![put_member(version, &members[usize::from(number)])]).await;
        assert_eq!(winners(&answers), 1);
    }
    let (ada, link) = (&members[0], sample.sign_in_link(None, "link"));
    let invitation = sample.invitation(ada, "invitation");
    let add = Change::People(PeopleChange::AddLink(link));
    commit(&store, [add, invite(&invitation), put_codes(ada, &["code"])]).await;
    let answers = commits(&store, |_| vec![take_link("link")]).await;
    assert_eq!(winners(&answers), 1);
    let answers = commits(&store, |_| vec![take_code(ada, "code")]).await;
    assert_eq!(winners(&answers), 1);
    let revoked = InvitationState::Revoked { at: sample.wall };
    let answers = commits(&store, |_| vec![close(&invitation, revoked)]).await;
    assert_eq!(winners(&answers), 1);
}

/// Two of all who try are let through.
pub async fn attempts_at_once_are_counted(store: Subject) {
    let wall = Sample::default().wall;
    let answers = commits(&store, |_| vec![count_try("ada", wall)]).await;
    assert_eq!(winners(&answers), 2);
}

/// The sums of many nodes, each in the same rows.
pub async fn refused_calls_of_many_nodes_add_up(store: Subject) {
    let sample = Sample::default();
    let answers = commits(&store, |number| {
        vec![change([refused(&sample, 7, u64::from(number)), refused(&sample, 8, 1)])]
    })
    .await;
    assert_eq!(winners(&answers), usize::from(RACERS));
    let racers = u64::from(RACERS);
    let found = store.refusals(sample.scope(PRODUCTION), 0, 9).await.unwrap();
    assert_eq!(found, [refused(&sample, 7, racers * (racers - 1) / 2), refused(&sample, 8, racers)]);
}
