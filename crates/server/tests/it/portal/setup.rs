//! An engineer's first steps: a project, its settings, a credential.

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::World;
use ringtrue_domain::member::Role;

#[tokio::test]
async fn a_project_is_created_and_leads_to_its_first_page() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.submit("/portal/projects", &[("name", " Zoë’s <shop> ")]).await.text();
    assert!(page.contains("Project Zoë’s &#60;shop&#62; was created."), "{page}");
    assert!(page.contains("YOUR_CLIENT_ID") && page.contains("Create a credential"));
    // It is said once.
    let list = owner.open("/portal/projects").await.text();
    assert!(!list.contains("was created") && list.contains("Zoë’s &#60;shop&#62;"));
    let wrong = owner.submit("/portal/projects", &[("name", "  ")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Name must be 1 to 80 characters"));
}

#[tokio::test]
async fn settings_are_shown_again_as_they_were_saved_or_typed() {
    let world = World::start().await;
    let path = format!("{}/settings", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let good = [
        ("name", "New name"),
        ("boundHost", "Shop.Example"),
        ("retryPage", "on"),
        ("numberChange", "no"),
        ("resendPauseSeconds", "30"),
        ("perHour", "5"),
        ("perDay", ""),
        ("countries", "gb, DE"),
    ];
    let page = owner.submit(&path, &good).await.text();
    assert!(page.contains("The settings were saved.") && page.contains("value=\"shop.example\""), "{page}");
    assert!(page.contains("name=\"perHour\" value=\"5\"") && page.contains("value=\"DE, GB\""), "{page}");
    assert!(page.contains("value=\"no\" selected") && page.contains("name=\"retryPage\" checked"));
    for (field, value, said) in [
        ("boundHost", "https://shop.example", "Bound host must be a host name"),
        ("resendPauseSeconds", "301", "Resend pause seconds must be 0 to 300"),
        ("resendPauseSeconds", "soon", "Resend pause seconds must be a whole number"),
        ("perHour", "0", "Verifications per number must be 1 to 1,000 per hour and per day"),
        ("perDay", "many", "Verifications of one number must be a whole number"),
        ("countries", "UK", "Countries must be countries that have phone numbers"),
    ] {
        let fields = good.map(|(name, known)| (name, if name == field { value } else { known }));
        let page = owner.submit(&path, &fields).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(page.text().contains(said) && page.text().contains(&format!("value=\"{value}\"")), "{field}");
    }
    assert!(owner.open(&path).await.text().contains("value=\"30\""));
    let log = owner.open("/portal/audit").await.text();
    assert!(log.contains("5 per hour") && log.contains("DE GB"), "{log}");
}

#[tokio::test]
async fn pages_that_may_call_are_named_by_their_origins() {
    let world = World::start().await;
    let path = format!("{}/settings", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let form = format!("{path}/origins");
    let wrong = owner.submit(&form, &[("origins", "https://shop.example/pay")]).await;
    assert_eq!(wrong.status, 422);
    let page = wrong.text();
    assert!(
        page.contains("Origins must each be scheme, host and port")
            && page.contains(">https://shop.example/pay<")
    );
    assert!(page.contains("aria-describedby=\"origins-hint problem\" aria-invalid=\"true\""), "{page}");
    let page =
        owner.submit(&form, &[("origins", "https://Shop.example/ \n http://localhost:3000")]).await.text();
    assert!(page.contains(">http://localhost:3000\nhttps://shop.example<"), "{page}");
    // The other form leaves them alone.
    let settings =
        [("name", "N"), ("boundHost", ""), ("numberChange", "default"), ("resendPauseSeconds", "")];
    let page = owner.submit(&path, &settings).await.text();
    assert!(page.contains(">http://localhost:3000\nhttps://shop.example<"), "{page}");
    let page = owner.submit(&form, &[("origins", " ")]).await.text();
    assert!(page.contains("Saved.") && !page.contains("http://localhost:3000"), "{page}");
}

#[tokio::test]
async fn a_credential_works_until_it_is_revoked_and_its_secret_is_shown_once() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let path = format!("{sandbox}/credentials");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.submit(&path, &[]).await.text();
    let fresh = between(&page, "The new credential", "</section>");
    let id = between(fresh, "<code>", "</code>");
    let secret = between(fresh.split_once("Client secret").unwrap().1, "<code>", "</code>");
    world.api.signed_in(id, secret).await.get("/v3/sandbox/clock").await.ok();
    let list = owner.open(&path).await.text();
    assert!(list.contains(id) && !list.contains(secret));
    assert!(owner.open(&format!("{sandbox}/integrate")).await.text().contains(id));
    let page = owner.submit(&format!("{path}/{id}/revoke"), &[]).await.text();
    assert!(page.contains("The credential was revoked"), "{page}");
    let used = world.api.anonymous().call(http::Method::POST, "/token");
    let form = crate::client::form(&[
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ]);
    used.form(form).send().await.refused(401, 8002);
}

#[tokio::test]
async fn a_credential_of_another_environment_cannot_be_revoked_from_here() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let (id, _) = world.credentials();
    let production = sandbox.replace("/sandbox", "/production");
    let answer = owner.submit(&format!("{production}/credentials/{id}/revoke"), &[]).await;
    assert_eq!(answer.status, 404);
    world.api.get("/v3/sandbox/clock").await.ok();
}

#[tokio::test]
async fn times_and_colours_are_as_the_visitor_chose() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert!(owner.open("/portal/projects").await.text().contains("data-theme=\"system\""));
    let page = owner.submit("/portal/looks", &[("theme", "dark"), ("zone", "Asia/Kathmandu")]).await.text();
    assert!(page.contains("data-theme=\"dark\"") && page.contains(">Asia/Kathmandu</a>"), "{page}");
    let page = owner.submit("/portal/looks", &[("theme", "dark"), ("zone", "Nowhere")]).await.text();
    assert!(page.contains("Time zone must be one of the list"), "{page}");
}
