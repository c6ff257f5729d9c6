//! Getting in: first owner, links, invitations, recovery codes.

use ringtrue_domain::{member::Role, text::EmailAddress};

use super::browser::{Browser, between};
use crate::client::World;

const ADA: [(&str, &str); 2] = [("email", "ada@team.example"), ("name", "Ada <Lovelace>")];

async fn first_link(world: &World) -> String {
    let token = world.engine().first_link().await.unwrap().unwrap();
    format!("/portal/enter/{}", token.expose())
}

#[tokio::test]
async fn whoever_follows_the_first_link_becomes_owner_once() {
    let world = World::start().await;
    let (link, other) = (first_link(&world).await, first_link(&world).await);
    let ada = Browser::new(&world);
    assert!(ada.open("/portal/sign-in").await.text().contains("belongs to nobody yet"));
    // Whoever only looks, a scanner too, uses nothing up.
    for _ in 0..2 {
        assert!(ada.open(&link).await.text().contains("<h1>Become the first owner</h1>"));
    }
    let wrong = ada.enter(&link, &[("email", "ada"), ("name", "Ada")]).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("Email must") && wrong.text().contains("value=\"Ada\""),
        "{}",
        wrong.text()
    );
    let page = ada.enter(&link, &ADA).await;
    assert!(page.text().contains("<h1>Your account</h1>") && page.text().contains("You are signed in."));
    assert!(page.text().contains("Ada &#60;Lovelace&#62;"));
    // Both links are over, and there is no other.
    let eve = Browser::new(&world);
    for link in [&link, &other] {
        assert_eq!(eve.open(link).await.status, 410);
        assert_eq!(eve.enter(link, &ADA).await.status, 410);
    }
    assert!(world.engine().first_link().await.unwrap().is_none());
    assert_eq!(eve.open("/portal/enter/nonsense").await.status, 410);
}

#[tokio::test]
async fn nobody_is_signed_in_by_another_site() {
    let world = World::start().await;
    let link = first_link(&world).await;
    let victim = Browser::new(&world);
    for headers in [
        vec![],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
    ] {
        assert_eq!(victim.send(&link, &ADA, &headers).await.status, 403, "{headers:?}");
    }
    assert!(victim.enter(&link, &ADA).await.text().contains("Your account"));
}

#[tokio::test]
async fn a_link_of_the_operator_signs_a_member_in_once() {
    let world = World::start().await;
    let ada = Browser::new(&world);
    ada.enter(&first_link(&world).await, &ADA).await;
    let email = EmailAddress::parse("email", "ada@team.example").unwrap();
    let token = world.engine().link_for(&email).await.unwrap();
    let link = format!("/portal/enter/{}", token.expose());
    let elsewhere = Browser::new(&world);
    assert!(elsewhere.open(&link).await.text().contains("signs you in as Ada &#60;Lovelace&#62;, once"));
    assert!(elsewhere.enter(&link, &[]).await.text().contains("You are signed in."));
    assert_eq!(Browser::new(&world).enter(&link, &[]).await.status, 410);
}

#[tokio::test]
async fn an_invitation_makes_a_member_of_the_role_once() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let invite = async |email, role| {
        owner.submit("/portal/team/invitations", &[("email", email), ("role", role)]).await
    };
    assert_eq!(invite("zoe", "analyst").await.status, 422);
    let page = invite("zoe@team.example", "analyst").await.text();
    let address = between(&page, "/portal/invitation/", "<");
    let link = format!("/portal/invitation/{address}");
    let zoe = Browser::new(&world);
    assert!(zoe.open(&link).await.text().contains("as Analyst."));
    assert_eq!(zoe.enter(&link, &[("name", " ")]).await.status, 422);
    assert!(zoe.enter(&link, &[("name", "Zoë")]).await.text().contains("Welcome."));
    assert_eq!(Browser::new(&world).enter(&link, &[("name", "Eve")]).await.status, 410);
    assert_eq!(zoe.open("/portal/team").await.status, 403);
    assert!(owner.open("/portal/team").await.text().contains("Accepted"));
}

#[tokio::test]
async fn a_recovery_code_works_once_and_leads_back() {
    let world = World::start().await;
    let ada = Browser::new(&world);
    ada.enter(&first_link(&world).await, &ADA).await;
    let page = ada.submit("/portal/account/recovery-codes", &[]).await.text();
    let codes: Vec<_> = between(&page, "<pre id=\"codes\">", "</pre>").lines().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    let page = ada.open("/portal/account").await.text();
    assert!(page.contains("You have 10 that work") && !page.contains(&codes[0]));

    let elsewhere = Browser::new(&world);
    let enter = async |email: &str, code: &str| {
        let fields = [("email", email), ("code", code), ("back", "/portal/looks")];
        elsewhere.enter("/portal/sign-in/recovery", &fields).await
    };
    for (email, code) in [("ada@team.example", "nonsense"), ("eve@team.example", codes[0].as_str())] {
        let refused = enter(email, code).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("do not belong together"), "{}", refused.text());
    }
    let page = enter("ADA@team.example", &codes[0].to_lowercase()).await.text();
    assert!(page.contains("<h1>Display</h1>") && page.contains("you have 9 more"), "{page}");
    assert_eq!(enter("ada@team.example", &codes[0]).await.status, 422);
    for _ in 0..10 {
        enter("ada@team.example", "nonsense").await;
    }
    assert!(enter("ada@team.example", &codes[1]).await.text().contains("Too many attempts"));
}

#[tokio::test]
async fn without_a_provider_nobody_comes_from_one() {
    let world = World::start().await;
    let ada = Browser::new(&world);
    ada.enter(&first_link(&world).await, &ADA).await;
    let nobody = Browser::new(&world);
    assert!(!nobody.open("/portal/sign-in").await.text().contains("single-sign-on"));
    assert_eq!(nobody.enter("/portal/sign-in/single-sign-on", &[]).await.status, 404);
    let back = nobody.open("/portal/sign-in/single-sign-on/return?code=a&state=b").await;
    assert_eq!(back.status, 403);
    assert!(back.text().contains("was not begun in this browser"), "{}", back.text());
}
