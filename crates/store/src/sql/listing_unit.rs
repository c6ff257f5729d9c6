//! Changes of lists and counts of verifications as statements.

use ringtrue_domain::{
    FlowId, PhoneNumber,
    flow::{Flow, Proof, Standing},
};
use ringtrue_engine::{
    model::{Counts, KeyScope, Listing, Refusals, Subjects, Tally, method_number},
    ports::ListingChange,
};

use super::{
    driver::{Driver, Stmt},
    keyring::{KeyError, Keyring},
    text::listings as text,
    unit::scope_values,
    value::Value,
};
use crate::seal::DataKey;

/// Adds the statements of a change.
pub(super) async fn statements<D: Driver>(
    change: ListingChange,
    keys: &Keyring,
    driver: &D,
    list: &mut Vec<Stmt>,
) -> Result<(), KeyError> {
    match change {
        ListingChange::Add { listing, subjects } => {
            let key = keys.make(*listing.scope.project.as_bytes(), driver).await?;
            list.push(add(&listing, &subjects, &key));
        }
        ListingChange::Renumber { scope, flow, phone } => {
            let key = keys.make(*scope.project.as_bytes(), driver).await?;
            let [project, sandbox] = scope_values(scope);
            list.push(Stmt::write(text::KEEP_FORMER, [project, sandbox, flow.into()]));
            list.push(renumber(scope, flow, &phone, &key));
        }
        ListingChange::Conclude(listing) => {
            let [project, sandbox] = scope_values(listing.scope);
            let args = [[project, sandbox, listing.id.into()].as_slice(), &end(&listing)].concat();
            list.push(Stmt::write(text::CONCLUDE, args));
        }
        ListingChange::Count { hand, place, tallies } => {
            let [project, sandbox] = scope_values(hand.scope);
            let mut args = vec![project, sandbox, place.into()];
            if hand.version == 0 {
                list.push(Stmt::write(text::ADD_HAND, args).once());
            } else {
                args.push(hand.version.into());
                list.push(Stmt::write(text::SET_HAND, args).once());
            }
            list.extend(tallies.iter().map(|tally| add_tally(hand.scope, tally)));
        }
        ListingChange::Refused(refusals) => list.extend(refusals.iter().map(|Refusals { key, refused }| {
            let [project, sandbox] = scope_values(key.scope);
            let kind = u32::from(key.kind.number());
            Stmt::write(
                text::ADD_REFUSALS,
                [project, sandbox, key.hour.into(), kind.into(), (*refused).into()],
            )
        })),
    }
    Ok(())
}

/// What number a flow is about.
pub(super) fn renumber(scope: KeyScope, flow: FlowId, phone: &PhoneNumber, key: &DataKey) -> Stmt {
    let [project, sandbox] = scope_values(scope);
    let hash = key.hash("number", phone.expose());
    let country = phone.country().unwrap_or_default();
    Stmt::write(text::RENUMBER, [project, sandbox, flow.into(), hash.into(), country.into()])
}

/// The line of a flow that a program from before lists wrote, and the mark that it has one.
pub(super) fn catch_up(flow: &Flow, now: jiff::Timestamp, key: &DataKey) -> [Stmt; 2] {
    [add(&Listing::of(flow, now), &Subjects::of(flow), key), Stmt::write(text::LISTED, [flow.id().into()])]
}

fn add(listing: &Listing, subjects: &Subjects, key: &DataKey) -> Stmt {
    let [project, sandbox] = scope_values(listing.scope);
    let hash = |label, id: &Option<ringtrue_domain::text::CallerText>| {
        Value::from(id.as_ref().map(|id| key.hash(label, id.as_str())))
    };
    let begin = [
        project,
        sandbox,
        listing.id.into(),
        u32::from(method_number(listing.method)).into(),
        listing.country.clone().unwrap_or_default().into(),
        key.hash("number", subjects.phone.expose()).into(),
        hash("customer", &subjects.client_customer_id),
        hash("request", &subjects.client_request_id),
    ];
    Stmt::write(text::ADD, [begin.as_slice(), &end(listing)].concat())
}

/// What is written at the end.
fn end(listing: &Listing) -> [Value; 5] {
    [
        u32::from(listing.standing.number()).into(),
        listing.proof.map(proof_number).into(),
        listing.concluded_at.into(),
        listing.messages.into(),
        listing.segments.into(),
    ]
}

fn add_tally(scope: KeyScope, tally: &Tally) -> Stmt {
    let [project, sandbox] = scope_values(scope);
    let key = &tally.key;
    let mut args =
        vec![project, sandbox, key.hour.into(), u32::from(key.method).into(), key.country.clone().into()];
    args.extend(columns(&tally.counts).map(Value::from));
    Stmt::write(text::ADD_TALLY, args)
}

/// Counts in the order of their columns. Nothing that is counted is open, so that there is no column for it.
fn columns(counts: &Counts) -> impl Iterator<Item = u64> {
    let ended = counts.standing.into_iter().skip(1);
    [counts.started, counts.messaged, counts.proven]
        .into_iter()
        .chain(ended)
        .chain([counts.messages, counts.segments])
        .chain(counts.took)
}

/// A proof's number in the store.
pub(super) const fn proof_number(proof: Proof) -> u32 {
    match proof {
        Proof::Code => 0,
        Proof::Link => 1,
        Proof::Network => 2,
        Proof::Persona => 3,
    }
}

/// A bit for each way to stand; all of them if none is named.
pub(super) fn bits(standings: &[Standing]) -> i64 {
    let all = if standings.is_empty() { Standing::ALL.as_slice() } else { standings };
    all.iter().fold(0, |bits, standing| bits | (1 << standing.number()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_know_who_timed_out() {
        assert_eq!(Standing::TimedOut.number(), 7, "the number stands in the statements too");
        assert_eq!(Standing::Open.number(), 0);
        assert_eq!(bits(&[Standing::Open, Standing::TimedOut]), 0b1000_0001);
        assert_eq!(bits(&[]).count_ones() as usize, Standing::ALL.len());
    }

    #[test]
    fn every_column_has_its_count() {
        let parameters = text::ADD_TALLY.matches('$').count();
        assert_eq!(columns(&Counts::default()).count() + 5, parameters);
    }
}
