//! Identities by version, as lists, and by the number that is watched.

use std::collections::BTreeSet;

use ringtrue_domain::{
    IdentityId,
    identity::{EventType, Stream},
};

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, phone, put_identity, put_identity_from, shifted},
    watching::{add_attempt, add_delivery, add_event, all_events, attempt, put_webhook},
};
use crate::{
    model::{Identity, KeyScope},
    ports::Change,
};

async fn ids(
    store: &Subject,
    scope: KeyScope,
    after: Option<IdentityId>,
    limit: usize,
    all: bool,
) -> Vec<IdentityId> {
    let page = store.identities(scope, after, limit, all).await.unwrap();
    page.into_iter().map(|identity| identity.id).collect()
}

async fn watchers(store: &Subject, last: u32) -> Vec<IdentityId> {
    let watchers = store.watchers(&phone(last), None, 100).await.unwrap();
    watchers.into_iter().map(|stored| stored.identity.id).collect()
}

pub async fn a_version_counts_the_writes(store: Subject) {
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "c");
    let scope = sample.scope(PRODUCTION);
    for version in 0..4 {
        conflict(&store, [put_identity_from(version + 1, &identity)]).await;
        commit(&store, [put_identity_from(version, &identity)]).await;
        let stored = store.identity_by_id(scope, identity.id).await.unwrap().unwrap();
        assert_eq!((stored.version, stored.identity), (version + 1, identity.clone()));
    }
    let customer = identity.client_customer_id.as_ref();
    assert_eq!(store.identity(scope, &phone(1), customer).await.unwrap().unwrap().version, 4);
}

pub async fn renewals_do_not_get_into_each_others_way(store: Subject) {
    let mut sample = Sample::default();
    let (mut identity, scope) = (sample.identity(PRODUCTION, 1, "c"), sample.scope(PRODUCTION));
    let renew = |version, identity: &Identity| Change::RenewIdentity {
        version,
        identity: Box::new(identity.clone()),
    };
    conflict(&store, [renew(1, &identity)]).await;
    commit(&store, [put_identity(&identity)]).await;
    for seconds in 1..4 {
        identity.verified_at = shifted(sample.wall, seconds);
        commit(&store, [renew(1, &identity)]).await;
        let stored = store.identity_by_id(scope, identity.id).await.unwrap().unwrap();
        assert_eq!((stored.version, stored.identity), (1, identity.clone()));
    }
    commit(&store, [put_identity_from(1, &identity)]).await;
    conflict(&store, [renew(1, &identity)]).await;
    let customer = identity.client_customer_id.as_ref();
    assert_eq!(store.identity(scope, &phone(1), customer).await.unwrap().unwrap().version, 2);
}

pub async fn an_id_is_found_in_its_environment_only(store: Subject) {
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "c");
    commit(&store, [put_identity(&identity)]).await;
    let scopes =
        [sample.scope(SANDBOX), KeyScope { project: sample.other_project(), environment: PRODUCTION }];
    for scope in scopes {
        assert_eq!(store.identity_by_id(scope, identity.id).await.unwrap(), None);
        let remove = Change::RemoveIdentity { scope, id: identity.id, expect: 1 };
        conflict(&store, [remove]).await;
    }
}

pub async fn a_list_is_paged_by_id(store: Subject) {
    let mut sample = Sample::default();
    let mut people: Vec<_> = (0..7).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    people[3].active = false;
    // Written in another order than their ids'.
    commit(&store, people.iter().rev().map(put_identity)).await;
    commit(&store, [put_identity(&sample.identity(SANDBOX, 1, "c"))]).await;
    let scope = sample.scope(PRODUCTION);
    let all: Vec<_> =
        people.iter().map(|identity| identity.id).collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(ids(&store, scope, None, 100, true).await, all);
    assert_eq!(ids(&store, scope, None, 3, true).await, all[..3]);
    assert_eq!(ids(&store, scope, Some(all[2]), 3, true).await, all[3..6]);
    assert_eq!(ids(&store, scope, Some(all[6]), 3, true).await, []);
    assert_eq!(ids(&store, scope, None, 0, true).await, []);
    let active: Vec<_> = all.iter().copied().filter(|id| *id != people[3].id).collect();
    assert_eq!(ids(&store, scope, None, 100, false).await, active);
    sample.other_project();
    assert_eq!(ids(&store, sample.scope(PRODUCTION), None, 100, true).await, []);
}

