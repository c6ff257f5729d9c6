//! How often somebody may try to sign in.

use ringtrue_domain::member::Role;

use super::browser::{Browser, between};
use crate::client::World;

const ASK: &str = "/portal/sign-in/passkey/question";

#[tokio::test]
async fn sixty_forms_a_minute_come_from_one_network() {
    let world = World::reached_at("https://ring.example").await;
    let nobody = Browser::new(&world);
    let ask = async |from: &str| {
        nobody.send(ASK, &[], &[("sec-fetch-site", "same-origin"), ("x-forwarded-for", from)]).await
    };
    let mut taken = 0;
    let refused = loop {
        // Whoever has one of these addresses has all.
        let answer = ask(&format!("2001:db8::{taken:x}")).await;
        match answer.status.as_u16() {
            200 => taken += 1,
            _ => break answer,
        }
    };
    // What comes back meanwhile is a token a second.
    assert!((60..120).contains(&taken), "{taken}");
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "1"));
    let page = refused.text();
    assert!(page.contains("Too many attempts to sign in come from your network."), "{page}");
    assert!(page.contains("Try again in a moment."), "{page}");
    // What the client itself forwards is not believed.
    assert_eq!(ask("203.0.113.1, 2001:db8::1").await.status, 429);
    assert_eq!(ask("2001:db8:0:1::1").await.status, 200, "another network");
    // Every form of whoever is not signed in counts, and no other.
    let forms = [
        "/portal/sign-in/recovery",
        "/portal/sign-in/passkey",
        "/portal/sign-in/single-sign-on",
        "/portal/enter/x",
        "/portal/invitation/x",
    ];
    for form in forms {
        let from = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", "2001:db8::1")];
        assert_eq!(nobody.send(form, &[], &from).await.status, 429, "{form}");
    }
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert_eq!(owner.open("/portal/sign-in").await.status, 200);
}

#[tokio::test]
async fn a_stranger_keeps_no_member_out() {
    let world = World::start().await;
    let ada = Browser::signed_in(&world, Role::Owner).await;
    let page = ada.submit("/portal/account/recovery-codes", &[]).await.text();
    let code = between(&page, "<pre id=\"codes\">", "</pre>").lines().next().unwrap().to_owned();
    let email = world.engine().store().team().await.unwrap().members[0].email.expose().to_owned();
    let nobody = Browser::new(&world);
    let enter = async |from: &str, code: &str| {
        let fields = [("email", email.as_str()), ("code", code)];
        let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", from)];
        nobody.send("/portal/sign-in/recovery", &fields, &headers).await
    };
    for _ in 0..10 {
        assert_eq!(enter("198.51.100.1", "nonsense").await.status, 422);
    }
    let refused = enter("198.51.100.1", &code).await;
    assert!(refused.text().contains("Too many attempts with this address from your network."));
    assert_eq!(enter("198.51.100.2", &code).await.status, 303);
}
