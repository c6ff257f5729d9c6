//! What is kept of verifications besides themselves: a line each to search by.

use jiff::Timestamp;
use ringtrue_domain::{
    FlowId, PhoneNumber,
    flow::{Flow, PossessionType, Proof, Standing},
    text::CallerText,
};

use super::KeyScope;

/// The line of one verification. It says nothing about whom it is about; that is only searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Which. It tells when it began, and is their order.
    pub id: FlowId,
    /// Whose.
    pub scope: KeyScope,
    /// How possession is to be proven.
    pub method: PossessionType,
    /// The number's country as ISO 3166-1 alpha-2, when the numbering plan tells.
    pub country: Option<String>,
    /// How it stood when this was written. What runs out stays open here until it is counted.
    pub standing: Standing,
    /// How possession was proven.
    pub proof: Option<Proof>,
    /// When it came to stand so; none while it is open.
    pub concluded_at: Option<Timestamp>,
    /// Messages that were sent until then; 0 while it is open.
    pub messages: u32,
    /// What carriers bill for them.
    pub segments: u32,
}

impl Listing {
    /// The line of a flow as it stands at `now`.
    pub fn of(flow: &Flow, now: Timestamp) -> Self {
        Self { country: flow.subject().phone.country(), ..Self::without_country(flow, now) }
    }

    /// The same where the country is written already: to find it costs more than all the rest.
    pub fn without_country(flow: &Flow, now: Timestamp) -> Self {
        let concluded_at = flow.concluded_at(now);
        let messages = if concluded_at.is_some() { u32::from(flow.messages_sent()) } else { 0 };
        let each = if messages > 0 { flow.segments_per_message() } else { 0 };
        Self {
            id: flow.id(),
            scope: KeyScope { project: flow.project(), environment: flow.terms().environment },
            method: flow.terms().possession,
            country: None,
            standing: flow.standing(now),
            proof: flow.proof().map(|(by, _)| by),
            concluded_at,
            messages,
            segments: messages.saturating_mul(u32::try_from(each).unwrap_or(u32::MAX)),
        }
    }
}

/// Whom a verification is about, to be searched by; stores keep hashes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subjects {
    /// The number.
    pub phone: PhoneNumber,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// The caller's id of the request.
    pub client_request_id: Option<CallerText>,
}

impl Subjects {
    /// Those of a flow.
    pub fn of(flow: &Flow) -> Self {
        Self {
            phone: flow.subject().phone.clone(),
            client_customer_id: flow.terms().client_customer_id.clone(),
            client_request_id: flow.terms().client_request_id.clone(),
        }
    }
}

/// What is searched by an index of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// The number, whole.
    Number(PhoneNumber),
    /// The caller's id of the person.
    Customer(CallerText),
    /// The caller's id of the request.
    Request(CallerText),
}

/// Which verifications are wanted, newest first.
#[derive(Debug, Clone)]
pub struct ListingQuery {
    /// About whom; none: about anybody.
    pub find: Option<Find>,
    /// The first one that may be among them.
    pub from: FlowId,
    /// The first one behind them: a bound in time, or the last one of the page before.
    pub before: FlowId,
    /// How they may stand; empty: anyhow.
    pub standings: Vec<Standing>,
    /// Those written as open that began before this one have timed out.
    pub open_from: FlowId,
    /// How possession was to be proven; none: anyhow.
    pub method: Option<PossessionType>,
    /// How many at most.
    pub limit: usize,
    /// How many are looked at, at most, whether or not they are wanted: what bounds the time that it takes.
    pub look: usize,
}

impl ListingQuery {
    /// Whether one that is looked at is wanted.
    pub fn wants(&self, listing: &Listing) -> bool {
        let ran_out = listing.standing == Standing::Open && listing.id < self.open_from;
        let standing = if ran_out { Standing::TimedOut } else { listing.standing };
        (self.standings.is_empty() || self.standings.contains(&standing))
            && self.method.is_none_or(|method| method == listing.method)
    }
}

/// Some verifications, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPage {
    /// Those wanted among those that were looked at; perhaps none.
    pub listings: Vec<Listing>,
    /// Where to go on ([`ListingQuery::before`]); none: nothing is left to be looked at.
    pub next: Option<FlowId>,
}
