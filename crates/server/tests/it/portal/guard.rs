//! Who gets in, and which forms are taken.

use super::{browser::Browser, sandbox_of};
use crate::client::World;
use ringtrue_domain::member::{Permission, Role};

const SECTIONS: [&str; 15] = [
    "settings",
    "texts",
    "overview",
    "integrate",
    "integrate/console",
    "credentials",
    "webhook",
    "deliveries",
    "verifications",
    "identities",
    "events",
    "outbox",
    "personas",
    "personas/edit",
    "personas/file",
];

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let nobody = Browser::new(&world);
    for path in SECTIONS.map(|section| format!("{sandbox}/{section}")).iter().map(String::as_str).chain([
        "/portal/projects",
        "/portal/looks",
        "/portal/account",
        "/portal/team",
        "/portal/audit",
        "/portal/audit.csv",
    ]) {
        let page = nobody.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains("<h1>Sign in</h1>"), "{path}");
        let back = path.replace('/', "%2F");
        assert_eq!(nobody.leads_to(path).await, format!("/portal/sign-in?back={back}"), "{path}");
    }
    assert_eq!(nobody.send(&format!("{sandbox}/credentials"), &[], &[]).await.status, 401);
}

#[tokio::test]
async fn every_page_is_kept_by_nobody_and_runs_our_files_only() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let mut paths: Vec<_> = SECTIONS.iter().map(|section| format!("{sandbox}/{section}")).collect();
    let general = ["projects", "looks", "account", "team", "audit", "nothing"];
    paths.extend(general.map(|page| format!("/portal/{page}")));
    for path in &paths {
        let page = owner.open(path).await;
        assert_eq!(page.status, if path == "/portal/nothing" { 404 } else { 200 }, "{path}: {}", page.text());
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
        let text = page.text();
        for inline in ["<script>", "<style", " style=", " onclick=", " onload=", "javascript:"] {
            assert!(!text.contains(inline), "{path} has {inline}");
        }
        assert!(text.starts_with("<!doctype html>") && text.contains("<html lang=\"en\""), "{path}");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        assert!(text.len() < 64 * 1024, "{path} has {} bytes", text.len());
    }
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let token = owner.token().await;
    let other = Browser::signed_in(&world, Role::Owner).await.token().await;
    let name = ("name", "Forged");
    let ours = ("sec-fetch-site", "same-origin");
    for (fields, headers) in [
        (vec![name], vec![ours]),
        (vec![name, ("csrf", "")], vec![ours]),
        // The token of another session of the same person.
        (vec![name, ("csrf", other.as_str())], vec![ours]),
        (vec![name, ("csrf", token.as_str())], vec![("sec-fetch-site", "cross-site")]),
        (vec![name, ("csrf", token.as_str())], vec![("sec-fetch-site", "same-site")]),
        (vec![name, ("csrf", token.as_str())], vec![("origin", "https://evil.example")]),
        (vec![name, ("csrf", token.as_str())], vec![("origin", "null")]),
    ] {
        let answer = owner.send("/portal/projects", &fields, &headers).await;
        assert_eq!(answer.status, 403, "{fields:?} {headers:?}");
    }
    assert!(!owner.open("/portal/projects").await.text().contains("Forged"));
    let good = owner.send("/portal/projects", &[name, ("csrf", token.as_str())], &[ours]).await;
    assert_eq!(good.status, 303);
}