/// Whoever is there all the time is listed exactly once.
pub async fn a_list_stays_right_while_rows_come_and_go(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let people: Vec<_> = (0..40).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    commit(&store, people.iter().map(put_identity)).await;
    let mut seen = Vec::new();
    let mut removed = BTreeSet::new();
    loop {
        let page = ids(&store, scope, seen.last().copied(), 3, true).await;
        let Some(last) = page.last().copied() else { break };
        seen.extend(page);
        // The row that the page ended with goes, one ahead goes, new ones come.
        let ahead = people.iter().find(|identity| identity.id > last && !removed.contains(&identity.id));
        for id in [Some(last), ahead.map(|identity| identity.id)].into_iter().flatten() {
            commit(&store, [Change::RemoveIdentity { scope, id, expect: 1 }]).await;
            removed.insert(id);
        }
        let number = 1000 + u32::try_from(seen.len()).unwrap();
        if number < 1040 {
            commit(&store, [put_identity(&sample.identity(PRODUCTION, number, "c"))]).await;
        }
    }
    assert!(seen.is_sorted_by(|one, next| one < next), "each at most once, in order");
    let stayed = people.iter().filter(|identity| !removed.contains(&identity.id));
    for identity in stayed {
        assert!(seen.contains(&identity.id), "one that was there all the time is missing");
    }
}

pub async fn the_identities_of_a_number_are_listed(store: Subject) {
    let mut sample = Sample::default();
    let mut people: Vec<_> =
        ["a", "b", "", "c"].iter().map(|id| sample.identity(PRODUCTION, 1, id)).collect();
    people[1].active = false;
    let others = [sample.identity(PRODUCTION, 2, "a"), sample.identity(SANDBOX, 1, "a")];
    commit(&store, people.iter().chain(&others).map(put_identity)).await;
    people.sort_by_key(|identity| identity.id);
    let scope = sample.scope(PRODUCTION);
    assert_eq!(store.identities_of(scope, &phone(1), 100).await.unwrap(), people);
    assert_eq!(store.identities_of(scope, &phone(1), 2).await.unwrap(), people[..2]);
    assert_eq!(store.identities_of(scope, &phone(3), 100).await.unwrap(), []);
    sample.other_project();
    assert_eq!(store.identities_of(sample.scope(PRODUCTION), &phone(1), 100).await.unwrap(), []);
}

pub async fn a_number_is_watched_over_all_projects(store: Subject) {
    let mut sample = Sample::default();
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(sample.identity(PRODUCTION, 1, "c"));
        people.push(sample.identity(PRODUCTION, 1, "d"));
        let others = [sample.identity(PRODUCTION, 2, "c"), sample.identity(SANDBOX, 1, "c")];
        commit(&store, others.iter().map(put_identity)).await;
        sample.other_project();
    }
    commit(&store, people.iter().map(put_identity)).await;
    people.sort_by_key(|identity| identity.id);
    let found = store.watchers(&phone(1), None, 100).await.unwrap();
    assert!(found.iter().all(|stored| stored.version == 1));
    assert_eq!(found.into_iter().map(|stored| stored.identity).collect::<Vec<_>>(), people);
    assert_eq!(watchers(&store, 9).await, []);
    // Page by page too.
    for limit in [1, 4, 6, 7] {
        let (mut paged, mut last) = (Vec::new(), None);
        loop {
            let page = store.watchers(&phone(1), last, limit).await.unwrap();
            let Some(end) = page.last() else { break };
            assert!(page.len() <= limit);
            last = Some(end.identity.id);
            paged.extend(page.into_iter().map(|stored| stored.identity));
        }
        assert_eq!(paged, people);
    }
}

