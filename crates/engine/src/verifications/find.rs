//! Finding verifications.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId, PhoneNumber,
    flow::{PossessionType, SESSION_SECONDS, Standing},
    text::CallerText,
};

use crate::{
    Engine, Error,
    model::{Find, KeyScope, Listing, ListingQuery, StoredFlow, Subjects},
    ports::StoreError,
};

/// Verifications of one page at most.
pub const MAX_FOUND: usize = 100;
/// Ids of one page at most.
pub const MAX_IDS: usize = 1000;

/// Lines looked at for one page. A rare outcome may need several pages, each in bounded time.
const LOOK: usize = 10_000;

/// Before every flow.
const FIRST: FlowId = FlowId::from_bytes([0; 16]);
/// After every flow.
const LAST: FlowId = FlowId::from_bytes([0xff; 16]);

/// Which verifications are wanted. What is absent does not matter; the rest must all hold.
#[derive(Debug, Clone, Default)]
pub struct VerificationQuery {
    /// The number, whole, as somebody may write it.
    pub number: Option<String>,
    /// The caller's id of the person.
    pub client_customer_id: Option<String>,
    /// The caller's id of the request.
    pub client_request_id: Option<String>,
    /// The verification's own id.
    pub correlation_id: Option<FlowId>,
    /// The earliest beginning, on the project's clock.
    pub from: Option<Timestamp>,
    /// The first instant behind the latest beginning.
    pub until: Option<Timestamp>,
    /// How they may stand; empty: anyhow.
    pub standings: Vec<Standing>,
    /// How possession was to be proven.
    pub method: Option<PossessionType>,
    /// Where the page before ended.
    pub after: Option<FlowId>,
    /// How many at most, 1 to [`MAX_FOUND`], or [`MAX_IDS`] of ids alone.
    pub limit: usize,
}

/// One verification in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationLine {
    /// What it is and how it stands now.
    pub listing: Listing,
    /// When it began.
    pub began_at: Timestamp,
    /// The number: masked in production, a persona's whole.
    pub number: String,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// The caller's id of the request.
    pub client_request_id: Option<CallerText>,
}

/// Some verifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationPage {
    /// Newest first.
    pub lines: Vec<VerificationLine>,
    /// Where to go on; none: there are no more. A page may have one and be empty: what was looked at so far was not
    /// wanted. The id tells up to when it was looked.
    pub next: Option<FlowId>,
}

impl Engine {
    /// Verifications of an environment, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `number`, `clientCustomerId` or `clientRequestId` when there can be no such thing.
    pub async fn find_verifications(
        &self,
        scope: KeyScope,
        query: &VerificationQuery,
    ) -> Result<VerificationPage, Error> {
        let now = self.now_in(scope).await?;
        let wanted = Wanted::of(query)?;
        let mut listed = listed(query, &wanted, now, MAX_FOUND);
        let (ids, next) = if let Some(id) = query.correlation_id {
            (vec![id], None)
        } else {
            let page = self.store().listings(scope, &listed).await?;
            (page.listings.iter().map(|listing| listing.id).collect(), page.next)
        };
        let lines = try_join_all(ids.into_iter().map(|id| self.line(scope, id, now))).await?;
        // The list may be a little behind the flows: one may just have run out.
        listed.open_from = FIRST;
        let wanted = |(line, subjects): &(VerificationLine, Subjects)| {
            let within = (listed.from..listed.before).contains(&line.listing.id);
            within && listed.wants(&line.listing) && wanted.is(subjects)
        };
        let lines = lines.into_iter().flatten().filter(wanted).map(|(line, _)| line).collect();
        Ok(VerificationPage { lines, next })
    }

