//! What each role can and cannot do: every route, by every role.

use std::collections::BTreeSet;

use http::Method;
use ringtrue_domain::member::{Permission as P, Role};
use serde_json::Value;

use super::{automation, project};
use crate::client::World;

/// Every operation of the document, and the permission that it takes. `E` is one environment of a project.
const ROUTES: [(&str, &str, P); 68] = [
    ("GET", "/admin/v1/projects", P::SeeProjects),
    ("GET", "/admin/v1/projects/{id}", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/texts", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/texts", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/targets", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/targets", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/links", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/links/{other}", P::ManageProjects),
    ("DELETE", "/admin/v1/projects/{id}/links/{other}", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/personas", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/personas", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/personas/{phone}", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/personas/{phone}", P::ManageProjects),
    ("DELETE", "/admin/v1/projects/{id}/personas/{phone}", P::ManageProjects),
    ("GET", "E/go-live", P::SeeProjects),
    ("POST", "E/go-live/message", P::ManageProjects),
    ("POST", "E/go-live/message/arrived", P::ManageProjects),
    ("POST", "E/go-live/source", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/origins", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/origins", P::ManageProjects),
    ("GET", "/admin/v1/projects/{id}/logo", P::SeeProjects),
    ("PUT", "/admin/v1/projects/{id}/logo", P::ManageProjects),
    ("DELETE", "/admin/v1/projects/{id}/logo", P::ManageProjects),
    ("POST", "E/person/export", P::Erase),
    ("POST", "E/person/erase", P::Erase),
    ("GET", "E/credentials", P::SeeProjects),
    ("POST", "E/credentials", P::ManageCredentials),
    ("PATCH", "E/credentials/{id}", P::ManageCredentials),
    ("DELETE", "E/credentials/{id}", P::ManageCredentials),
    ("GET", "E/webhook", P::SeeProjects),
    ("PUT", "E/webhook", P::ManageWebhooks),
    ("DELETE", "E/webhook", P::ManageWebhooks),
    ("POST", "E/webhook/test", P::ManageWebhooks),
    ("GET", "E/webhook/secrets", P::ManageWebhooks),
    ("POST", "E/webhook/secrets", P::ManageWebhooks),
    ("POST", "E/webhook/secrets/finish", P::ManageWebhooks),
    ("POST", "E/webhook/pause", P::ManageWebhooks),
    ("POST", "E/webhook/resume", P::ManageWebhooks),
    ("GET", "E/deliveries", P::SeeProjects),
    ("GET", "E/deliveries/{id}", P::SeeProjects),
    ("POST", "E/deliveries/replay", P::ManageWebhooks),
    ("GET", "E/identities", P::SeeIdentities),
    ("POST", "E/identities/search", P::SeeIdentities),
    ("GET", "E/identities/{id}", P::SeeIdentities),
    ("DELETE", "E/identities/{id}", P::ManageIdentities),
    ("POST", "E/identities/{id}/activate", P::ManageIdentities),
    ("POST", "E/identities/{id}/deactivate", P::ManageIdentities),
    ("GET", "E/identities/{id}/events", P::SeeIdentities),
    ("POST", "E/identities/{id}/changes", P::UseSandbox),
    ("GET", "E/events", P::SeeIdentities),
    ("POST", "E/verifications/search", P::SeeVerifications),
    ("GET", "E/verifications/{id}", P::SeeVerifications),
    ("POST", "E/verifications/{id}/unmask", P::Unmask),
    ("GET", "E/overview", P::SeeVerifications),
    ("GET", "E/outbox", P::UseSandbox),
    ("GET", "E/clock", P::SeeProjects),
    ("POST", "E/clock", P::UseSandbox),
    ("GET", "/admin/v1/members", P::ManageTeam),
    ("PATCH", "/admin/v1/members/{id}", P::ManageTeam),
    ("DELETE", "/admin/v1/members/{id}", P::ManageTeam),
    ("GET", "/admin/v1/invitations", P::ManageTeam),
    ("POST", "/admin/v1/invitations", P::ManageTeam),
    ("DELETE", "/admin/v1/invitations/{id}", P::ManageTeam),
    ("GET", "/admin/v1/access-keys", P::SeeProjects),
    ("DELETE", "/admin/v1/access-keys/{id}", P::SeeProjects),
    ("GET", "/admin/v1/audit", P::SeeAudit),
    ("GET", "/admin/v1/nothing", P::SeeProjects),
];

const E: &str = "/admin/v1/projects/{project}/{environment}";
/// A path whose last parts name nobody.
fn named(path: &str) -> String {
    path.replace("{id}", NOBODYS_ID).replace("{other}", NOBODYS_ID).replace("{phone}", "+12001004999")
}

const NOBODYS_ID: &str = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";

#[tokio::test]
async fn the_table_has_every_operation() {
    let document: Value = serde_json::from_str(&ringtrue::testing::admin_openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let documented: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let known: BTreeSet<_> = (ROUTES[..ROUTES.len() - 1].iter())
        .map(|(method, path, _)| {
            ((*method).to_owned(), path.replacen('E', E, usize::from(path.starts_with('E'))))
        })
        .collect();
    assert_eq!(known, documented);
}

#[tokio::test]
async fn each_role_can_do_what_it_may_and_nothing_else() {
    let world = World::start().await;
    let project = project(&world).await;
    for role in Role::ALL {
        let api = automation(&world, role).await;
        for (method, path, needs) in ROUTES {
            let path =
                path.strip_prefix('E').map_or(path.to_owned(), |rest| format!("{project}/sandbox{rest}"));
            let path = named(&path);
            let answer = api.call(Method::from_bytes(method.as_bytes()).unwrap(), &path).send().await;
            let status = answer.status.as_u16();
            if role.may(needs) {
                assert!(![401, 403, 405].contains(&status), "{role:?} {method} {path}: {}", answer.text());
            } else {
                assert_eq!(status, 403, "{role:?} {method} {path}: {}", answer.text());
                assert_eq!(answer.value()["type"], "urn:ringtrue:problem:not-permitted");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_good_key() {
    let world = World::start().await;
    let project = project(&world).await;
    // A back end's token is no access key.
    for api in [world.api.anonymous(), world.api.bearing("rtkey_wrong"), world.api.clone()] {
        for (method, path, _) in ROUTES {
            let path =
                path.strip_prefix('E').map_or(path.to_owned(), |rest| format!("{project}/sandbox{rest}"));
            if path.ends_with("/nothing") {
                continue;
            }
            let path = named(&path);
            let answer = api.call(Method::from_bytes(method.as_bytes()).unwrap(), &path).send().await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}
