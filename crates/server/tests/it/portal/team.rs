//! The team and what it did.

use ringtrue_domain::member::Role;
use ringtrue_engine::By;

use super::browser::{Browser, between};
use crate::client::World;

#[tokio::test]
async fn a_role_holds_from_the_next_click_and_the_last_owner_stays() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    assert_eq!(reader.open("/portal/audit").await.status, 403);
    let page = owner.open("/portal/team").await.text();
    let change = between(&page, "/portal/team/members/", "/role").to_owned();
    let change = format!("/portal/team/members/{change}");
    assert!(page.contains("(the last one)"));

    let page = owner.submit(&format!("{change}/role"), &[("role", "owner")]).await.text();
    assert!(page.contains("The member is Owner now."), "{page}");
    assert_eq!(reader.open("/portal/audit").await.status, 200);
    assert!(owner.submit(&format!("{change}/remove"), &[]).await.text().contains("signed out everywhere"));
    assert!(reader.open("/portal").await.text().contains("<h1>Sign in</h1>"));

    let page = owner.open("/portal/audit").await.text();
    for line in
        ["Signed in with a link of the server.", "Invited somebody as read-only.", "Removed a former member"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    // The last owner is no member whom somebody could change, whatever is posted.
    let own = world.engine().store().team().await.unwrap().members[0].id;
    for (path, fields) in [("role", vec![("role", "analyst")]), ("remove", vec![])] {
        let answer = owner.submit(&format!("/portal/team/members/{own}/{path}"), &fields).await.text();
        assert!(answer.contains("must stay owner"), "{answer}");
    }
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_is_over() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let fields = [("email", "zoe@team.example"), ("role", "developer")];
    let page = owner.submit("/portal/team/invitations", &fields).await.text();
    let link = format!("/portal/invitation/{}", between(&page, "/portal/invitation/", "<"));
    let revoke = between(&page, "/portal/team/invitations/", "\"");
    let page = owner.submit(&format!("/portal/team/invitations/{revoke}"), &[]).await.text();
    assert!(page.contains("Taken back") && !page.contains("/revoke"), "{page}");
    assert_eq!(Browser::new(&world).open(&link).await.status, 410);
}

/// However many there are, each is listed and can be ended.
#[tokio::test]
async fn invitations_and_keys_go_on_by_key() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    for number in 0..52 {
        world
            .engine()
            .invite(By::Operator, &format!("m{number}@team.example"), Role::ReadOnly)
            .await
            .unwrap();
        let name = format!("Key {number}");
        world.engine().make_access_key(By::Operator, &name, Role::ReadOnly, 1).await.unwrap();
    }
    for (path, oldest, over) in [
        ("/portal/team", "m0@team.example", "was taken back"),
        ("/portal/access-keys", "Key 0<", "was revoked"),
    ] {
        let first = owner.open(path).await.text();
        assert!(first.len() < 64 * 1024, "{path} has {} bytes", first.len());
        assert!(!first.contains(oldest), "{path}");
        let next = between(&first, "<nav class=\"pager\"", "rel=\"next\"");
        let page = owner.open(between(next, "<a href=\"", "\"")).await.text();
        assert!(page.contains(oldest) && page.contains(">Newest</a>"), "{page}");
        let row = page.split_once(oldest).unwrap().1;
        let revoke = between(row, &format!("action=\"{path}"), "\"").to_owned();
        let done = owner.submit(&format!("{path}{revoke}"), &[]).await.text();
        assert!(done.contains(over), "{path}: {done}");
    }
    let open = world.engine().access_keys(By::Operator, None, 200).await.unwrap();
    assert!(open.len() == 51 && open.iter().all(|key| key.name.as_str() != "Key 0"));
}

#[tokio::test]
async fn browsers_are_listed_and_signed_out() {
    let world = World::start().await;
    let here = Browser::signed_in(&world, Role::Owner).await;
    let there = Browser::signed_in(&world, Role::Owner).await;
    let page = here.open("/portal/account").await.text();
    let end = format!("/portal/account/sessions/{}/end", between(&page, "/portal/account/sessions/", "/end"));
    assert!(here.submit(&end, &[]).await.text().contains("That browser is signed out."));
    assert!(there.open("/portal").await.text().contains("<h1>Sign in</h1>"));
    let again = Browser::signed_in(&world, Role::Owner).await;
    here.submit("/portal/account/sessions/end-others", &[]).await;
    assert!(again.open("/portal").await.text().contains("<h1>Sign in</h1>"));
    assert!(here.open("/portal/account").await.text().contains("(this one)"));
}
