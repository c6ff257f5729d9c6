//! Ownership from the registry.

use std::sync::Arc;

use ringtrue_connect::RegistryIdentity;
use ringtrue_domain::{Findings, KnownName, LineType, RiskCode};
use ringtrue_engine::{
    model::{LineStatus, Subscriber},
    ports::{IdentitySource, Question},
};

use crate::support::{
    TO, fault, name, phone, project,
    store::{FakeStore, Health},
};

async fn ask(line_type: Option<LineType>, status: LineStatus, health: Health) -> Result<Findings, String> {
    let store = FakeStore::default();
    *store.health.lock().unwrap() = health;
    store.subscribers.lock().unwrap().push(Subscriber {
        phone: phone(TO),
        name: KnownName {
            first: Some("Rosa".to_owned()),
            last: Some("Ibarra".to_owned()),
            ..KnownName::default()
        },
        carrier: Some("Example Mobile".to_owned()),
        line_type,
        country: Some("US".to_owned()),
        status,
    });
    let source = RegistryIdentity::new(Arc::new(store));
    assert!(source.is_local());
    let question = Question { phone: &phone(TO), name: &name("Rosa", "Ibarra"), project: &project() };
    source.owners(question).await.map_err(|error| fault::<()>(Err(error)))
}

#[tokio::test]
async fn tells_what_it_knows() {
    let found = ask(Some(LineType::Mobile), LineStatus::Active, Health::Good).await.unwrap();
    assert!(found.owned());
    assert_eq!((found.carrier.as_deref(), found.country.as_deref()), (Some("Example Mobile"), Some("US")));
    for (line, risks) in [
        (None, None),
        (Some(LineType::Unknown), None),
        (Some(LineType::Mobile), Some(vec![])),
        (Some(LineType::FixedVoip), Some(vec![])),
        (Some(LineType::Voip), Some(vec![RiskCode::VoipLine])),
        (Some(LineType::NonFixedVoip), Some(vec![RiskCode::VoipLine])),
    ] {
        assert_eq!(ask(line, LineStatus::Active, Health::Good).await.unwrap().risks, risks, "{line:?}");
    }
}

#[tokio::test]
async fn a_number_given_back_is_nobody_s() {
    assert!(ask(None, LineStatus::Suspended, Health::Good).await.unwrap().owned());
    assert_eq!(ask(None, LineStatus::Disconnected, Health::Good).await, Ok(Findings::unknown_number()));
}

#[tokio::test]
async fn a_store_that_fails_is_a_fault() {
    assert_eq!(ask(None, LineStatus::Active, Health::Away).await, Err("busy 3".to_owned()));
    let broken = ask(None, LineStatus::Active, Health::Broken).await.unwrap_err();
    assert_eq!(broken, "unknown the store was asked: the store failed: the disk is gone");
}
