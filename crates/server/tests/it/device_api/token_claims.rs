//! §0, §2: what an authToken says, and to whom.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::{Value, json};

use crate::client::{INGE, JESSE, LORANT, Session, World};

/// As the published client reads it: the middle part, by plain base64.
fn part(session: &Session, n: usize) -> Value {
    let text = session.device().token().split('.').nth(n).unwrap();
    serde_json::from_slice(&STANDARD_NO_PAD.decode(text.replace('-', "+").replace('_', "/")).unwrap())
        .unwrap()
}

fn payload(session: &Session) -> Value {
    let text = session.device().token().split('.').nth(1).unwrap();
    serde_json::from_slice(&STANDARD_NO_PAD.decode(text).expect("plain base64, as `atob` reads it")).unwrap()
}

#[tokio::test]
async fn the_first_step_fits_the_flow() {
    let world = World::start().await;
    for (persona, possession, next) in [
        (LORANT, "desktop", "mobile/instantlink"),
        (INGE, "desktop", "mobile/instantlink"),
        (LORANT, "mobile", "mobile/otp"),
        (INGE, "mobile", "mobile/instant"),
        (JESSE, "mobile", "mobile/instant"),
    ] {
        let claims = payload(&world.begin(persona, possession).await);
        assert_eq!(claims["auth"]["next"], next);
    }
}

#[tokio::test]
async fn all_that_the_published_client_needs() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let claims = payload(&session);
    let auth = &claims["auth"];
    assert_eq!(auth["id"], json!(session.id));
    assert!(!auth["ans"].as_str().unwrap().is_empty(), "an empty namespace hangs the client for ever");
    assert!(auth["subs"].is_object());
    assert!(auth["subs"].get("dev").is_none_or(|dev| dev["auths"].is_object()));
    assert_eq!(auth["subs"]["mob"]["auths"]["otp"]["mnp"], true, "the number is known");
    assert_eq!(auth["subs"]["mob"]["auths"]["inln"]["mnp"], true);
    let origin = url::Url::parse(auth["endp"].as_str().unwrap()).unwrap();
    assert_eq!(auth["endp"], origin.origin().ascii_serialization());
    assert_eq!(part(&session, 0)["alg"], "HS256");
    assert!(part(&session, 0)["kid"].is_string() && claims["jti"].is_string());
}

#[tokio::test]
async fn it_ends_with_the_session_on_the_projects_clock() {
    let world = World::start().await;
    for seconds in [0, 3600, 86_400] {
        world.advance(seconds).await;
        let now = world.api.get("/v3/sandbox/clock").await.ok()["now"].as_str().unwrap().to_owned();
        let now: jiff::Timestamp = now.parse().unwrap();
        let claims = payload(&world.begin(LORANT, "mobile").await);
        let (from, to) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert_eq!(to - from, 15 * 60);
        assert!((from - now.as_second()).abs() < 30);
    }
}

#[tokio::test]
async fn it_tells_nothing_about_the_person() {
    let world = World::start().await;
    let mut request = LORANT.verify("mobile");
    request["emailAddress"] = json!("lorant@mail.example");
    request["clientCustomerId"] = json!("customer-77");
    request["clientRequestId"] = json!("request-88");
    request["smsMessage"] = json!("###### of a shop");
    let session = world.begin_with(&request).await;
    for text in [part(&session, 0).to_string(), payload(&session).to_string()] {
        for secret in ["Lorant", "Nerger", "4014", "mail.example", "customer-77", "request-88", "of a shop"] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
}

#[tokio::test]
async fn every_flow_has_its_own() {
    let world = World::start().await;
    let (a, b) = (world.begin(LORANT, "mobile").await, world.begin(LORANT, "mobile").await);
    assert_ne!(a.device().token(), b.device().token());
    assert_ne!(payload(&a)["jti"], payload(&b)["jti"]);
    assert_eq!(payload(&a)["auth"]["ans"], payload(&b)["auth"]["ans"], "one key store per project");
}
