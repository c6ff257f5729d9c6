//! Twilio's Messages resource, scripted.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::SignedDuration;
use ringtrue_connect::{HttpClient, TwilioConfig, TwilioSms};
use ringtrue_domain::flow::OutgoingMessage;
use ringtrue_engine::ports::SmsSender;
use wiremock::{MockServer, Request, ResponseTemplate};

use crate::{
    http_sms::scripted,
    support::{dispatch, fault, now, otp},
};

const ACCOUNT: &str = "AC00000000000000000000000000000000";
const KEY: &str = "SK11111111111111111111111111111111";
const SERVICE: &str = "MG22222222222222222222222222222222";
const SID: &str = "SM33333333333333333333333333333333";

fn text(origin: &str) -> String {
    format!(
        "base_url = '{origin}'\naccount_sid = '{ACCOUNT}'\nsecret = 'twilio-token'\nfrom = '+15005550006'\n"
    )
}

pub(crate) fn config(origin: &str) -> TwilioConfig {
    toml::from_str(&text(origin)).unwrap()
}

pub(crate) async fn accepting() -> MockServer {
    let body = format!(r#"{{"sid": "{SID}", "status": "queued", "num_segments": "1"}}"#);
    scripted(ResponseTemplate::new(201).set_body_string(body)).await
}

async fn outcome(answer: ResponseTemplate) -> String {
    let peer = scripted(answer).await;
    let sender = TwilioSms::new(&config(&peer.uri()), Arc::new(HttpClient::new())).unwrap();
    assert!(!sender.recognises_repeats());
    fault(sender.send(dispatch(&otp())).await.map(|accepted| accepted.provider_id))
}

async fn request(change: impl FnOnce(&mut TwilioConfig), message: &OutgoingMessage) -> Request {
    let peer = accepting().await;
    let mut config = config(&peer.uri());
    change(&mut config);
    let sender = TwilioSms::new(&config, Arc::new(HttpClient::new())).unwrap();
    let accepted = sender.send(dispatch(message)).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some(SID));
    peer.received_requests().await.unwrap().remove(0)
}

fn form(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).map(|(name, value)| (name.into(), value.into())).collect()
}

#[tokio::test]
async fn sends_the_documented_form() {
    let sent = request(|_| {}, &otp()).await;
    assert_eq!(sent.url.path(), format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    let basic = BASE64_STANDARD.encode(format!("{ACCOUNT}:twilio-token"));
    assert_eq!(sent.headers["authorization"], format!("Basic {basic}").as_str());
    let message = otp();
    let expected = [
        ("To", "+14155552671"),
        ("From", "+15005550006"),
        ("Body", message.body.expose()),
        ("ValidityPeriod", "120"),
    ];
    assert_eq!(form(&sent), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn signs_in_with_a_key_and_sends_through_a_service() {
    let mut message = otp();
    message.expires_at = now() + SignedDuration::from_hours(48);
    let change = |config: &mut TwilioConfig| {
        config.api_key_sid = Some(KEY.to_owned());
        config.from = None;
        config.messaging_service_sid = Some(SERVICE.to_owned());
    };
    let sent = request(change, &message).await;
    let basic = BASE64_STANDARD.encode(format!("{KEY}:twilio-token"));
    assert_eq!(sent.headers["authorization"], format!("Basic {basic}").as_str());
    assert!(sent.url.path().contains(ACCOUNT), "the key signs in, the account sends");
    let fields = form(&sent);
    assert_eq!(fields[1], ("MessagingServiceSid".to_owned(), SERVICE.to_owned()));
    assert_eq!(fields[3], ("ValidityPeriod".to_owned(), "36000".to_owned()), "Twilio's longest");
}

#[tokio::test]
async fn errors_are_told_apart() {
    for (status, code, expected) in [
        (400, 21211, "rejected Twilio does not take the number for a valid one"),
        (400, 21614, "rejected the number cannot get text messages"),
        (400, 21610, "rejected the number has opted out of our messages"),
        (400, 21408, "rejected the Twilio account may not send to this country"),
        (400, 21612, "rejected Twilio has no route from our sender to the number"),
        (400, 21606, "rejected Twilio does not take the configured sender"),
        (400, 99999, "rejected the other side refused the request"),
        (401, 20003, "rejected Twilio does not accept our credentials, or the account is not active"),
        (400, 21611, "busy"),
        (429, 20429, "busy"),
        (503, 20503, "busy"),
        (500, 20500, "unknown the other side answered 500"),
    ] {
        let body = format!(r#"{{"code": {code}, "message": "about +14155552671", "status": {status}}}"#);
        assert_eq!(outcome(ResponseTemplate::new(status).set_body_string(body)).await, expected, "{code}");
    }
    assert_eq!(
        outcome(ResponseTemplate::new(400).set_body_string("<html>")).await,
        "rejected the other side refused the request"
    );
    assert_eq!(outcome(ResponseTemplate::new(429).insert_header("retry-after", "4")).await, "busy 4");
}

#[tokio::test]
async fn an_answer_without_a_sid_is_somebody_else_s() {
    assert_eq!(
        outcome(ResponseTemplate::new(200).set_body_string("{}")).await,
        "unknown the answer has no sid"
    );
    let page = outcome(ResponseTemplate::new(200).set_body_string("<html>sign in</html>")).await;
    assert!(page.starts_with("unknown the answer is no JSON"), "{page}");
}

#[test]
fn configuration_is_checked() {
    let verdict = |change: fn(&mut TwilioConfig)| {
        let mut config = config("https://api.twilio.com");
        change(&mut config);
        config.validate().map_or_else(|error| error.to_string(), |()| "good".to_owned())
    };
    let either = "from: must be set, or messaging_service_sid, but not both";
    assert_eq!(verdict(|_| {}), "good");
    assert_eq!(verdict(|c| c.account_sid.clear()), "account_sid: must be AC and 32 hexadecimal digits");
    assert_eq!(
        verdict(|c| c.api_key_sid = Some(ACCOUNT.into())),
        "api_key_sid: must be SK and 32 hexadecimal digits"
    );
    assert_eq!(verdict(|c| c.secret = String::new().into()), "secret: must not be empty");
    assert_eq!(verdict(|c| c.from = None), either);
    assert_eq!(verdict(|c| c.messaging_service_sid = Some(SERVICE.into())), either);
    assert_eq!(verdict(|c| c.from = Some(String::new())), "from: must not be empty");
    assert_eq!(
        verdict(|c| c.base_url = "api.twilio.com".into()),
        "base_url: must be an absolute http or https address"
    );
    assert!(toml::from_str::<TwilioConfig>(&format!("{}region = 'ie1'", text("https://x"))).is_err());
}
