//! Whatever is sent to whatever endpoint: an answer that the document knows, never a fault of ours. The client checks
//! every answer; this only thinks up requests.

use http::Method;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::client::{LORANT, World};

const SERVER: [&str; 4] = ["/v3/verify", "/v3/verify-status", "/v3/sandbox/clock", "/token"];
const DEVICE: [&str; 8] = [
    "mobile/otp/start",
    "mobile/otp/finish",
    "mobile/otp/error",
    "mobile/instantlink/start",
    "mobile/instantlink/error",
    "mobile/instant/start",
    "mobile/instant/finish",
    "status",
];
const FIELDS: [&str; 20] = [
    "possessionType",
    "phoneNumber",
    "firstName",
    "lastName",
    "finalTargetUrl",
    "smsMessage",
    "emailAddress",
    "clientCustomerId",
    "clientRequestId",
    "allowOTPRetry",
    "correlationId",
    "advanceSeconds",
    "grant_type",
    "client_id",
    "client_secret",
    "mobileNumber",
    "otp",
    "vfp",
    "code",
    "isMobile",
];

/// Values that come near to what is meant, and values that do not.
fn values() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        "\\PC{0,40}",
        ".{0,300}",
        Just("mobile".to_owned()),
        Just("desktop".to_owned()),
        Just("+12001004014".to_owned()),
        Just("https://shop.example/x".to_owned()),
        Just("###### and".to_owned()),
        Just("client_credentials".to_owned()),
        "[+]?[0-9 ().-]{5,20}",
    ];
    let leaf = prop_oneof![
        6 => texts.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(".{0,8}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn bodies() -> impl Strategy<Value = Value> {
    let field =
        prop_oneof![9 => proptest::sample::select(&FIELDS[..]).prop_map(str::to_owned), 1 => ".{0,12}"];
    let changes = proptest::collection::vec((field, values()), 0..6);
    (any::<bool>(), changes).prop_map(|(near, changes)| {
        let mut body = if near { LORANT.verify("mobile") } else { Value::Object(Map::new()) };
        for (field, value) in changes {
            body[field] = value;
        }
        body
    })
}

#[test]
fn every_answer_is_one_that_the_document_knows() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(body in bodies(), at in any::<proptest::sample::Index>(), raw in proptest::option::weighted(0.1, proptest::collection::vec(any::<u8>(), 0..60)))| {
        runtime.block_on(async {
            let bytes = raw.unwrap_or_else(|| body.to_string().into_bytes());
            let n = at.index(SERVER.len() + DEVICE.len());
            if let Some(path) = SERVER.get(n) {
                world.api.call(Method::POST, path).raw_json(bytes).send().await;
            } else {
                let session = world.begin_patient(LORANT, if n % 2 == 0 { "mobile" } else { "desktop" }).await;
                let device = world.api.bearing(session.device().token());
                let path = format!("/v1/client/{}", DEVICE[n - SERVER.len()]);
                device.call(Method::POST, &path).raw_json(bytes).send().await;
                world.status(&session.id).await;
            }
        });
    });
    runtime.block_on(async { drop(world) });
}