pub async fn who_hears_nothing_does_not_watch(store: Subject) {
    let mut sample = Sample::default();
    let mut identity = sample.identity(PRODUCTION, 1, "c");
    let by = EventType::Disconnect;
    let ended = Stream::Ended { by, at: sample.wall };
    let mut version = 0;
    let mut write = async |identity: &Identity| {
        commit(&store, [put_identity_from(version, identity)]).await;
        version += 1;
        watchers(&store, 1).await
    };
    assert_eq!(write(&identity).await, [identity.id]);
    identity.active = false;
    assert_eq!(write(&identity).await, []);
    identity.active = true;
    identity.stream = ended;
    assert_eq!(write(&identity).await, []);
    identity.stream = Stream::Open;
    assert_eq!(write(&identity).await, [identity.id]);
    identity.phone = phone(2);
    assert_eq!(write(&identity).await, []);
    assert_eq!(watchers(&store, 2).await, [identity.id]);
    let scope = sample.scope(PRODUCTION);
    commit(&store, [Change::RemoveIdentity { scope, id: identity.id, expect: 5 }]).await;
    assert_eq!(watchers(&store, 2).await, []);
}

pub async fn a_removed_identity_is_gone_and_may_come_back(store: Subject) {
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "c");
    let scope = sample.scope(PRODUCTION);
    let remove = |expect| Change::RemoveIdentity { scope, id: identity.id, expect };
    conflict(&store, [remove(1)]).await;
    commit(&store, [put_identity(&identity)]).await;
    conflict(&store, [remove(2)]).await;
    commit(&store, [remove(1)]).await;
    conflict(&store, [remove(1)]).await;
    conflict(&store, [put_identity_from(1, &identity)]).await;
    assert_eq!(store.identity_by_id(scope, identity.id).await.unwrap(), None);
    assert_eq!(store.identities_of(scope, &phone(1), 9).await.unwrap(), []);
    // The person is free for another identity.
    commit(&store, [put_identity(&sample.identity(PRODUCTION, 1, "c"))]).await;
}

/// Its events go, and what endpoints answered to them; those of others stay.
pub async fn a_removed_identity_takes_its_events_and_answers(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let (gone, stays) = (sample.identity(PRODUCTION, 1, "c"), sample.identity(PRODUCTION, 2, "c"));
    commit(&store, [put_identity(&gone), put_identity(&stays), put_webhook(0, &sample.webhook(PRODUCTION))])
        .await;
    // Cursors 1 to 6; those of `gone` are 1, 2 and 6.
    for of in [&gone, &gone, &stays, &stays, &stays, &gone] {
        commit(&store, [add_event(&sample.event(of))]).await;
    }
    let deliveries = [(1, 1), (2, 3), (4, 5)].map(|(first, last)| sample.delivery(PRODUCTION, first, last));
    let test = sample.test_delivery(PRODUCTION);
    for delivery in deliveries.iter().chain([&test]) {
        let attempts = [1, 2].map(|number| add_attempt(delivery, &attempt(delivery, number)));
        commit(&store, std::iter::once(add_delivery(delivery)).chain(attempts)).await;
    }
    commit(&store, [Change::RemoveIdentity { scope, id: gone.id, expect: 1 }]).await;
    let left: Vec<_> = all_events(&store, scope).await;
    assert_eq!(left.iter().map(|stored| stored.cursor).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(left.iter().all(|stored| stored.event.identity == stays.id));
    let mut answers = Vec::new();
    for delivery in deliveries.iter().chain([&test]) {
        assert!(store.delivery(scope, delivery.id).await.unwrap().is_some());
        answers.push(store.attempts(scope, delivery.id).await.unwrap().len());
    }
    assert_eq!(answers, [0, 0, 2, 2], "the first two had events of the one that is gone");
}
