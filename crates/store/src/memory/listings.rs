//! Lists and counts of verifications.

use std::{collections::BTreeSet, ops::Bound};

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{FlowId, PhoneNumber, flow::Environment};
use ringtrue_engine::{
    model::{
        Counts, Find, KeyScope, Listing, ListingPage, ListingQuery, Refusals, Subjects, Tally, TallyHand,
        TallyKey, Uncounted,
    },
    ports::{CommitError, ListingChange, ListingStore, StoreError},
};

use super::{
    MemoryStore,
    commit::{Refused, unless},
    state::{Changing, State},
};

/// Before every flow.
const FIRST: FlowId = FlowId::from_bytes([0; 16]);

#[async_trait]
impl ListingStore for MemoryStore {
    async fn listings(&self, scope: KeyScope, query: &ListingQuery) -> Result<ListingPage, StoreError> {
        let inner = self.readable()?;
        let places = (query.from < query.before).then_some((scope, query.from)..(scope, query.before));
        let all = places.into_iter().flat_map(|places| inner.state.listings.range(places).rev());
        let looked: Vec<_> = all
            .map(|(_, row)| row)
            .filter(|(_, subjects)| query.find.as_ref().is_none_or(|find| is_about(subjects, find)))
            .take(query.look)
            .collect();
        let limit = query.limit.min(query.look);
        let wanted = looked.iter().map(|(listing, _)| listing).filter(|listing| query.wants(listing));
        let listings: Vec<_> = wanted.take(limit).cloned().collect();
        let last = if listings.len() >= limit {
            listings.last()
        } else {
            looked.last().filter(|_| looked.len() >= query.look).map(|(listing, _)| listing)
        };
        let next = last.map(|last| last.id);
        Ok(ListingPage { listings, next })
    }

    async fn listings_behind(
        &self,
        scope: KeyScope,
        place: FlowId,
        until: FlowId,
        limit: usize,
    ) -> Result<Vec<Listing>, StoreError> {
        let inner = self.readable()?;
        let places = (Bound::Excluded((scope, place)), Bound::Excluded((scope, until)));
        let found = (place < until).then(|| inner.state.listings.range(places));
        Ok(found.into_iter().flatten().map(|(_, (listing, _))| listing.clone()).take(limit).collect())
    }

    async fn recent_of_number(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        from: FlowId,
        but: Option<FlowId>,
        limit: usize,
    ) -> Result<Vec<FlowId>, StoreError> {
        let state = &self.readable()?.state;
        let present = state.listings.iter().filter(|(_, (_, subjects))| subjects.phone == *phone);
        let present = present.map(|((of, flow), _)| (*of, *flow));
        let former = state.former_numbers.iter().filter(|(_, numbers)| numbers.contains(phone));
        let all = present.chain(former.map(|(key, _)| *key));
        let wanted = all.filter(|(of, flow)| *of == scope && *flow >= from && Some(*flow) != but);
        let wanted: BTreeSet<_> = wanted.map(|(_, flow)| flow).collect();
        Ok(wanted.into_iter().rev().take(limit).collect())
    }

    async fn uncounted(&self) -> Result<Vec<Uncounted>, StoreError> {
        let state = &self.readable()?.state;
        let scopes = state.projects.keys().flat_map(|project| {
            [Environment::Production, Environment::Sandbox]
                .map(|environment| KeyScope { project: *project, environment })
        });
        let next = |scope: KeyScope| {
            let hand = hand(state, scope);
            let behind = (Bound::Excluded((scope, hand.place)), Bound::Unbounded);
            let ((of, next), _) = state.listings.range(behind).next()?;
            let clock_ahead_micros = state.ahead(scope.project, scope.environment);
            (*of == scope).then_some(Uncounted { hand, next: *next, clock_ahead_micros })
        };
        Ok(scopes.filter_map(next).collect())
    }

