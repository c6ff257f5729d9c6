//! Links between projects, put by automation.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::json;

use super::{automation, project};
use crate::client::World;

const OTHER: &str = "6f8d3a52-9a4e-4b0c-8f61-2c1de01f7a33";

#[tokio::test]
async fn a_link_is_wanted_by_each_side_for_itself() {
    let world = World::start().await;
    let (here, api) = (project(&world).await, automation(&world, Role::Developer).await);
    let there = format!("/admin/v1/projects/{OTHER}");
    let mine = here.rsplit('/').next().unwrap();
    api.call(Method::PUT, &there).json(&json!({ "name": "Bank" })).send().await;
    let links = async |of: &str| api.get(&format!("{of}/links")).await.ok()["links"].clone();
    assert_eq!(links(&here).await, json!([]));
    let put =
        async |of: &str, other: &str| api.call(Method::PUT, &format!("{of}/links/{other}")).send().await;
    let told = |wanted: bool, by_other: bool| {
        json!({ "projectId": OTHER, "name": "Bank", "wanted": wanted, "wantedByOther": by_other,
            "linked": wanted && by_other })
    };
    for _ in 0..2 {
        assert_eq!(put(&here, OTHER).await.ok(), told(true, false));
    }
    assert_eq!(links(&here).await, json!([told(true, false)]));
    assert_eq!(links(&there).await[0]["wantedByOther"], true);
    assert_eq!(put(&there, mine).await.ok()["linked"], true);
    assert_eq!(links(&here).await, json!([told(true, true)]));
    for _ in 0..2 {
        assert_eq!(api.call(Method::DELETE, &format!("{here}/links/{OTHER}")).send().await.status, 204);
    }
    assert_eq!(links(&here).await, json!([told(false, true)]));
    // What changed nothing is not in the log.
    let audit = automation(&world, Role::Owner).await.get("/admin/v1/audit?limit=100").await.ok();
    let entries = audit["entries"].as_array().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry["details"]["setting"] == "linked").count(), 3, "{audit}");

    assert_eq!(put(&here, mine).await.value()["field"], "other");
    for other in ["x", "01900000-0000-7000-8000-000000000000"] {
        assert_eq!(put(&here, other).await.status, 404, "{other}");
    }
}