/// Every page and form of a project, and what it takes; forms are sent empty, and what may be sent is refused otherwise.
const TAKES: [(&str, &str, Permission); 57] = [
    ("POST", "credentials/0/name", Permission::ManageCredentials),
    ("GET", "overview", Permission::SeeVerifications),
    ("GET", "verifications", Permission::SeeVerifications),
    ("GET", "verifications.csv", Permission::SeeVerifications),
    ("POST", "verifications.csv", Permission::SeeVerifications),
    ("POST", "verifications/0/unmask", Permission::Unmask),
    ("GET", "settings", Permission::SeeProjects),
    ("GET", "integrate", Permission::SeeProjects),
    ("GET", "integrate/console", Permission::SeeProjects),
    ("GET", "credentials", Permission::SeeProjects),
    ("GET", "webhook", Permission::SeeProjects),
    ("GET", "deliveries", Permission::SeeProjects),
    ("GET", "deliveries.csv", Permission::SeeProjects),
    ("GET", "identities", Permission::SeeIdentities),
    ("GET", "identities.csv", Permission::SeeIdentities),
    ("GET", "events", Permission::SeeIdentities),
    ("GET", "events.csv", Permission::SeeIdentities),
    ("GET", "outbox", Permission::SeeProjects),
    ("GET", "person", Permission::Erase),
    ("GET", "texts", Permission::SeeProjects),
    ("GET", "texts/edit", Permission::ManageProjects),
    ("POST", "texts", Permission::ManageProjects),
    ("POST", "texts/preview", Permission::ManageProjects),
    ("POST", "texts/remove", Permission::ManageProjects),
    ("POST", "texts/targets", Permission::ManageProjects),
    ("POST", "texts/logo", Permission::ManageProjects),
    ("POST", "texts/logo/remove", Permission::ManageProjects),
    ("POST", "settings", Permission::ManageProjects),
    ("POST", "settings/origins", Permission::ManageProjects),
    ("POST", "credentials", Permission::ManageCredentials),
    ("POST", "credentials/0/revoke", Permission::ManageCredentials),
    ("POST", "webhook", Permission::ManageWebhooks),
    ("POST", "webhook/change", Permission::ManageWebhooks),
    ("POST", "webhook/secrets", Permission::ManageWebhooks),
    ("POST", "deliveries/replay", Permission::ManageWebhooks),
    ("POST", "identities", Permission::SeeIdentities),
    ("POST", "identities/0", Permission::ManageIdentities),
    ("POST", "person", Permission::Erase),
    ("POST", "person/export", Permission::Erase),
    ("POST", "person/erase", Permission::Erase),
    ("POST", "outbox", Permission::UseSandbox),
    ("POST", "outbox/clock", Permission::UseSandbox),
    ("POST", "outbox/changes", Permission::UseSandbox),
    ("GET", "personas", Permission::SeeProjects),
    ("POST", "personas", Permission::SeeProjects),
    ("GET", "personas/download", Permission::SeeProjects),
    ("GET", "personas/edit", Permission::ManageProjects),
    ("POST", "personas/edit", Permission::ManageProjects),
    ("POST", "personas/remove", Permission::ManageProjects),
    ("GET", "personas/file", Permission::ManageProjects),
    ("POST", "personas/file", Permission::ManageProjects),
    ("POST", "settings/links", Permission::ManageProjects),
    ("POST", "settings/unlink", Permission::ManageProjects),
    ("GET", "/portal/team", Permission::ManageTeam),
    ("POST", "/portal/team/invitations", Permission::ManageTeam),
    ("GET", "/portal/audit", Permission::SeeAudit),
    ("GET", "/portal/audit.csv", Permission::SeeAudit),
];

#[tokio::test]
async fn each_role_does_what_it_may_and_nothing_else() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    for role in Role::ALL {
        let browser = Browser::signed_in(&world, role).await;
        for (method, path, permission) in TAKES {
            let path = if path.starts_with('/') { path.to_owned() } else { format!("{sandbox}/{path}") };
            let answer =
                if method == "GET" { browser.open(&path).await } else { browser.submit(&path, &[]).await };
            let refused = answer.status == 403 && answer.text().contains("Your role does not permit");
            assert_eq!(!refused, role.may(permission), "{role:?} {method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_also_for_a_copied_cookie() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let copied = owner.copied();
    assert_eq!(copied.open("/portal").await.status, 200);
    assert!(owner.submit("/portal/sign-out", &[]).await.text().contains("<h1>Sign in</h1>"));
    for browser in [&owner, &copied] {
        assert!(browser.open("/portal").await.text().contains("<h1>Sign in</h1>"));
    }
}

#[tokio::test]
async fn what_is_somewhere_else_is_not_found() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let production = sandbox.replace("/sandbox", "/production");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    for path in [
        "/portal/p/0/sandbox/webhook".to_owned(),
        format!("{sandbox}/nothing"),
        sandbox.replace("/sandbox", "/staging/webhook"),
        format!("{sandbox}/deliveries/0"),
        format!("{sandbox}/identities/0"),
        format!("{sandbox}/verifications/0"),
        format!("{sandbox}/verifications/01a3185c-5000-792f-9eeb-f20243c5a340"),
        format!("{sandbox}/verifications?after=x"),
        format!("{sandbox}/verifications.csv?behind=x"),
        format!("{sandbox}/identities.csv?last=x"),
        "/portal/audit.csv?behind=x".to_owned(),
        "/portal/team?before=x".to_owned(),
        "/portal/access-keys?before=x".to_owned(),
        format!("{sandbox}/overview/nothing.csv"),
        format!("{sandbox}/overview/times.csv?range=custom&from=x"),
        format!("{production}/outbox"),
        format!("{production}/personas"),
        format!("{sandbox}/personas?after=x"),
        format!("{sandbox}/personas/edit?number=%2B12001004014"),
        format!("{production}/integrate/console"),
        format!("{production}/integrate/console/calls"),
        format!("{sandbox}/deliveries?before=x"),
    ] {
        let page = owner.open(&path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("Not found"), "{path}");
    }
}
