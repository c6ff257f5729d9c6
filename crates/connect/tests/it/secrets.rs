//! Nothing that a sender or a monitor does puts a code, a text, a number or a credential into the log or into an error.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use ringtrue_connect::{
    GuardSettings, Guarded, HttpClient, HttpMonitor, HttpSms, Limits, LogSms, SandboxSms, TwilioSms,
};
use ringtrue_engine::ports::SmsSender;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::MakeWriter,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};
use wiremock::ResponseTemplate;

use crate::{
    http_monitor,
    http_sms::{self, scripted},
    support::{CODE, FakeClock, dispatch, link, otp, peer},
    twilio,
};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

const FORBIDDEN: [&str; 9] = [
    CODE,
    "dGhlLXRva2Vu",
    "confirm it's you",
    "4155552671",
    "gateway-token",
    "acc-secret",
    "twilio-token",
    "lookup-secret",
    // "AC000…:twilio-token" in base 64, as far as it does not depend on its position.
    "dHdpbGlvLXRva2Vu",
];

#[tokio::test]
async fn stay_out_of_logs_and_errors() {
    let captured = Captured::default();
    // Global, with the records of crates that use `log`; only the scripted peer itself may speak of what it got.
    tracing_subscriber::registry()
        .with(Targets::new().with_default(LevelFilter::TRACE).with_target("wiremock", LevelFilter::OFF))
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(captured.clone()))
        .init();

    let limits = Limits { connect: Duration::from_millis(500), total: Duration::from_millis(200) };
    let http = Arc::new(HttpClient::with_limits(limits));
    let mut monitors = Vec::new();
    let mut senders: Vec<Arc<dyn SmsSender>> = vec![Arc::new(SandboxSms), Arc::new(LogSms::start())];
    let mut peers = Vec::new();
    for answer in [
        ResponseTemplate::new(201).set_body_string(r#"{"status": "0", "sid": "SM1", "id": "1"}"#),
        ResponseTemplate::new(400).set_body_string(format!("refused +14155552671 {CODE}")),
        ResponseTemplate::new(401),
        ResponseTemplate::new(503).insert_header("retry-after", CODE),
        ResponseTemplate::new(200).set_body_string(format!("{CODE} is no JSON")),
        ResponseTemplate::new(200).set_body_string(format!(r#"{{"status": "{CODE}"}}"#)),
        ResponseTemplate::new(200).set_delay(Duration::from_secs(5)),
    ] {
        peers.push(scripted(answer).await);
    }
    let mut origins: Vec<String> = peers.iter().map(wiremock::MockServer::uri).collect();
    origins.push(peer::nobody().await);
    origins.push(peer::raw(b"").await);
    for origin in &origins {
        let config = http_sms::config(origin);
        let address = http_sms::parse(&format!("url = '{origin}/{{to}}?text={{body}}'"));
        let account = twilio::config(origin);
        let lookup = http_monitor::config(origin);
        let shown = format!("{config:?} {account:?} {lookup:?}");
        assert!(FORBIDDEN.iter().all(|secret| !shown.contains(secret)), "{shown}");
        senders.push(Arc::new(HttpSms::new(&config, Arc::clone(&http)).unwrap()));
        senders.push(Arc::new(HttpSms::new(&address, Arc::clone(&http)).unwrap()));
        senders.push(Arc::new(TwilioSms::new(&account, Arc::clone(&http)).unwrap()));
        monitors.push(HttpMonitor::new(&lookup, Arc::clone(&http)).unwrap());
    }

    for monitor in monitors {
        if let Err(fault) = http_monitor::ask(&monitor).await {
            tracing::warn!(error = &fault as &dyn std::error::Error, debug = ?fault, "not answered");
        }
    }

    for sender in senders {
        let clock = Arc::new(FakeClock::new());
        let guarded =
            Guarded::new("sms", GuardSettings { open_after: 1, ..GuardSettings::default() }, clock, sender);
        for message in [otp(), link()] {
            if let Err(fault) = guarded.send(dispatch(&message)).await {
                // As the engine logs it: the whole chain.
                tracing::warn!(error = &fault as &dyn std::error::Error, debug = ?fault, "not sent");
            }
        }
    }

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("message.to=+14…71 message.kind=\"otp\" message.segments=1"), "{log}");
    assert!(log.contains("set sms.kind"), "says how to get a real sender");
    assert!(log.contains("keeps failing"), "the guard speaks");
    for secret in FORBIDDEN {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
