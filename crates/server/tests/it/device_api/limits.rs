//! §0: how much a device may ask for. The server counts; no page has to behave.

use ringtrue_domain::{
    FlowId,
    flow::{Environment, Event},
};
use ringtrue_engine::{By, model::ProjectSettings};
use serde_json::{Value, json};

use crate::client::{Device, LORANT, Persona, Sandbox, World};

/// A production number, as far as the tests are concerned.
const REAL: Persona = Persona { number: "+14155552671", first: "Ada", last: "Lovelace" };

fn too_many_messages() -> Value {
    let message = "no more messages will be sent, use the last one";
    json!({ "next": "", "data": { "code": 9205, "message": message } })
}

fn too_many_steps() -> Value {
    json!({ "next": "", "error": { "code": 10005, "message": "too many steps" } })
}

#[tokio::test]
async fn five_messages_per_flow() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    for _ in 0..5 {
        assert_eq!(session.device().send_code().await, json!({ "next": "" }));
    }
    for _ in 0..3 {
        assert_eq!(session.device().send_code().await, too_many_messages());
    }
    assert_eq!(world.messages(LORANT.number).await.len(), 5);
    // The last one can still be entered.
    assert_eq!(session.device().enter(&world.code(LORANT).await).await, json!({ "next": "done" }));
}

#[tokio::test]
async fn five_links_per_flow() {
    let world = World::start().await;
    let session = world.begin_patient(LORANT, "desktop").await;
    for _ in 0..5 {
        assert_eq!(session.device().send_link().await, json!({ "next": "" }));
    }
    assert_eq!(session.device().send_link().await, too_many_messages());
    assert_eq!(world.messages(LORANT.number).await.len(), 5);
    // With the last link's time the flow is over, since no other one can be had.
    world.advance(180).await;
    assert_eq!(world.results(&session.id).await, ["false", "failed", "not_applicable"]);
}

#[tokio::test]
async fn number_changes_count_as_messages() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    for _ in 0..5 {
        session.device().send_code().await;
    }
    let change = json!({ "mobileNumber": "+12001004015" });
    assert_eq!(session.device().step("mobile/otp/start", change).await, too_many_messages());
    assert!(world.messages("+12001004015").await.is_empty());
    assert_eq!(world.status(&session.id).await["phoneNumber"], LORANT.number);
}

/// Any call counts, whatever its answer was.
async fn steps_are_counted(world: &World, device: &Device, id: &str, calls: &[(&str, Value)]) {
    for (step, body) in calls.iter().cycle().take(50) {
        let answer = device.step(step, body.clone()).await;
        assert_ne!(answer, too_many_steps(), "{step}");
    }
    for (step, body) in calls.iter().cycle().take(3) {
        assert_eq!(device.step(step, body.clone()).await, too_many_steps(), "{step}");
    }
    assert_eq!(world.results(id).await, ["false", "failed", "not_applicable"]);
}

#[tokio::test]
async fn fifty_steps_per_flow() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let calls = [
        ("mobile/otp/start", json!({})),
        ("mobile/instantlink/start", json!({})),
        ("mobile/otp/start", json!({ "mobileNumber": "nonsense" })),
        ("device/passive/error", json!({})),
        ("mobile/instant/start", json!({})),
    ];
    steps_are_counted(&world, session.device(), &session.id, &calls).await;
    let session = world.begin_patient(LORANT, "desktop").await;
    steps_are_counted(&world, session.device(), &session.id, &[("mobile/instantlink/start", json!({}))])
        .await;
}

#[tokio::test]
async fn looking_is_no_step() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    for _ in 0..60 {
        session.device().poll().await;
        world.status(&session.id).await;
        session.device().enter("").await;
    }
    assert_eq!(session.device().enter("1234").await, json!({ "next": "done" }));
}

#[tokio::test]
async fn a_project_may_ask_for_a_pause_between_messages() {
    let world = World::start().await;
    let settings = ProjectSettings { resend_pause_seconds: Some(10), ..ProjectSettings::default() };
    let project = world.engine().create_project(By::Operator, "Patient", settings).await.unwrap();
    let fresh =
        world.engine().create_credential(By::Operator, project.id, Environment::Sandbox, None).await.unwrap();
    let patient = Sandbox { api: world.api.signed_in(&fresh.id.to_string(), fresh.secret.expose()).await };
    let session = patient.begin(LORANT, "mobile").await;
    for (seconds, messages) in [(0, 1), (0, 1), (9, 1), (1, 2), (5, 2), (5, 3)] {
        patient.advance(seconds).await;
        assert_eq!(session.device().send_code().await, json!({ "next": "" }), "answered as if sent");
        assert_eq!(patient.messages(LORANT.number).await.len(), messages);
    }
    let session = patient.begin_patient(LORANT, "desktop").await;
    for (seconds, messages) in [(0, 4), (9, 4), (1, 5)] {
        patient.advance(seconds).await;
        assert_eq!(session.device().send_link().await, json!({ "next": "" }));
        assert_eq!(patient.messages(LORANT.number).await.len(), messages);
    }
}

/// How many messages a flow's history tells of.
async fn sent(world: &World, id: &str) -> usize {
    let id: FlowId = id.parse().unwrap();
    let history = world.engine().store().audit(id).await.unwrap();
    let events = history.iter().flat_map(|entry| &entry.events);
    events.filter(|event| matches!(event, Event::CodeSent | Event::LinkSent)).count()
}

#[tokio::test]
async fn production_pauses_and_keeps_the_number() {
    let world = World::start().await;
    let production = Sandbox { api: world.production().await };
    let by_code = production.begin(REAL, "mobile").await;
    let by_link = production.begin_patient(REAL, "desktop").await;
    for _ in 0..3 {
        assert_eq!(by_code.device().send_code().await, json!({ "next": "" }));
        assert_eq!(by_link.device().send_link().await, json!({ "next": "" }));
    }
    assert_eq!((sent(&world, &by_code.id).await, sent(&world, &by_link.id).await), (1, 1));
    let refused = json!({ "code": 9204, "message": "the number cannot be changed here" });
    for (session, step) in [(&by_code, "mobile/otp/start"), (&by_link, "mobile/instantlink/start")] {
        let answer = session.device().step(step, json!({ "mobileNumber": "+14155552672" })).await;
        assert_eq!(answer, json!({ "next": "", "data": refused }));
        // The number that is known is no change.
        let answer = session.device().step(step, json!({ "mobileNumber": "(415) 555-2671" })).await;
        assert_eq!(answer, json!({ "next": "" }));
    }
    assert_eq!((sent(&world, &by_code.id).await, sent(&world, &by_link.id).await), (1, 1));
    // The sandbox's well-known code means nothing here.
    assert_eq!(by_code.device().enter("1234").await["error"]["code"], 10000);
    assert_eq!(production.results(&by_code.id).await, ["false", "failed", "not_applicable"]);
}
