//! The generic gateway against scripted peers.

use std::{sync::Arc, time::Duration};

use ringtrue_connect::{HttpClient, HttpSms, HttpSmsConfig, Limits};
use ringtrue_engine::ports::SmsSender;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::support::{dispatch, fault, now, otp, peer};

/// A gateway that speaks JSON both ways.
pub(crate) fn config(origin: &str) -> HttpSmsConfig {
    parse(&format!(
        r#"
        url = "{origin}/messages"
        sender = "Shop"
        secrets.account = "acc-secret"
        headers.Authorization = "Bearer gateway-token-{{secret.account}}"
        body.json = {{ to = "{{to}}", from = "{{sender}}", text = "{{body}}", parts = [1, "{{id}}", "{{{{"] }}
        success = {{ pointer = "/status", equals = "0", busy = ["1"] }}
        id_pointer = "/id"
        recognises_repeats = true
        "#
    ))
}

pub(crate) fn parse(text: &str) -> HttpSmsConfig {
    toml::from_str(text).unwrap()
}

pub(crate) async fn accepting() -> MockServer {
    scripted(ResponseTemplate::new(200).set_body_string(r#"{"status": "0", "id": "msg-1"}"#)).await
}

pub(crate) async fn scripted(answer: ResponseTemplate) -> MockServer {
    let peer = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&peer).await;
    peer
}

fn sender(config: &HttpSmsConfig) -> HttpSms {
    let limits = Limits { connect: Duration::from_millis(500), total: Duration::from_secs(1) };
    HttpSms::new(config, Arc::new(HttpClient::with_limits(limits))).unwrap()
}

async fn outcome(answer: ResponseTemplate) -> String {
    let peer = scripted(answer).await;
    fault(sender(&config(&peer.uri())).send(dispatch(&otp())).await.map(|accepted| accepted.provider_id))
}

/// The one request that a gateway got for the test's code.
async fn request(describe: impl FnOnce(&str) -> String) -> Request {
    let peer = scripted(ResponseTemplate::new(202)).await;
    let config = parse(&describe(&peer.uri()));
    let accepted = sender(&config).send(dispatch(&otp())).await.unwrap();
    assert_eq!((accepted.provider_id, accepted.outbox), (None, None));
    let mut requests = peer.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn text(request: &Request) -> &str {
    str::from_utf8(&request.body).unwrap()
}

#[tokio::test]
async fn json_is_filled_in_as_values() {
    let peer = accepting().await;
    let accepted = sender(&config(&peer.uri())).send(dispatch(&otp())).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some("msg-1"));
    let request = &peer.received_requests().await.unwrap()[0];
    let id = otp().id.to_string();
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let expected = serde_json::json!({
        "to": "+14155552671", "from": "Shop", "text": otp().body.expose(), "parts": [1, id, "{"],
    });
    assert_eq!(body, expected);
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["authorization"], "Bearer gateway-token-acc-secret");
    assert_eq!(request.headers["idempotency-key"], id.as_str());
    assert_eq!(request.headers["user-agent"], concat!("ringtrue/", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn forms_and_addresses_are_percent_encoded() {
    let sent = request(|origin| {
        format!(
            r#"
            url = "{origin}/send/{{to}}?ref={{id}}"
            body.form = {{ to = "{{to_digits}}", text = "{{body}}" }}
            "#
        )
    })
    .await;
    assert_eq!(sent.url.path(), "/send/%2B14155552671");
    assert_eq!(sent.url.query(), Some(format!("ref={}", otp().id).as_str()));
    let fields: Vec<(String, String)> =
        url::form_urlencoded::parse(&sent.body).map(|(name, value)| (name.into(), value.into())).collect();
    let message = otp();
    let expected = [("text", message.body.expose()), ("to", "14155552671")];
    assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");

    // As Kannel's sendsms wants it.
    let sent = request(|origin| {
        format!("method = \"GET\"\nurl = \"{origin}/cgi-bin/sendsms?to={{to}}&text={{body}}\"")
    })
    .await;
    let pairs: Vec<_> = sent.url.query_pairs().collect();
    assert_eq!((pairs[0].1.as_ref(), pairs[1].1.as_ref()), ("+14155552671", otp().body.expose()));
    assert_eq!((pairs.len(), sent.method.as_str(), sent.body.len()), (2, "GET", 0));
}

#[tokio::test]
async fn raw_bodies_are_escaped_as_told() {
    let raw = async |text: &str, escape: &str| {
        let body = format!("body.raw = {{ text = '{text}', content_type = \"x/y\", escape = \"{escape}\" }}");
        request(|origin| format!("url = \"{origin}/\"\nmethod = \"PUT\"\n{body}")).await
    };
    let sent = raw("<sms to=\"{to}\">{body}</sms>", "xml").await;
    let expected = "<sms to=\"+14155552671\">493817 is &quot;your&quot; {to} code &amp; &lt;é&gt;\\&#10;&#10;@shop.example \
                    #493817</sms>";
    assert_eq!(
        (text(&sent), &sent.headers["content-type"], sent.method.as_str()),
        (expected, &"x/y".parse().unwrap(), "PUT")
    );
    let sent = raw("{{\"n\": {to_digits}, \"t\": \"{body}\"}}", "json").await;
    let body: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(body, serde_json::json!({"n": 14_155_552_671_u64, "t": otp().body.expose()}));
    let sent = raw("{to} {body}", "none").await;
    assert_eq!(text(&sent), format!("+14155552671 {}", otp().body.expose()));
    let sent = raw("{to};{body}", "percent").await;
    assert!(text(&sent).starts_with("%2B14155552671;493817%20is%20%22your"));
}

#[tokio::test]
async fn each_status_is_one_fault() {
    for (status, expected) in [
        (302, "unknown the other side answered 302"),
        (307, "rejected the other side has moved: its configured address redirects"),
        (400, "rejected the other side refused the request"),
        (401, "rejected the other side does not accept our credentials"),
        (403, "rejected the other side does not accept our credentials"),
        (404, "rejected the other side does not know the configured address"),
        (408, "unknown the other side answered 408"),
        (409, "unknown the other side answered 409"),
        (422, "rejected the other side refused the request"),
        (425, "busy"),
        (429, "busy"),
        (500, "unknown the other side answered 500"),
        (502, "unknown the other side answered 502"),
        (503, "busy"),
        (504, "unknown the other side answered 504"),
    ] {
        let answer = ResponseTemplate::new(status).insert_header("location", "/elsewhere");
        assert_eq!(outcome(answer).await, expected, "{status}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let peer = scripted(ResponseTemplate::new(307).insert_header("location", "/elsewhere")).await;
    sender(&config(&peer.uri())).send(dispatch(&otp())).await.unwrap_err();
    assert_eq!(peer.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn retry_after_in_both_forms() {
    let wall = now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(wall, "Mon, 23 Nov 2026 12:00:00 GMT");
    for (retry_after, date, expected) in [
        ("30", None, "busy 30"),
        (" 7 ", None, "busy 7"),
        ("99999999999", None, "busy 86400"),
        ("Mon, 23 Nov 2026 12:01:30 GMT", Some(wall.as_str()), "busy 90"),
        // Its clock is an hour ahead of ours; the pause is the difference on its own.
        ("Mon, 23 Nov 2026 13:00:05 GMT", Some("Mon, 23 Nov 2026 13:00:00 GMT"), "busy 5"),
        ("Mon, 23 Nov 2026 11:00:00 GMT", Some(wall.as_str()), "busy 0"),
        ("-5", None, "busy"),
        ("soon", None, "busy"),
        ("Monday, 23-Nov-26 12:01:30 GMT", None, "busy"),
    ] {
        for status in [429, 503] {
            let mut answer = ResponseTemplate::new(status).insert_header("retry-after", retry_after);
            if let Some(date) = date {
                answer = answer.insert_header("date", date);
            }
            assert_eq!(outcome(answer).await, expected, "{status} {retry_after}");
        }
    }
}

#[tokio::test]
async fn the_answer_s_own_word_counts() {
    let at_status = "unknown the answer has no value at /status";
    for (body, expected) in [
        (r#"{"status": "0", "id": "a-1"}"#, "ok Some(\"a-1\")"),
        (r#"{"status": 0, "id": 17}"#, "ok Some(\"17\")"),
        (r#"{"status": "0"}"#, "ok None"),
        (r#"{"status": "0", "id": "with space"}"#, "ok None"),
        (r#"{"status": "1"}"#, "busy"),
        (r#"{"status": "29"}"#, "rejected the gateway's answer refuses the message"),
        (r#"{"status": {"deep": 1}}"#, at_status),
        ("[]", at_status),
        ("", "unknown the answer is no JSON: EOF while parsing a value at line 1 column 0"),
        ("<html>sign in</html>", "unknown the answer is no JSON: expected value at line 1 column 1"),
    ] {
        assert_eq!(outcome(ResponseTemplate::new(200).set_body_string(body)).await, expected, "{body}");
    }
}

#[tokio::test]
async fn huge_answers_are_not_read() {
    let fits = format!(r#"{{"status": "0", "pad": "{}"}}"#, "x".repeat(60_000));
    assert_eq!(outcome(ResponseTemplate::new(200).set_body_string(fits)).await, "ok None");
    let huge = format!(r#"{{"status": "0", "pad": "{}"}}"#, "x".repeat(4_000_000));
    let expected = "unknown the answer is longer than 65536 bytes";
    assert_eq!(outcome(ResponseTemplate::new(200).set_body_string(huge.clone())).await, expected);
    // Whoever asks for no more than a 2xx gets no more.
    let sent = request(|origin| format!("url = \"{origin}/?t={{to}}&b={{body}}\"")).await;
    assert_eq!(sent.method.as_str(), "POST");
}

fn plain(origin: &str) -> HttpSmsConfig {
    parse(&format!("url = \"{origin}/\"\nbody.form = {{ a = \"{{to}}\", b = \"{{body}}\", c = \"end\" }}"))
}

#[tokio::test]
async fn a_peer_that_breaks_off_leaves_the_outcome_open() {
    let cut: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"status\": \"0\"";
    for (answer, strict, expected) in [
        (b"".as_slice(), false, "unknown"),
        (b"SMTP?\r\n\r\n", false, "unknown"),
        (cut, true, "unknown"),
        // The status said it already.
        (cut, false, "ok"),
    ] {
        let mut config = plain(&peer::raw(answer).await);
        config.id_pointer = strict.then(|| "/id".to_owned());
        let outcome = fault(sender(&config).send(dispatch(&otp())).await);
        assert!(outcome.starts_with(expected), "{outcome}");
        assert!(!outcome.contains("127.0.0.1"), "{outcome}");
    }
}

#[tokio::test]
async fn nobody_there_means_that_nothing_happened() {
    let config = plain(&peer::nobody().await);
    assert_eq!(fault(sender(&config).send(dispatch(&otp())).await), "busy");
}

#[tokio::test]
async fn a_peer_without_tls_gets_nothing_of_a_tls_request() {
    let peer = scripted(ResponseTemplate::new(200)).await;
    let config = plain(&peer.uri().replace("http://", "https://"));
    assert_eq!(fault(sender(&config).send(dispatch(&otp())).await), "busy");
    assert!(peer.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_slow_peer_leaves_the_outcome_open() {
    let slow = scripted(ResponseTemplate::new(200).set_delay(Duration::from_secs(30))).await;
    let limits = Limits { connect: Duration::from_secs(5), total: Duration::from_millis(100) };
    let sender = HttpSms::new(&plain(&slow.uri()), Arc::new(HttpClient::with_limits(limits))).unwrap();
    let outcome = fault(sender.send(dispatch(&otp())).await);
    assert!(outcome.starts_with("unknown") && outcome.contains("timed out"), "{outcome}");
}

#[tokio::test]
async fn a_message_past_its_time_is_not_sent() {
    let peer = accepting().await;
    let mut message = otp();
    message.expires_at = now();
    let outcome = fault(sender(&config(&peer.uri())).send(dispatch(&message)).await);
    assert_eq!(outcome, "rejected the message is past its time");
    assert!(peer.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn repeats_are_recognised_only_if_the_operator_says_so() {
    assert!(sender(&config("http://gw.example")).recognises_repeats());
    assert!(!sender(&plain("http://gw.example")).recognises_repeats());
}
