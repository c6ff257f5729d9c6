//! Projects that see each other's identities, linked on the settings page.

use ringtrue_domain::member::Role;
use ringtrue_engine::{By, model::ProjectSettings};
use serde_json::json;

use super::{browser::Browser, sandbox_of};
use crate::client::{LORANT, World};

#[tokio::test]
async fn it_takes_both_projects() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let here = format!("{sandbox}/settings");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.open(&here).await.text();
    assert!(page.contains("Linked with none") && page.contains("no other project yet"), "{page}");
    let bank = world
        .engine()
        .create_project(By::Operator, "Bank <AG>", ProjectSettings::default())
        .await
        .unwrap()
        .id
        .to_string();
    let mine = world.engine().caller(world.api.token()).await.unwrap().project.id.to_string();
    let there = format!("/portal/p/{bank}/sandbox/settings");
    assert!(owner.open(&here).await.text().contains(&format!("<option value=\"{bank}\"")));

    let page = owner.submit(&format!("{here}/links"), &[("other", &bank)]).await.text();
    assert!(page.contains("takes effect once Bank &#60;AG&#62; is linked with this project too"), "{page}");
    assert!(page.contains("The other project does not want it yet."), "{page}");
    let page = owner.open(&there).await.text();
    assert!(page.contains("The other project wants it.") && page.contains("Link too"), "{page}");
    let page = owner.submit(&format!("{there}/links"), &[("other", &mine)]).await.text();
    assert!(page.contains("see each other’s identities.") && page.contains(">Linked<"), "{page}");
    let id = world.api.post("/v3/identity", &json!({ "phoneNumber": LORANT.number })).await.ok();
    let asked = format!("/v3/identity/{}/cross-domain", id["identityId"].as_str().unwrap());
    assert_eq!(world.api.post(&asked, &json!({})).await.ok()["count"], 0);

    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let page = reader.open(&here).await.text();
    assert!(page.contains(">Linked<") && !page.contains("Unlink"), "{page}");
    let page = owner.submit(&format!("{here}/unlink"), &[("other", &bank)]).await.text();
    assert!(page.contains("Not linked any more") && page.contains("The other project wants it."), "{page}");

    for other in [mine.as_str(), "x", "01900000-0000-7000-8000-000000000000"] {
        let page = owner.submit(&format!("{here}/links"), &[("other", other)]).await;
        assert_eq!(page.status, 422, "{other}");
        assert!(page.text().contains("There is no other project with this id."), "{}", page.text());
        assert_eq!(owner.submit(&format!("{here}/unlink"), &[("other", other)]).await.status, 404);
    }
}