    /// The ids of those that [`Engine::find_verifications`] finds, newest first, and where to go on; 1 to [`MAX_IDS`]. No
    /// verification is read for it, so this is as far as the list knows, which may be a little behind.
    ///
    /// # Errors
    ///
    /// As [`Engine::find_verifications`].
    pub async fn verification_ids(
        &self,
        scope: KeyScope,
        query: &VerificationQuery,
    ) -> Result<(Vec<FlowId>, Option<FlowId>), Error> {
        let wanted = Wanted::of(query)?;
        if let Some(id) = query.correlation_id {
            return Ok((vec![id], None));
        }
        let listed = listed(query, &wanted, self.now_in(scope).await?, MAX_IDS);
        let page = self.store().listings(scope, &listed).await?;
        Ok((page.listings.iter().map(|listing| listing.id).collect(), page.next))
    }

    /// One verification, if it is there, can be read and belongs to this environment.
    async fn line(
        &self,
        scope: KeyScope,
        id: FlowId,
        now: Timestamp,
    ) -> Result<Option<(VerificationLine, Subjects)>, Error> {
        let stored = match self.store().flow(id).await {
            Ok(stored) => stored,
            // One of many must not keep the others from being seen.
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(error = &error as &dyn std::error::Error, "left out of a list");
                None
            }
            Err(other) => return Err(other.into()),
        };
        let Some(StoredFlow { flow, .. }) = stored else { return Ok(None) };
        let (listing, subjects) = (Listing::of(&flow, now), Subjects::of(&flow));
        let line = VerificationLine {
            began_at: flow.opened_at(),
            number: super::shown_number(&subjects.phone, listing.scope.environment),
            client_customer_id: subjects.client_customer_id.clone(),
            client_request_id: subjects.client_request_id.clone(),
            listing,
        };
        Ok((line.listing.scope == scope).then_some((line, subjects)))
    }
}

/// Whom the verifications are to be about.
struct Wanted {
    number: Option<PhoneNumber>,
    customer: Option<CallerText>,
    request: Option<CallerText>,
}

impl Wanted {
    fn of(query: &VerificationQuery) -> Result<Self, Error> {
        let number =
            query.number.as_deref().map(|text| PhoneNumber::normalize("number", text)).transpose()?;
        let customer = caller_text("clientCustomerId", query.client_customer_id.as_deref())?;
        let request = caller_text("clientRequestId", query.client_request_id.as_deref())?;
        Ok(Self { number, customer, request })
    }

    /// What to search by: the one of which there are the fewest.
    fn find(&self) -> Option<Find> {
        let request = self.request.clone().map(Find::Request);
        let number = || self.number.clone().map(Find::Number);
        request.or_else(number).or_else(|| self.customer.clone().map(Find::Customer))
    }

    fn is(&self, subjects: &Subjects) -> bool {
        self.number.as_ref().is_none_or(|number| *number == subjects.phone)
            && (self.customer.is_none() || self.customer == subjects.client_customer_id)
            && (self.request.is_none() || self.request == subjects.client_request_id)
    }
}

/// What the list is asked for.
fn listed(query: &VerificationQuery, wanted: &Wanted, now: Timestamp, most: usize) -> ListingQuery {
    let until = query.until.map_or(LAST, FlowId::first_at);
    ListingQuery {
        find: wanted.find(),
        from: query.from.map_or(FIRST, FlowId::first_at),
        before: query.after.map_or(until, |after| after.min(until)),
        standings: query.standings.clone(),
        open_from: open_from(now, &query.standings),
        method: query.method,
        limit: query.limit.clamp(1, most),
        look: LOOK,
    }
}

/// The first one that may still be open. Ids are as fine as a millisecond: whoever looks for those that are over gets
/// those of the doubtful one too, and the flows tell which of them are.
fn open_from(now: Timestamp, standings: &[Standing]) -> FlowId {
    let session = SignedDuration::from_secs(i64::from(SESSION_SECONDS));
    let doubtful = SignedDuration::from_millis(i64::from(!standings.contains(&Standing::Open)));
    FlowId::first_at(now.checked_sub(session - doubtful).unwrap_or(Timestamp::MIN))
}

fn caller_text(field: &'static str, text: Option<&str>) -> Result<Option<CallerText>, Error> {
    Ok(match text {
        Some(text) => CallerText::parse(field, text)?,
        None => None,
    })
}
