//! What every adapter of a port must do, whoever is behind it.

use std::sync::Arc;

use ringtrue_connect::{
    GuardSettings, Guarded, HttpClient, HttpSms, LogSms, RegistryIdentity, SandboxIdentity, SandboxNetwork,
    SandboxSms, TwilioSms,
};
use ringtrue_domain::{Findings, KnownName, LineType, NameMatch, secret::Clear};
use ringtrue_engine::{
    model::{LineStatus, Persona, Subscriber},
    ports::{Callback, Challenge, IdentitySource, NetworkAuthenticator, Question, SmsSender, Store},
};

use crate::{
    http_sms, sandbox,
    support::{FakeClock, dispatch, link, name, otp, phone, project, store::FakeStore},
    twilio,
};

/// A sender takes codes and links, keeps to the message it was given, and takes a repeat if it says that it does.
async fn sms(sender: &dyn SmsSender) {
    for message in [otp(), link()] {
        let accepted = sender.send(dispatch(&message)).await.unwrap();
        assert!(accepted.provider_id.as_deref().is_none_or(|id| (1..=128).contains(&id.len())));
        if let Some(kept) = &accepted.outbox {
            assert_eq!((&kept.id, &kept.to, &kept.body), (&message.id, &message.to, &message.body));
            assert_eq!((kept.project, kept.sent_at), (project().id, dispatch(&message).now));
            assert!(kept.code.is_some() != kept.link.is_some());
        }
        if sender.recognises_repeats() {
            assert_eq!(sender.send(dispatch(&message)).await.unwrap().outbox, accepted.outbox);
        }
    }
}

/// A source knows its subjects by name, tells another name from theirs, and answers about a number that it does
/// not know.
async fn identity(source: &dyn IdentitySource, known: &Persona) {
    let project = project();
    let ask = async |number: &str, first: &str, last: &str| {
        let question = Question { phone: &phone(number), name: &name(first, last), project: &project };
        source.owners(question).await.unwrap()
    };
    let number = known.phone.expose();
    let right = ask(number, &known.first_name, &known.last_name).await;
    assert!(right.owned(), "{right:?}");
    let wrong = ask(number, "Zebulon", "Quartermain").await;
    assert_eq!((wrong.number_known, wrong.name), (true, NameMatch::Mismatch));
    assert_eq!(
        Findings { name: NameMatch::Match, ..wrong },
        right,
        "only the comparison depends on the name"
    );
    assert_eq!(ask("+12025550199", &known.first_name, &known.last_name).await, Findings::unknown_number());
}

/// An authenticator gives an address to go to and believes nothing that it has not confirmed.
async fn network(authenticator: &dyn NetworkAuthenticator, known: &Persona) {
    let (project, handle) = (project(), Clear::new("aGFuZGxl+/&=".to_owned()));
    assert!(authenticator.offers(&project, &known.phone).await);
    assert!(!authenticator.offers(&project, &phone("+12025550199")).await);
    let begun = Challenge { project: &project, phone: &known.phone, handle: &handle };
    let address = url::Url::parse(authenticator.begin(begun).await.unwrap().expose()).unwrap();
    assert!(
        address.query_pairs().any(|(_, value)| value == handle.expose()),
        "the handle survives the address"
    );
    for (proof, reached, proof_is_handle, believed) in
        [("", false, false, false), ("x", true, false, false), ("aGFuZGxl+/&=", true, true, true)]
    {
        let proof = Clear::new(proof.to_owned());
        let callback =
            Callback { project: &project, phone: &known.phone, proof: &proof, reached, proof_is_handle };
        assert_eq!(authenticator.finish(callback).await.unwrap(), believed, "{proof_is_handle} {reached}");
    }
}

fn guarded<C: ?Sized>(inner: Arc<C>) -> Guarded<C> {
    Guarded::new("test", GuardSettings::default(), Arc::new(FakeClock::new()), inner)
}

#[tokio::test]
async fn senders() {
    sms(&SandboxSms).await;
    sms(&LogSms::start()).await;
    let http = Arc::new(HttpClient::new());
    let peer = http_sms::accepting().await;
    let gateway: Arc<dyn SmsSender> =
        Arc::new(HttpSms::new(&http_sms::config(&peer.uri()), Arc::clone(&http)).unwrap());
    sms(&*gateway).await;
    sms(&guarded(gateway)).await;
    let peer = twilio::accepting().await;
    sms(&TwilioSms::new(&twilio::config(&peer.uri()), http).unwrap()).await;
}

#[tokio::test]
async fn identity_sources() {
    let ordinary = sandbox::persona("+12001004014");
    identity(&SandboxIdentity, &ordinary).await;
    identity(&guarded(Arc::new(SandboxIdentity)), &ordinary).await;
    assert!(SandboxIdentity.is_local() && guarded(Arc::new(SandboxIdentity)).is_local());

    let store = FakeStore::default();
    store.subscribers.lock().unwrap().push(Subscriber {
        phone: ordinary.phone.clone(),
        name: KnownName { full: Some("Lorant Nerger".to_owned()), ..KnownName::default() },
        carrier: None,
        line_type: Some(LineType::Mobile),
        country: None,
        status: LineStatus::Active,
    });
    identity(&RegistryIdentity::new(Arc::new(store)), &ordinary).await;
}

#[tokio::test]
async fn network_authenticators() {
    let known = sandbox::persona("+12001004016");
    let store: Arc<dyn Store> = Arc::new(FakeStore::default());
    for origin in ["https://id.example/", "http://127.0.0.1:8080"] {
        let sandbox: Arc<dyn NetworkAuthenticator> =
            Arc::new(SandboxNetwork::new(Arc::clone(&store), origin));
        network(&*sandbox, &known).await;
        network(&guarded(sandbox), &known).await;
    }
}
