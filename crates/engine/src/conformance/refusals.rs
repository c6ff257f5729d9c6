//! Counts of calls that limits refused.

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, put, shifted},
};
use crate::{
    model::{LimitKind, RefusalKey, Refusals, hour_of},
    ports::{Change, ListingChange},
};

pub(super) fn refused(sample: &Sample, hour: i64, refused: u64) -> Refusals {
    let key = RefusalKey { scope: sample.scope(PRODUCTION), hour, kind: LimitKind::Requests };
    Refusals { key, refused }
}

pub(super) fn change(refusals: impl IntoIterator<Item = Refusals>) -> Change {
    Change::List(ListingChange::Refused(refusals.into_iter().collect()))
}

pub async fn refused_calls_add_up(store: Subject) {
    let mut sample = Sample::default();
    let ours = sample.scope(PRODUCTION);
    assert_eq!(store.refusals(ours, 0, 9).await.unwrap(), []);
    commit(&store, [change([refused(&sample, 7, 3), refused(&sample, 5, 1)])]).await;
    commit(&store, [change([refused(&sample, 7, 40)])]).await;
    let in_sandbox = Refusals {
        key: RefusalKey { scope: sample.scope(SANDBOX), ..refused(&sample, 7, 0).key },
        refused: 100,
    };
    commit(&store, [change([in_sandbox])]).await;
    let found = store.refusals(ours, 5, 8).await.unwrap();
    assert_eq!(found, [refused(&sample, 5, 1), refused(&sample, 7, 43)]);
    assert_eq!(store.refusals(ours, 6, 7).await.unwrap(), []);
    assert_eq!(store.refusals(sample.scope(SANDBOX), 0, 9).await.unwrap(), [in_sandbox]);
    sample.other_project();
    assert_eq!(store.refusals(sample.scope(PRODUCTION), 0, 9).await.unwrap(), []);
}

pub async fn refused_calls_of_a_refused_unit_are_not_counted(store: Subject) {
    let mut sample = Sample::default();
    commit(&store, [change([refused(&sample, 7, 3)])]).await;
    let flow = sample.flow(PRODUCTION);
    conflict(&store, [change([refused(&sample, 7, 5)]), put(7, &flow)]).await;
    let found = store.refusals(sample.scope(PRODUCTION), 0, 9).await.unwrap();
    assert_eq!(found, [refused(&sample, 7, 3)]);
}

pub async fn counts_of_refused_calls_go_after_four_hundred_days(store: Subject) {
    let sample = Sample::default();
    let hour = hour_of(sample.wall);
    let day = 86_400;
    commit(&store, [change([refused(&sample, hour, 1), refused(&sample, hour + 1, 2)])]).await;
    assert_eq!(store.purge(shifted(sample.wall, 400 * day - 3600), 10).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(sample.wall, 400 * day), 10).await.unwrap(), 1);
    let left = store.refusals(sample.scope(PRODUCTION), hour, hour + 2).await.unwrap();
    assert_eq!(left, [refused(&sample, hour + 1, 2)]);
}
