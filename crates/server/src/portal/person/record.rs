//! What is known of a person as a file that they can read, and that programs can (GDPR Art. 20): JSON with the names of
//! our API where it has them.

use jiff::Timestamp;
use ringtrue_domain::identity::Identity;
use ringtrue_engine::{
    Error, Happening, PersonRecord, Unmasked, VerificationStory,
    model::{OutboxMessage, StoredEvent},
};
use serde_json::{Value, json};

use crate::portal::{
    desk::{Place, environment_name},
    fault::PageError,
};

/// The file's text.
pub(super) fn text(record: &PersonRecord, now: Timestamp, place: &Place) -> Result<String, PageError> {
    let identities: Vec<_> = record.identities.iter().map(|(one, events)| identity(one, events)).collect();
    let verifications: Vec<_> =
        record.verifications.iter().map(|(story, whom)| verification(story, whom)).collect();
    let record = json!({
        "phoneNumber": record.phone.expose(),
        "project": place.project.name,
        "environment": environment_name(place.environment),
        "exportedAt": now,
        "identities": identities,
        "verifications": verifications,
        "sandboxMessages": record.messages.iter().map(message).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&record).map_err(|error| Error::Bug(error.into()))?;
    Ok(text + "\n")
}

fn identity(identity: &Identity, events: &[StoredEvent]) -> Value {
    let details = &identity.details;
    let attributes: Vec<_> = (details.attributes.iter())
        .map(|one| json!({ "attributeType": one.kind.as_str(), "attributeValue": one.value.as_str() }))
        .collect();
    json!({
        "identityId": identity.id,
        "clientCustomerId": identity.client_customer_id,
        "clientHumanId": details.client_human_id,
        "clientRequestId": details.client_request_id,
        "deviceId": details.device_id,
        "attributes": attributes,
        "enrolledAt": identity.created_at,
        "lastVerifiedAt": identity.verified_at,
        "active": identity.active,
        "carrier": identity.line.carrier,
        "lineType": identity.line.line_type.map(ringtrue_domain::LineType::as_str),
        "country": identity.line.country,
        "findings": identity.findings,
        "events": events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(stored: &StoredEvent) -> Value {
    json!({
        "eventId": stored.event.id,
        "eventTimestamp": stored.event.at,
        "what": stored.event.what,
        "delivered": !stored.muted,
    })
}

fn verification(story: &VerificationStory, whom: &Unmasked) -> Value {
    let steps: Vec<_> =
        story.steps.iter().map(|step| json!({ "at": step.at, "what": what(&step.what) })).collect();
    json!({
        "correlationId": story.listing.id,
        "startedAt": story.began_at,
        "endedAt": story.listing.concluded_at,
        "keptUntil": story.kept_until,
        "phoneNumber": whom.phone.expose(),
        "firstName": whom.name.first(),
        "lastName": whom.name.last(),
        "emailAddress": whom.email.as_ref().map(ringtrue_domain::text::EmailAddress::expose),
        "clientCustomerId": story.client_customer_id,
        "clientRequestId": story.client_request_id,
        "possessionType": story.listing.method,
        "outcome": story.listing.standing,
        "provenBy": story.listing.proof,
        "askedFrom": story.asked_from,
        "findings": story.findings,
        "identityId": story.identity,
        "steps": steps,
    })
}

fn what(happening: &Happening) -> Value {
    match happening {
        Happening::Event(event) => json!(event),
        Happening::MessageKept { segments, .. } => json!({ "messageKept": { "segments": segments } }),
        Happening::RanOut(standing) => json!({ "ranOut": standing }),
    }
}

fn message(message: &OutboxMessage) -> Value {
    json!({ "sentAt": message.sent_at, "text": message.body.expose() })
}
