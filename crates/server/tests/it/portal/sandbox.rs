//! What happens in sandbox, seen in the portal.

use ringtrue_domain::member::Role;
use serde_json::json;

use super::{browser::Browser, sandbox_of};
use crate::client::{LORANT, World};

/// Enrols a persona; answers its identity's id.
async fn enrolled(world: &World, customer: &str) -> String {
    let body = json!({ "phoneNumber": LORANT.number, "clientCustomerId": customer });
    let answer = world.api.post("/v3/identity", &body).await.ok();
    answer["identityId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn messages_show_up_with_their_code_and_are_found_by_number() {
    let world = World::start().await;
    let path = format!("{}/outbox", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert!(owner.open(&path).await.text().contains("No message"));
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    let page = owner.open(&path).await.text();
    assert!(page.contains(LORANT.number) && page.contains(&link), "{page}");
    assert!(owner.submit(&path, &[("to", LORANT.number)]).await.text().contains(&link));
    assert!(owner.submit(&path, &[("to", "+12001004012")]).await.text().contains("None to this number"));
    // Whoever may only look sees no link that would confirm a phone.
    assert!(!Browser::signed_in(&world, Role::ReadOnly).await.open(&path).await.text().contains(&link));
}

#[tokio::test]
async fn the_clock_moves_forward_only() {
    let world = World::start().await;
    let path = format!("{}/outbox", sandbox_of(&world).await);
    let clock = format!("{path}/clock");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.submit(&clock, &[("by", "3"), ("unit", "hours")]).await.text();
    assert!(
        page.contains("moved forward by 3 hours") && page.contains("3 hours ahead of the world"),
        "{page}"
    );
    let page = owner.submit(&clock, &[("by", "-3"), ("unit", "hours")]).await.text();
    assert!(page.contains("can be moved forward only") && page.contains("3 hours ahead"), "{page}");
}

#[tokio::test]
async fn what_becomes_of_a_number_is_an_event_of_its_identity() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let id = enrolled(&world, "zoe@shop.example").await;
    let changes = format!("{sandbox}/outbox/changes");
    let port = [("identity", id.as_str()), ("eventType", "PORT"), ("newCarrier", "Other <Mobile>")];
    let page = owner.submit(&changes, &port).await.text();
    assert!(page.contains("the event is on its way") && page.contains("to Other &#60;Mobile&#62;"), "{page}");
    let events = owner.open(&format!("{sandbox}/events")).await.text();
    assert!(events.contains("PORT") && events.contains(LORANT.number), "{events}");
    for (fields, said) in [
        (vec![("identity", "0"), ("eventType", "PORT")], "There is no identity with this id"),
        (vec![("identity", id.as_str()), ("eventType", "LINE_TYPE_CHANGE")], "New line type is required"),
        (
            vec![("identity", id.as_str()), ("eventType", "PORT"), ("afterDays", "x")],
            "After days must be 0 to 3660",
        ),
    ] {
        let page = owner.submit(&changes, &fields).await;
        assert_eq!(page.status, 422, "{said}");
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
}

#[tokio::test]
async fn an_identity_is_found_switched_and_let_go() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let list = format!("{sandbox}/identities");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert!(owner.open(&list).await.text().contains("Nobody enrolled yet"));
    let id = enrolled(&world, "c").await;
    for looked_for in [LORANT.number, &id] {
        assert!(owner.submit(&list, &[("number", looked_for)]).await.text().contains(&id), "{looked_for}");
    }
    assert!(owner.submit(&list, &[("number", "+12001004012")]).await.text().contains("Nobody found"));
    assert_eq!(owner.submit(&list, &[("number", "x")]).await.status, 422);
    let one = format!("{list}/{id}");
    assert!(owner.submit(&one, &[("deed", "deactivate")]).await.text().contains("Inactive"));
    assert!(owner.submit(&one, &[("deed", "activate")]).await.text().contains("Watched"));
    assert!(owner.submit(&one, &[("deed", "disenrol")]).await.text().contains("was disenrolled"));
    assert_eq!(owner.open(&one).await.status, 404);
}

#[tokio::test]
async fn people_of_production_are_masked() {
    let world = World::start().await;
    let production = sandbox_of(&world).await.replace("/sandbox", "/production");
    let api = world.production().await;
    let body = json!({ "phoneNumber": "+14155552671", "clientCustomerId": "zoe@shop.example" });
    let id = api.post("/v3/identity", &body).await.ok()["identityId"].as_str().unwrap().to_owned();
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let found = owner.submit(&format!("{production}/identities"), &[("number", "+1 415 555 2671")]).await;
    for page in [found, owner.open(&format!("{production}/identities/{id}")).await] {
        let text = page.text();
        assert!(text.contains("+14…71") && text.contains("zoe…"), "{text}");
        assert!(!text.contains("4155552671") && !text.contains("shop.example"), "{text}");
    }
}
