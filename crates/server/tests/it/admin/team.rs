//! The team, its keys, and what is written down.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::World;

#[tokio::test]
async fn members_come_by_invitation_and_the_last_owner_stays() {
    let world = World::start().await;
    world.sign_in(Role::Owner).await;
    let api = automation(&world, Role::Owner).await;
    let invite = json!({ "email": "bob@team.example", "role": "analyst" });
    let invited = api.post("/admin/v1/invitations", &invite).await;
    assert_eq!(invited.status, 201);
    assert!(invited.value()["address"].as_str().unwrap().contains("/portal/invitation/"));
    // A key that got out must leave no owner behind.
    let owner = json!({ "email": "eve@team.example", "role": "owner" });
    assert_eq!(api.post("/admin/v1/invitations", &owner).await.status, 403);
    let id = invited.value()["invitation"]["id"].as_str().unwrap().to_owned();
    let token = invited.value()["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    world.engine().accept_invitation(&token, "Bob", "Firefox").await.unwrap();
    let listed = api.get("/admin/v1/invitations").await.ok();
    assert_eq!(
        (&listed["invitations"][0]["id"], &listed["invitations"][0]["state"]),
        (&json!(id), &json!("accepted"))
    );
    let members = api.get("/admin/v1/members").await.ok()["members"].as_array().unwrap().clone();
    let of = |role: &str| members.iter().find(|one| one["role"] == role).unwrap()["id"].as_str().unwrap();
    let bob = format!("/admin/v1/members/{}", of("analyst"));
    let change = api.call(Method::PATCH, &bob).json(&json!({ "role": "developer" })).send().await.ok();
    assert_eq!(change["role"], "developer");
    assert_eq!(api.call(Method::PATCH, &bob).json(&json!({ "role": "owner" })).send().await.status, 403);
    for (method, body) in [(Method::PATCH, json!({ "role": "analyst" })), (Method::DELETE, json!({}))] {
        let last = format!("/admin/v1/members/{}", of("owner"));
        let kept = api.call(method, &last).json(&body).send().await;
        assert_eq!((kept.status.as_u16(), &kept.value()["field"]), (400, &json!("member")));
    }
    assert_eq!(api.call(Method::DELETE, &bob).send().await.status, 204);
    assert_eq!(api.call(Method::DELETE, &bob).send().await.status, 404);
}

#[tokio::test]
async fn invitations_and_keys_go_on_by_key_and_each_can_be_ended() {
    let world = World::start().await;
    let api = automation(&world, Role::Owner).await;
    for number in 0..4 {
        let invite = json!({ "email": format!("m{number}@team.example"), "role": "analyst" });
        api.post("/admin/v1/invitations", &invite).await;
        automation(&world, Role::ReadOnly).await;
    }
    for (path, list, count) in
        [("/admin/v1/invitations", "invitations", 4), ("/admin/v1/access-keys", "accessKeys", 5)]
    {
        let whole = api.get(path).await.ok();
        let ids = |page: &Value| -> Vec<String> {
            page[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((ids(&whole).len(), whole.get("next")), (count, None));
        let (mut all, mut query) = (Vec::new(), "limit=3".to_owned());
        loop {
            let page = api.get(&format!("{path}?{query}")).await.ok();
            all.extend(ids(&page));
            let Some(next) = page.get("next") else { break };
            query = format!("limit=3&before={}", next.as_str().unwrap());
        }
        assert_eq!(all, ids(&whole));
        for wrong in ["before=x", "limit=0", "limit=101"] {
            assert_eq!(api.get(&format!("{path}?{wrong}")).await.status, 400, "{wrong}");
        }
        // The oldest but one: the oldest key is the caller's own.
        let id = &all[count - 2];
        assert_eq!(api.call(Method::DELETE, &format!("{path}/{id}")).send().await.status, 204);
    }
    // A role that sees its own keys pages through those.
    let reader = automation(&world, Role::ReadOnly).await;
    let own = reader.get("/admin/v1/access-keys?limit=1").await.ok();
    assert_eq!((own["accessKeys"].as_array().unwrap().len(), own.get("next")), (1, None));
    let before = own["accessKeys"][0]["id"].as_str().unwrap();
    let none = reader.get(&format!("/admin/v1/access-keys?before={before}")).await.ok();
    assert_eq!(none["accessKeys"], json!([]));
}

#[tokio::test]
async fn what_automation_did_is_in_the_audit_log() {
    let world = World::start().await;
    let (path, owner) = (project(&world).await, automation(&world, Role::Owner).await);
    let developer = automation(&world, Role::Developer).await;
    let made = developer.post(&format!("{path}/sandbox/credentials"), &json!({})).await.value();
    let page = owner.get("/admin/v1/audit?limit=1").await.ok();
    let entry = &page["entries"][0];
    assert_eq!((&entry["who"], &entry["what"]), (&json!("access_key"), &json!("credential")));
    assert_eq!(
        (&entry["details"]["credential"], &entry["details"]["done"]),
        (&made["clientId"], &json!("created"))
    );
    assert!(!page.to_string().contains(made["clientSecret"].as_str().unwrap()));
    // The key is told by its id, which the list of keys has with its name and last use.
    let keys = owner.get("/admin/v1/access-keys").await.ok();
    let key = keys["accessKeys"].as_array().unwrap().iter().find(|key| key["id"] == entry["whoId"]).unwrap();
    assert_eq!((&key["name"], &key["role"]), (&json!("Terraform"), &json!("developer")));
    assert!(key["usedAt"].is_string());
    let next = page["next"].as_str().unwrap();
    let older = owner.get(&format!("/admin/v1/audit?limit=100&before={next}")).await.ok();
    assert!(older["entries"].as_array().unwrap().iter().any(|entry| entry["what"] == "access_key_made"));
}

#[tokio::test]
async fn a_key_that_is_revoked_is_not_taken_any_more() {
    let world = World::start().await;
    let (owner, reader) = (automation(&world, Role::Owner).await, automation(&world, Role::ReadOnly).await);
    let own = reader.get("/admin/v1/access-keys").await.ok();
    assert_eq!(own["accessKeys"].as_array().unwrap().len(), 1, "a key sees itself");
    let all = owner.get("/admin/v1/access-keys").await.ok();
    let others: Vec<_> =
        all["accessKeys"].as_array().unwrap().iter().filter(|key| **key != own["accessKeys"][0]).collect();
    let of_owner = others[0]["id"].as_str().unwrap();
    assert_eq!(
        reader.call(Method::DELETE, &format!("/admin/v1/access-keys/{of_owner}")).send().await.status,
        404
    );
    let id = own["accessKeys"][0]["id"].as_str().unwrap();
    assert_eq!(owner.call(Method::DELETE, &format!("/admin/v1/access-keys/{id}")).send().await.status, 204);
    assert_eq!(reader.get("/admin/v1/projects").await.status, 401);
}
