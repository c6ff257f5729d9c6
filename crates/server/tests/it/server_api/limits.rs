//! What a project limits: how often a number is verified, and of which countries.

use serde_json::json;

use crate::client::{LANEY, LORANT, ROZELLA, SHEILA, World};

#[tokio::test]
async fn a_number_that_was_verified_too_often_is_told_when_to_come_back() {
    let world = World::start().await;
    world.limit(Some(2), None, &[]).await;
    let again = LORANT.verify("none");
    // What became of the others does not matter, and neither does how the number is written.
    world.begin(LORANT, "mobile").await;
    world
        .api
        .post("/v3/verify", &LORANT.verify_with("none", "phoneNumber", json!("(200) 100-4014")))
        .await
        .ok();
    let refused = world.api.post("/v3/verify", &again).await;
    let text = "phoneNumber: at most 2 verifications of one number per hour";
    assert_eq!(refused.refused(429, 8429), text);
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((3500..=3600).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("ratelimit-policy"), "\"number\";q=2;w=3600");
    assert_eq!(refused.header("ratelimit"), format!("\"number\";r=0;t={seconds}"));
    world.begin(LANEY, "mobile").await;
    // The way out: it ends when it says so.
    world.advance(i64::try_from(seconds).unwrap()).await;
    world.api.post("/v3/verify", &again).await.ok();
    world.limit(None, Some(2), &[]).await;
    let text = "phoneNumber: at most 2 verifications of one number per day";
    assert_eq!(world.api.post("/v3/verify", &again).await.refused(429, 8429), text);
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer_at_the_limit_too() {
    let world = World::start().await;
    world.limit(Some(1), None, &[]).await;
    let verify = async |key: &str| {
        let call = world.api.call(http::Method::POST, "/v3/verify").header("idempotency-key", key);
        call.json(&SHEILA.verify("none")).send().await
    };
    let first = verify("one").await.ok();
    assert_eq!(verify("one").await.ok(), first);
    // What was refused is not remembered: the same request is let in later.
    verify("two").await.refused(429, 8429);
    world.advance(3600).await;
    assert_ne!(verify("two").await.ok()["correlationId"], first["correlationId"]);
}

#[tokio::test]
async fn numbers_of_countries_that_are_not_named_are_refused() {
    let world = World::start().await;
    world.limit(None, None, &["DE"]).await;
    let refused = world.api.post("/v3/verify", &ROZELLA.verify("none")).await;
    assert_eq!(refused.refused(400, 8001), "phoneNumber: must be of a country that the project allows");
    // Most personas are of no country.
    world.begin(LORANT, "mobile").await;
    let real =
        json!({ "possessionType": "none", "phoneNumber": "+14155552671", "firstName": "A", "lastName": "B" });
    let production = world.production().await;
    production.post("/v3/verify", &real).await.refused(400, 8001);
    world.limit(None, None, &["DE", "GB", "US"]).await;
    production.post("/v3/verify", &real).await.ok();
    world.begin(ROZELLA, "none").await;
}