    async fn tally_hand(&self, scope: KeyScope) -> Result<TallyHand, StoreError> {
        Ok(hand(&self.readable()?.state, scope))
    }

    async fn tallies(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Tally>, StoreError> {
        let inner = self.readable()?;
        let of_hours = |((of, key), counts): (&(KeyScope, TallyKey), &Counts)| {
            let wanted = *of == scope && (from..until).contains(&key.hour);
            wanted.then(|| Tally { key: key.clone(), counts: *counts })
        };
        Ok(inner.state.tallies.iter().filter_map(of_hours).collect())
    }

    /// All that wrote here knew lists.
    async fn first_unlisted(&self) -> Result<Option<FlowId>, StoreError> {
        Ok(None)
    }

    async fn list_some(&self, _: usize, _: Timestamp) -> Result<u64, CommitError> {
        Ok(0)
    }

    async fn refusals(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Refusals>, StoreError> {
        let inner = self.readable()?;
        let wanted =
            inner.state.refusals.iter().map(|(key, refused)| Refusals { key: *key, refused: *refused });
        let wanted = wanted.filter(|found| found.key.scope == scope);
        Ok(wanted.filter(|found| (from..until).contains(&found.key.hour)).collect())
    }
}

pub(super) fn apply(to: &mut Changing<'_>, change: ListingChange) -> Result<(), Refused> {
    match change {
        ListingChange::Add { listing, subjects } => {
            let key = (listing.scope, listing.id);
            if !to.state.listings.contains_key(&key) {
                to.set(|state| &mut state.listings, key, Some((*listing, *subjects)));
            }
        }
        ListingChange::Renumber { scope, flow, phone } => {
            if let Some((listing, subjects)) = to.state.listings.get(&(scope, flow)).cloned() {
                let mut former = to.state.former_numbers.get(&(scope, flow)).cloned().unwrap_or_default();
                former.insert(subjects.phone.clone());
                to.set(|state| &mut state.former_numbers, (scope, flow), Some(former));
                let listing = Listing { country: phone.country(), ..listing };
                let subjects = Subjects { phone, ..subjects };
                to.set(|state| &mut state.listings, (scope, flow), Some((listing, subjects)));
            }
        }
        ListingChange::Conclude(ended) => {
            let key = (ended.scope, ended.id);
            if let Some((listing, subjects)) = to.state.listings.get(&key).cloned() {
                let listing = Listing { method: listing.method, country: listing.country, ..*ended };
                to.set(|state| &mut state.listings, key, Some((listing, subjects)));
            }
        }
        ListingChange::Count { hand: read, place, tallies } => {
            let known = hand(to.state, read.scope);
            unless(known.version != read.version)?;
            let moved = TallyHand { version: known.version + 1, place, ..known };
            to.set(|state| &mut state.tally_hands, read.scope, Some(moved));
            for Tally { key, counts } in tallies {
                let key = (read.scope, key);
                let mut sum = to.state.tallies.get(&key).copied().unwrap_or_default();
                sum.add(&counts);
                to.set(|state| &mut state.tallies, key, Some(sum));
            }
        }
        ListingChange::Refused(refusals) => {
            for Refusals { key, refused } in refusals {
                let sum = to.state.refusals.get(&key).copied().unwrap_or_default() + refused;
                to.set(|state| &mut state.refusals, key, Some(sum));
            }
        }
    }
    Ok(())
}

fn hand(state: &State, scope: KeyScope) -> TallyHand {
    state.tally_hands.get(&scope).copied().unwrap_or(TallyHand { scope, version: 0, place: FIRST })
}

fn is_about(subjects: &Subjects, find: &Find) -> bool {
    match find {
        Find::Number(phone) => *phone == subjects.phone,
        Find::Customer(id) => Some(id) == subjects.client_customer_id.as_ref(),
        Find::Request(id) => Some(id) == subjects.client_request_id.as_ref(),
    }
}
