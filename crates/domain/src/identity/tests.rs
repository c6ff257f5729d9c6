use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

use super::*;
use crate::LineType;

struct Seeded(ChaCha8Rng);

impl Entropy for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}

fn entropy() -> Seeded {
    Seeded(ChaCha8Rng::seed_from_u64(7))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_366_400 + second).unwrap()
}

fn identity() -> Identity {
    let entropy = &mut entropy();
    let (id, project) = (IdentityId::new(at(0), entropy), ProjectId::new(at(0), entropy));
    let phone = PhoneNumber::normalize("phoneNumber", "+14155550123").unwrap();
    let customer = CallerText::parse("clientCustomerId", "c1").unwrap();
    Identity {
        line: Line {
            carrier: Some("Alpha".into()),
            line_type: Some(LineType::Mobile),
            country: Some("US".into()),
        },
        ..Identity::new(id, project, Environment::Production, phone, customer, at(0))
    }
}

fn ported(to: &str) -> LineChange {
    LineChange::Ported { from: None, to: Some(to.into()) }
}

#[test]
fn a_port_is_told_once_with_both_carriers() {
    let mut identity = identity();
    let event = identity.apply(&ported("Beta"), at(1), &mut entropy()).unwrap();
    assert_eq!(event.what, What::Port { carrier: Some("Alpha".into()), new_carrier: Some("Beta".into()) });
    assert_eq!((event.identity, event.at, event.phone), (identity.id, at(1), identity.phone.clone()));
    assert_eq!(identity.apply(&ported("BETA "), at(2), &mut entropy()), None, "the same carrier again");
    assert!(identity.is_watched());
}

#[test]
fn the_three_ends_end_the_stream_until_the_person_is_verified_again() {
    for end in
        [LineChange::NumberChanged { new: None }, LineChange::Disconnected, LineChange::MovedOutOfCoverage]
    {
        let mut identity = identity();
        let event = identity.apply(&end, at(1), &mut entropy()).unwrap();
        assert_eq!(identity.stream, Stream::Ended { by: event.what.event_type(), at: at(1) });
        assert_eq!(identity.apply(&ported("Beta"), at(2), &mut entropy()), None, "{end:?}");
        assert_eq!(identity.apply(&LineChange::SimSwapped, at(2), &mut entropy()), None);
        identity.renew(at(3));
        assert!(identity.apply(&LineChange::SimSwapped, at(4), &mut entropy()).is_some());
    }
}

#[test]
fn whoever_is_not_active_hears_nothing_and_new_things_later() {
    let mut identity = identity();
    identity.active = false;
    assert_eq!(identity.apply(&ported("Beta"), at(1), &mut entropy()), None);
    identity.active = true;
    assert_eq!(identity.apply(&ported("Beta"), at(2), &mut entropy()), None, "known meanwhile");
    assert!(identity.apply(&ported("Gamma"), at(3), &mut entropy()).is_some());
}

#[test]
fn a_newer_look_at_a_line_is_compared_with_what_is_known() {
    let known = identity().line;
    let newer = |carrier: Option<&str>, line_type| Line {
        carrier: carrier.map(str::to_owned),
        line_type,
        country: None,
    };
    assert_eq!(known.changes_to(&known), []);
    assert_eq!(known.changes_to(&newer(None, None)), [], "not known is no change");
    assert_eq!(known.changes_to(&newer(Some(" al-pha"), Some(LineType::Unknown))), []);
    assert_eq!(Line::default().changes_to(&known), [], "learnt, not changed");
    assert_eq!(
        known.changes_to(&newer(Some("Beta"), Some(LineType::Voip))),
        [
            LineChange::Ported { from: Some("Alpha".into()), to: Some("Beta".into()) },
            LineChange::LineTypeChanged { from: Some(LineType::Mobile), to: LineType::Voip },
        ]
    );
    let mut line = Line { line_type: Some(LineType::Unknown), ..Line::default() };
    line.complete(&known);
    assert_eq!(line, known);
}

#[test]
fn a_body_from_before_monitoring_is_an_active_identity() {
    let body = r#"{"id":"019ca000-0000-7000-8000-000000000001","project":"019ca000-0000-7000-8000-000000000002",
        "environment":"production","phone":"+14155550123","client_customer_id":null,"findings":null,
        "created_at":"2026-03-01T12:00:00Z","verified_at":"2026-03-01T12:00:00Z"}"#;
    let identity: Identity = serde_json::from_str(body).unwrap();
    assert!(identity.is_watched());
    assert_eq!(identity.line, Line::default());
}

#[test]
fn every_event_type_has_its_spelling() {
    for kind in EventType::CHANGES {
        assert_eq!(EventType::parse_change(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert_eq!(EventType::parse_change("TEST"), None);
}

#[test]
fn attributes_have_both_halves_and_show_neither() {
    assert!(Attribute::parse("", "x").is_err());
    assert!(Attribute::parse("x", &"y".repeat(256)).is_err());
    assert_eq!(format!("{:?}", Attribute::parse("plan", "gold").unwrap()), "Attribute(…)");
}

#[test]
fn a_change_is_read_from_the_contracts_words() {
    let told = |event, told: Told<'static>| LineChange::parse("event", Told { event: Some(event), ..told });
    assert_eq!(told("DISCONNECT", Told::default()), Ok(LineChange::Disconnected));
    let port = Told { carrier: Some(" Alpha "), new_carrier: Some(""), ..Told::default() };
    assert_eq!(told("PORT", port), Ok(LineChange::Ported { from: Some("Alpha".into()), to: None }));
    let kind = Told { new_line_type: Some("fixed_voip"), ..Told::default() };
    let changed = LineChange::LineTypeChanged { from: None, to: LineType::FixedVoip };
    assert_eq!(told("LINE_TYPE_CHANGE", kind), Ok(changed));
    let wrong = |event, fields| told(event, fields).unwrap_err().to_string();
    assert_eq!(wrong("LINE_TYPE_CHANGE", port), "newLineType: is required");
    assert_eq!(wrong(" ", port), "event: is required");
    assert!(wrong("TEST", port).starts_with("event: must be one of PHONE_NUMBER_CHANGE, DISCONNECT,"));
    let number = Told { new_phone_number: Some("Zq7Marker"), ..Told::default() };
    assert!(wrong("PHONE_NUMBER_CHANGE", number).starts_with("newPhoneNumber: must be a phone number"));
}
