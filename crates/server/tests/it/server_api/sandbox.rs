//! Contract `sandbox.md`: outbox and clock over the API.

use serde_json::json;

use super::{MARKER, refuses};
use crate::client::{LANEY, LORANT, World};

#[tokio::test]
async fn the_outbox_is_newest_first_and_by_number() {
    let world = World::start().await;
    assert_eq!(world.api.get("/v3/sandbox/messages").await.ok(), json!([]));
    world.begin(LORANT, "mobile").await.device().send_code().await;
    world.advance(5).await;
    world.begin(LANEY, "desktop").await.device().send_link().await;
    let all = world.api.get("/v3/sandbox/messages").await.ok();
    assert_eq!(
        all.as_array().unwrap().iter().map(|m| &m["to"]).collect::<Vec<_>>(),
        [LANEY.number, LORANT.number]
    );
    assert_eq!((&all[0]["kind"], &all[1]["kind"]), (&json!("link"), &json!("otp")));
    assert!(all[0].get("code").is_none() && all[1].get("link").is_none());
    assert!(all[0]["sentAt"].as_str() > all[1]["sentAt"].as_str());
    assert_eq!(world.messages(LORANT.number).await, [all[1].clone()]);
    // A plus sign that nobody encoded, separators, and no plus sign at all.
    for to in ["+12001004014", "%2B1%20(200)%20100-4014", "2001004014"] {
        let found = world.api.get(&format!("/v3/sandbox/messages?to={to}")).await.ok();
        assert_eq!(found.as_array().unwrap().len(), 1, "{to}");
    }
    assert_eq!(world.messages("+14155552671").await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn the_outbox_shows_as_many_as_are_asked_for() {
    let world = World::start().await;
    for _ in 0..25 {
        world.begin(LORANT, "mobile").await.device().send_code().await;
    }
    let shown = async |query: &str| world.api.get(&format!("/v3/sandbox/messages{query}")).await.ok();
    for (query, count) in [("", 20), ("?limit=1", 1), ("?limit=24", 24), ("?limit=100", 25)] {
        assert_eq!(shown(query).await.as_array().unwrap().len(), count, "{query}");
    }
    for wrong in ["0", "101", "-1", "1.5", "Zq7Marker", "99999999999999999999"] {
        let answer = world.api.get(&format!("/v3/sandbox/messages?limit={wrong}")).await;
        assert_eq!(answer.refused(400, 8001), "limit: must be 1 to 100", "{wrong}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_8001() {
    let world = World::start().await;
    for query in ["to=Zq7Marker", "to=", "to=%2B1&to=Zq7Marker"] {
        let answer = world.api.get(&format!("/v3/sandbox/messages?{query}")).await;
        answer.refused(400, 8001);
        assert!(!answer.text().contains(MARKER));
    }
}

#[tokio::test]
async fn the_clock_only_goes_forward() {
    let world = World::start().await;
    let path = "/v3/sandbox/clock";
    assert_eq!(world.api.get(path).await.ok()["advancedSeconds"], 0);
    for (seconds, ahead) in [(60, 60), (0, 60), (3600, 3660)] {
        let moved = world.api.post(path, &json!({ "advanceSeconds": seconds })).await.ok();
        assert_eq!(moved["advancedSeconds"], ahead);
        assert_eq!(world.api.get(path).await.ok()["advancedSeconds"], ahead);
    }
    refuses(&world.api, path, &json!({}), "advanceSeconds: is required").await;
    for wrong in [json!(-1), json!(316_224_001), json!(i64::MAX), json!(i64::MIN)] {
        let rule = "advanceSeconds: must be 0 to 316224000";
        refuses(&world.api, path, &json!({ "advanceSeconds": wrong }), rule).await;
    }
    for wrong in [json!("60"), json!(1.5), json!(MARKER), json!(true), json!(1e30)] {
        refuses(
            &world.api,
            path,
            &json!({ "advanceSeconds": wrong }),
            "advanceSeconds: must be a whole number",
        )
        .await;
    }
    assert_eq!(world.api.get(path).await.ok()["advancedSeconds"], 3660);
}

#[tokio::test]
async fn the_clock_can_be_moved_to_its_end_and_flows_still_work() {
    let world = World::start().await;
    for _ in 0..9 {
        world.advance(316_224_000).await;
    }
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    assert_eq!(session.device().enter("1234").await, json!({ "next": "done" }));
    assert_eq!(world.results(&session.id).await[0], "true");
}
