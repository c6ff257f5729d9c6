//! A gateway that looks numbers up, against scripted peers.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use ringtrue_connect::{GuardSettings, Guarded, HttpClient, HttpMonitor, HttpMonitorConfig, Limits};
use ringtrue_domain::{
    LineType,
    identity::{Line, LineChange},
};
use ringtrue_engine::{
    model::LineStatus,
    ports::{LineMonitor, LineQuestion, Sight},
};
use wiremock::{MockServer, ResponseTemplate};

use crate::{
    http_sms::scripted,
    support::{FakeClock, TO, fault, now, peer, phone},
};

fn parse(text: &str) -> HttpMonitorConfig {
    toml::from_str(text).unwrap()
}

/// A gateway that tells everything.
pub(crate) fn config(origin: &str) -> HttpMonitorConfig {
    parse(&format!(
        r#"
        url = "{origin}/v2/{{number}}?since={{since}}&day={{since_date}}"
        secrets.key = "lookup-secret"
        headers.Authorization = "Bearer {{secret.key}}"
        not_covered = [404, 422]
        carrier = "/carrier/name"
        line_type = "/line/type"
        line_types = {{ Wireless = "mobile" }}
        status = "/line/status"
        statuses = {{ live = "active", dead = "disconnected" }}
        ported_at = "/ported"
        "#
    ))
}

fn monitor(config: &HttpMonitorConfig) -> HttpMonitor {
    let limits = Limits { connect: Duration::from_millis(500), total: Duration::from_secs(1) };
    HttpMonitor::new(config, Arc::new(HttpClient::with_limits(limits))).unwrap()
}

fn since() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(crate) async fn ask(monitor: &dyn LineMonitor) -> Result<Option<Sight>, ringtrue_engine::ports::Fault> {
    monitor.look(LineQuestion { phone: &phone(TO), since: since(), now: now() }).await
}

async fn answer(answer: ResponseTemplate) -> String {
    let peer = scripted(answer).await;
    fault(ask(&monitor(&config(&peer.uri()))).await)
}

async fn sight(body: &str) -> Sight {
    let peer = scripted(ResponseTemplate::new(200).set_body_string(body)).await;
    ask(&monitor(&config(&peer.uri()))).await.unwrap().unwrap()
}

async fn words(body: &str) -> String {
    answer(ResponseTemplate::new(200).set_body_string(body)).await
}

#[tokio::test]
async fn the_number_and_the_time_are_filled_in() {
    let peer = scripted(ResponseTemplate::new(404)).await;
    assert_eq!(fault(ask(&monitor(&config(&peer.uri()))).await), "ok None");
    let requests = peer.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].method.as_str(), requests[0].url.path()), ("GET", "/v2/%2B14155552671"));
    assert_eq!(requests[0].url.query(), Some("since=2026-11-20T10%3A00%3A00Z&day=2026-11-20"));
    assert_eq!(requests[0].headers["authorization"], "Bearer lookup-secret");
    assert!(!requests[0].headers.contains_key("idempotency-key"));
}

