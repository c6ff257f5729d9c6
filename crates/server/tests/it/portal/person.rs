//! All that is known of one person: found, handed out, erased.

use ringtrue_domain::member::Role;
use serde_json::Value;

use super::{browser::Browser, sandbox_of};
use crate::client::{JESSE, LORANT, World};

const NUMBER: (&str, &str) = ("number", LORANT.number);

#[tokio::test]
async fn what_is_known_of_a_person_is_handed_out_and_erased() {
    let world = World::start().await;
    let path = format!("{}/person", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let analyst = Browser::signed_in(&world, Role::Analyst).await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    session.device().enter(&world.code(LORANT).await).await;
    let other = world.begin(JESSE, "mobile").await;
    let page = analyst.submit(&path, &[NUMBER]).await.text();
    assert!(page.contains(&session.id) && !page.contains(&other.id), "{page}");
    let identity = super::browser::between(&page, "/identities/", "\"").to_owned();

    let file = analyst.submit(&format!("{path}/export"), &[NUMBER]).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"person.json\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let file: Value = serde_json::from_str(&file.text()).unwrap();
    let verification = &file["verifications"][0];
    assert_eq!(
        (file["phoneNumber"].as_str(), file["identities"].as_array().unwrap().len()),
        (Some(LORANT.number), 1)
    );
    assert_eq!(verification["correlationId"], session.id);
    assert_eq!(
        (verification["outcome"].as_str(), verification["lastName"].as_str()),
        (Some("verified"), Some("Nerger"))
    );
    assert!(!verification["steps"].as_array().unwrap().is_empty());
    assert_eq!(file["identities"][0]["identityId"], identity);
    assert_eq!(file["sandboxMessages"].as_array().unwrap().len(), 1);

    // From its page, too; the number is in no address.
    let page = analyst.submit(&path, &[("identity", &identity)]).await.text();
    assert!(page.contains(&session.id), "{page}");
    let page = analyst.submit(&path, &[("verification", &session.id)]).await.text();
    assert!(page.contains(&identity), "{page}");
    assert!(!page.contains("name=\"number\" value"), "who has not typed the number does not get it: {page}");

    let page = analyst.submit(&format!("{path}/erase"), &[NUMBER]).await.text();
    assert!(page.contains("Erased: 1 identity and 1 verification"), "{page}");
    let page = analyst.submit(&path, &[NUMBER]).await.text();
    assert!(page.contains("Nothing is known of"), "{page}");
    let asked = world.api.get(&format!("/v3/identity/{identity}")).await;
    assert!(asked.status.is_client_error(), "{}", asked.text());
    let asked = serde_json::json!({ "correlationId": session.id });
    let asked = world.api.post("/v3/verify-status", &asked).await;
    assert!(asked.status.is_client_error(), "{}", asked.text());
    assert_eq!(world.messages(LORANT.number).await, Vec::<Value>::new());
    // Nobody else's.
    assert!(analyst.submit(&path, &[("number", JESSE.number)]).await.text().contains(&other.id));
    let again = analyst.submit(&format!("{path}/erase"), &[NUMBER]).await;
    assert_eq!(again.status, 422);

    let audit = owner.open("/portal/audit").await.text();
    for line in [
        "Exported what is known of a person in Weir Street Tool Library, sandbox: 1 identity and 1 verification.",
        "Erased what was known of a person in Weir Street Tool Library, sandbox: 1 identity and 1 verification.",
    ] {
        assert!(audit.contains(line), "{line}: {audit}");
    }
    assert!(!audit.contains(LORANT.number));
}

#[tokio::test]
async fn a_verification_under_way_ends_when_it_is_erased() {
    let world = World::start().await;
    let path = format!("{}/person/erase", sandbox_of(&world).await);
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    // Somebody else's goes on.
    let other = world.begin(JESSE, "mobile").await;
    Browser::signed_in(&world, Role::Owner).await.submit(&path, &[NUMBER]).await;
    let answer = session.device().call("mobile/otp/finish", &serde_json::json!({ "otp": code })).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    other.device().send_code().await;
}

#[tokio::test]
async fn only_whoever_may_erase_comes_here() {
    let world = World::start().await;
    let path = format!("{}/person", sandbox_of(&world).await);
    for role in [Role::Developer, Role::ReadOnly] {
        let browser = Browser::signed_in(&world, role).await;
        assert_eq!(browser.open(&path).await.status, 403, "{role:?}");
        for part in ["", "/export", "/erase"] {
            assert_eq!(
                browser.submit(&format!("{path}{part}"), &[NUMBER]).await.status,
                403,
                "{role:?} {part}"
            );
        }
    }
    let analyst = Browser::signed_in(&world, Role::Analyst).await;
    assert_eq!(analyst.submit(&path, &[("number", "x")]).await.status, 422);
    assert_eq!(analyst.submit(&path, &[("identity", "x")]).await.status, 400);
}
