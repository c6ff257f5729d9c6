//! All that is known of a person, for automation.

use ringtrue_domain::member::Role;
use serde_json::json;

use super::{automation, project};
use crate::client::{LORANT, World};

#[tokio::test]
async fn a_person_is_handed_out_and_erased_by_whoever_may() {
    let world = World::start().await;
    let path = format!("{}/sandbox/person", project(&world).await);
    let session = world.begin(LORANT, "mobile").await;
    let whom = json!({ "phoneNumber": LORANT.number });
    let api = automation(&world, Role::Analyst).await;
    let record = api.post(&format!("{path}/export"), &whom).await.ok();
    assert_eq!(record["verifications"][0]["correlationId"], session.id);
    assert_eq!((&record["phoneNumber"], &record["environment"]), (&json!(LORANT.number), &json!("sandbox")));
    let gone = api.post(&format!("{path}/erase"), &whom).await.ok();
    assert_eq!(gone, json!({ "identities": 0, "verifications": 1 }));
    let again = api.post(&format!("{path}/erase"), &whom).await;
    assert_eq!((again.status.as_u16(), again.value()["field"].as_str()), (400, Some("phoneNumber")));
    let nobody = api.post(&format!("{path}/export"), &json!({})).await;
    assert_eq!(nobody.value()["field"], "phoneNumber");
    let audit = automation(&world, Role::Owner).await.get("/admin/v1/audit").await.text();
    assert!(
        audit.contains("erased") && audit.contains("exported") && !audit.contains(LORANT.number),
        "{audit}"
    );
}
