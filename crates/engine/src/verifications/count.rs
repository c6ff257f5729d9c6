//! Counting verifications by the hour, each once, when its session is over and nothing can happen to it any more.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId,
    flow::{SESSION_SECONDS, Standing},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error,
    model::{Counts, Listing, Tally, TallyHand, TallyKey},
    ports::{Change, CommitError, ListingChange, StoreError, Unit},
};

/// Verifications counted in one unit.
const BITE: usize = 500;

/// Seconds after a session's end until it is counted: clocks of nodes differ a little, and a commit may be under way.
const MARGIN_SECONDS: i64 = 120;

/// The first flow whose session is not over for certain.
fn first_uncertain(now: Timestamp) -> FlowId {
    let past = SignedDuration::from_secs(i64::from(SESSION_SECONDS) + MARGIN_SECONDS);
    FlowId::first_at(now.checked_sub(past).unwrap_or(Timestamp::MIN))
}

impl Engine {
    /// Counts what can be counted, in all environments, until `stop`.
    pub(crate) async fn count_verifications(&self, stop: &CancellationToken) -> Result<(), Error> {
        // Those without a line yet would be passed over for good.
        let unlisted = self.store().first_unlisted().await?;
        for found in self.store().uncounted().await? {
            let now = self.now(found.clock_ahead_micros);
            let certain = first_uncertain(now);
            let until = unlisted.map_or(certain, |first| first.min(certain));
            let mut hand = (found.next < until).then_some(found.hand);
            while let Some(from) = hand.filter(|_| !stop.is_cancelled()) {
                hand = self.count_some(from, until, now).await?;
            }
        }
        Ok(())
    }

    /// Counts one bite; the hand to go on from, if there may be more.
    async fn count_some(
        &self,
        hand: TallyHand,
        until: FlowId,
        now: Timestamp,
    ) -> Result<Option<TallyHand>, Error> {
        let listings = self.store().listings_behind(hand.scope, hand.place, until, BITE).await?;
        let Some(place) = listings.last().map(|last| last.id) else { return Ok(None) };
        let more = listings.len() == BITE;
        let (mut counts, mut settled) = (BTreeMap::<_, Counts>::new(), Vec::new());
        for mut listing in listings {
            if listing.standing == Standing::Open {
                listing = self.settled(listing, now).await?;
                settled.push(Change::List(ListingChange::Conclude(Box::new(listing.clone()))));
            }
            counts.entry(TallyKey::of(&listing)).or_default().count(&listing);
        }
        let tallies = counts.into_iter().map(|(key, counts)| Tally { key, counts }).collect();
        // First: its row lets one node at a time count.
        let mut unit = Unit::new().with(Change::List(ListingChange::Count { hand, place, tallies }));
        unit.changes.extend(settled);
        match self.store().commit(unit).await {
            Ok(()) => Ok(more.then_some(TallyHand { version: hand.version + 1, place, ..hand })),
            // Another node counts here.
            Err(CommitError::Conflict) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// How one ended that nothing was written about: its time ran out, or an older program ended it.
    async fn settled(&self, listing: Listing, now: Timestamp) -> Result<Listing, Error> {
        let flow = match self.store().flow(listing.id).await {
            Ok(flow) => flow,
            // One that cannot be read must not keep the others from being counted.
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(error = &error as &dyn std::error::Error, "counted as timed out");
                None
            }
            Err(other) => return Err(other.into()),
        };
        let ended = flow.map(|stored| Listing::without_country(&stored.flow, now));
        let ended = ended.filter(|ended| ended.standing != Standing::Open);
        let (country, id) = (listing.country.clone(), listing.id);
        let end = id.began_at().checked_add(SignedDuration::from_secs(i64::from(SESSION_SECONDS)));
        let timed_out = || Listing { standing: Standing::TimedOut, concluded_at: end.ok(), ..listing };
        Ok(Listing { country, ..ended.unwrap_or_else(timed_out) })
    }
}