#[tokio::test]
async fn a_body_can_be_sent() {
    let peer = scripted(ResponseTemplate::new(404)).await;
    let config = parse(&format!(
        "url = '{}/lookup'\nmethod = 'POST'\nbody.json = {{ phone = '{{number_digits}}', from = '{{since}}' }}\n\
         status = '/s'\nnot_covered = [404]",
        peer.uri()
    ));
    assert_eq!(fault(ask(&monitor(&config)).await), "ok None");
    let requests = peer.received_requests().await.unwrap();
    assert_eq!(requests[0].body, br#"{"from":"2026-11-20T10:00:00Z","phone":"14155552671"}"#);
}

#[tokio::test]
async fn an_answer_is_read_by_its_pointers_and_words() {
    let whole = r#"{"carrier": {"name": " Beta Mobile "}, "line": {"type": "WIRELESS", "status": "Live"}}"#;
    let line = Line { carrier: Some("Beta Mobile".into()), line_type: Some(LineType::Mobile), country: None };
    let seen = Sight { line: line.clone(), ..Sight::default() };
    assert_eq!(sight(whole).await, seen);
    let dead = r#"{"carrier": {"name": null}, "line": {"type": "fixed VoIP", "status": "dead"}}"#;
    let gone = sight(dead).await;
    assert_eq!((gone.status, gone.line.line_type), (LineStatus::Disconnected, Some(LineType::FixedVoip)));
    assert_eq!(gone.line.carrier, None);
    // Our own words need no entry; an unknown kind is one.
    let own = sight(r#"{"line": {"type": "satellite", "status": "suspended"}}"#).await;
    assert_eq!((own.status, own.line.line_type), (LineStatus::Suspended, Some(LineType::Unknown)));
}

#[tokio::test]
async fn a_port_in_the_time_in_question_is_told() {
    let port = [LineChange::Ported { from: None, to: Some("Beta".into()) }];
    for (when, told) in [
        ("2026-11-20T10:00:01Z", true),
        ("2026-11-20T12:00:01+02:00", true),
        ("2026-11-20T10:00:00Z", false),
        ("2026-11-23T12:00:01Z", false),
        ("2026-11-20", true),
        ("2026-11-23", true),
        ("2026-11-19", false),
        ("2026-11-24", false),
        ("", false),
    ] {
        let seen = sight(&format!(r#"{{"carrier": {{"name": "Beta"}}, "ported": "{when}"}}"#)).await;
        assert_eq!(seen.happened, if told { port.as_slice() } else { &[] }, "{when}");
    }
    // To whom is not known, so the same port would be told again and again.
    assert_eq!(sight(r#"{"ported": "2026-11-21"}"#).await, Sight::default());
}

#[tokio::test]
async fn numbers_that_the_gateway_does_not_know() {
    for body in [r#"{"error": "no such number"}"#, r#"{"carrier": {"name": null}, "line": null}"#, "[]"] {
        assert_eq!(words(body).await, "ok None", "{body}");
    }
    assert_eq!(answer(ResponseTemplate::new(422)).await, "ok None");
}

#[tokio::test]
async fn what_cannot_be_understood_is_a_fault() {
    for (body, place) in [
        (r#"{"line": {"status": "zombie"}}"#, "/line/status"),
        (r#"{"ported": "yesterday", "carrier": {"name": "Beta"}}"#, "/ported"),
        ("{\"carrier\": {\"name\": \"Be\\u0007ta\"}}", "/carrier/name"),
    ] {
        assert_eq!(words(body).await, format!("unknown the answer's value at {place} is not understood"));
    }
    assert!(words("<html>").await.starts_with("unknown the answer is no JSON"));
}

#[tokio::test]
async fn faults() {
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "90");
    assert_eq!(answer(busy).await, "busy 90");
    assert_eq!(answer(ResponseTemplate::new(500)).await, "unknown the other side answered 500");
    let refused = answer(ResponseTemplate::new(401)).await;
    assert_eq!(refused, "rejected the other side does not accept our credentials");
    let closed = peer::nobody().await;
    assert_eq!(fault(ask(&monitor(&config(&closed))).await), "busy");
}

/// While the breaker is open the scheduler takes nothing up.
#[tokio::test]
async fn a_guarded_source_that_fails_rests() {
    let peer: MockServer = scripted(ResponseTemplate::new(500)).await;
    let clock = Arc::new(FakeClock::new());
    let settings = GuardSettings { open_after: 2, ..GuardSettings::default() };
    let inner = Arc::new(monitor(&config(&peer.uri())));
    let guarded = Guarded::new("monitor", settings, Arc::<FakeClock>::clone(&clock), inner);
    for _ in 0..2 {
        assert!(!guarded.is_resting());
        assert_eq!(fault(ask(&guarded).await), "unknown the other side answered 500");
    }
    assert!(guarded.is_resting());
    assert_eq!(fault(ask(&guarded).await), "busy 30");
    clock.advance(30);
    assert!(!guarded.is_resting());
    assert_eq!(peer.received_requests().await.unwrap().len(), 2);
}

fn verdict(text: &str) -> String {
    parse(text).validate().map_or_else(|error| error.to_string(), |()| "good".to_owned())
}

#[test]
fn the_documented_example_is_good() {
    let source = include_str!("../../src/monitor/config.rs");
    let (_, rest) = source.split_once("/// ```toml\n").unwrap();
    let (example, _) = rest.split_once("/// ```\n").unwrap();
    assert_eq!(verdict(&example.replace("/// ", "")), "good");
}

#[test]
fn descriptions() {
    let with = |line: &str| verdict(&format!("url = 'https://gw.example/{{number}}'\n{line}"));
    assert_eq!(with("carrier = '/c'\nported_at = '/p'"), "good");
    for (line, error) in [
        ("", "status: must be given, unless carrier or line_type is"),
        ("status = '/s'\nported_at = '/p'", "carrier: must be given where ported_at is"),
        ("status = 's'", "status: must be a JSON pointer, such as /messages/0/status"),
        ("status = '/s'\nnot_covered = [199]", "not_covered: must hold HTTP statuses of 200 to 599"),
        ("status = '/s'\nbody.json = {}", "body: must be absent when method is GET"),
        (
            "status = '/s'\nheaders.X = '{sender}'",
            "headers.X: must hold only {number}, {number_digits}, {since}, {since_date} and {secret.…}",
        ),
    ] {
        assert_eq!(with(line), error, "{line}");
    }
    let nowhere = "url = 'https://gw.example/?s={since}'\nstatus = '/s'";
    assert_eq!(verdict(nowhere), "url: must hold {number} or {number_digits}, unless body does");
    for wrong in ["line_types = { a = 'cellular' }", "statuses = { a = 'gone' }", "sender = 'x'"] {
        let text = format!("url = 'https://gw.example/{{number}}'\nstatus = '/s'\n{wrong}");
        assert!(toml::from_str::<HttpMonitorConfig>(&text).is_err(), "{wrong}");
    }
}
