//! Who exists in a sandbox, seen and changed in the portal.

use std::{fmt::Write as _, sync::Arc};

use ringtrue_domain::{ProjectId, member::Role};
use ringtrue_engine::{
    By,
    model::{Deed, Expect, Persona},
    run_worker,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::World;

const ANN: [(&str, &str); 7] = [
    ("phone", "(200) 100-4999"),
    ("firstName", " Ann "),
    ("lastName", "Lee <Ltd>"),
    ("outcome", "ported after a month"),
    ("conduct", "unaided"),
    ("network", ""),
    ("timeline", "30 PORT Other Mobile"),
];

/// The same form with another value.
fn with<'a>(fields: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = fields.iter().copied().filter(|(known, _)| *known != name);
    others.chain([(name, value)]).collect()
}

/// What the form of a persona brings back of how it was.
async fn was(browser: &Browser<'_>, path: &str, number: &str) -> String {
    let page = browser.open(&format!("{path}/edit?number=%2B{number}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    between(&page.text(), "name=\"was\" value=\"", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

async fn own(world: &World) -> Vec<Persona> {
    let project = project_of(world).await;
    world.engine().store().project(project).await.unwrap().unwrap().settings.personas
}

async fn project_of(world: &World) -> ProjectId {
    world.engine().caller(world.api.token()).await.unwrap().project.id
}

#[tokio::test]
async fn a_persona_is_added_verified_edited_and_removed() {
    let world = World::start().await;
    let path = format!("{}/personas", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.open(&path).await.text();
    for said in ["No persona of your own yet", "+12001004014", "Risk fails with 9134.", "Add a persona"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let edit = format!("{path}/edit");
    assert!(owner.open(&edit).await.text().contains("<h1>New persona</h1>"));
    // Whoever clicks twice adds one.
    for _ in 0..2 {
        let page = owner.submit(&edit, &ANN).await.text();
        assert!(page.contains("The persona was saved.") && page.contains("+12001004999"), "{page}");
        assert!(
            page.contains("Ann Lee &#60;Ltd&#62;") && page.contains("the first after 30 days."),
            "{page}"
        );
    }
    let [ann] = &own(&world).await[..] else { panic!("one persona") };
    assert_eq!((ann.phone.expose(), ann.first_name.as_str()), ("+12001004999", "Ann"));
    let request = json!({ "possessionType": "mobile", "phoneNumber": "+12001004999", "firstName": "Ann",
        "lastName": "Lee <Ltd>" });
    let session = world.begin_with(&request).await;
    assert_eq!(world.results(&session.id).await, ["true", "success", "success"]);
    // Ann's number is ported after a month.
    let month = json!({ "advanceSeconds": 31 * 24 * 60 * 60 });
    world.api.post("/v3/sandbox/clock", &month).await.ok();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(run_worker(Arc::clone(world.engine()), stop.clone()));
    let events = world.api.get("/v3/events?waitSeconds=30").await.ok();
    assert_eq!(events["events"][0]["eventType"], "PORT", "{events}");
    stop.cancel();
    worker.await.unwrap();

    let was = was(&owner, &path, "12001004999").await;
    let changed = with(&with(&ANN, "was", &was), "phone", "+12001004998");
    let changed = with(&with(&changed, "ownershipFails", "on"), "voipLine", "on");
    let page = owner.submit(&edit, &changed).await.text();
    assert!(page.contains("+12001004998") && !page.contains("+12001004999"), "{page}");
    assert!(page.contains("Ownership fails.") && page.contains("Risk fails with 9134."), "{page}");

    let page = owner.submit(&format!("{path}/remove"), &[("number", "+12001004998")]).await.text();
    assert!(
        page.contains("The persona was removed.") && page.contains("No persona of your own yet"),
        "{page}"
    );
    assert_eq!(owner.open(&format!("{edit}?number=%2B12001004998")).await.status, 404);
    // The log outlives them, and has nobody's number.
    let told = world.engine().admin_entries(By::Operator, None, 3).await.unwrap();
    let told = told.into_iter().map(|entry| match entry.deed {
        Deed::Changed { setting, before, after, .. } => (setting, before, after),
        other => panic!("{other:?}"),
    });
    let [old, new] = ["+12…99 A… L…", "+12…98 A… L…"].map(|text| Some(text.to_owned()));
    let persona = |before: &Option<String>, after: &Option<String>| {
        ("persona".to_owned(), before.clone(), after.clone())
    };
    let expected = [persona(&new, &None), persona(&old, &new), persona(&None, &old)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let world = World::start().await;
    let path = format!("{}/personas/edit", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    owner.submit(&path, &with(&ANN, "phone", "+12001004998")).await;
    let long = "x".repeat(201);
    for (field, value, said) in [
        ("phone", "12", "Phone must be a phone number in E.164"),
        ("phone", "+12001004998", "Phone is another persona’s already."),
        ("firstName", " ", "First name must be 1 to 100 characters"),
        ("lastName", "", "Last name must be 1 to 100 characters"),
        ("outcome", &long, "Outcome must be at most 200 characters"),
        ("conduct", "odd", "Conduct must be one of those."),
        ("timeline", "30 PORT A\r\nsoon PORT B", "Timeline line 2: must begin with the days after"),
    ] {
        let page = owner.submit(&path, &with(&with(&ANN, "lastName", "Roe"), field, value)).await;
        assert_eq!(page.status, 422, "{said}");
        let text = page.text();
        assert!(text.contains(said), "{said}: {text}");
        let field = between(&text, &format!("id=\"{field}\" "), ">");
        assert!(field.contains("aria-invalid=\"true\"") && field.contains("problem\""), "{field}");
        assert!(text.contains("ported after a month") || value == long, "what was typed stays: {text}");
    }
}

#[tokio::test]
async fn nobody_overwrites_what_somebody_else_changed_meanwhile() {
    let world = World::start().await;
    let path = format!("{}/personas", sandbox_of(&world).await);
    let edit = format!("{path}/edit");
    let (ada, bob) =
        (Browser::signed_in(&world, Role::Owner).await, Browser::signed_in(&world, Role::Developer).await);
    ada.submit(&edit, &ANN).await;
    let seen = was(&ada, &path, "12001004999").await;
    // Another persona in between is no conflict.
    bob.submit(&edit, &with(&ANN, "phone", "+12001004998")).await;
    let page = ada.submit(&edit, &with(&with(&ANN, "was", &seen), "outcome", "by Ada")).await.text();
    assert!(page.contains("by Ada") && page.contains("+12001004998"), "{page}");
    // The same one is.
    let page = bob.submit(&edit, &with(&with(&ANN, "was", &seen), "outcome", "by Bob")).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Somebody else has changed or removed this persona"), "{}", page.text());
    assert!(own(&world).await.iter().all(|one| one.outcome != "by Bob"));

    let file = ada.open(&format!("{path}/file")).await.text();
    let version = between(&file, "name=\"version\" value=\"", "\"");
    bob.submit(&edit, &with(&ANN, "phone", "+12001004997")).await;
    let page = ada.submit(&format!("{path}/file"), &[("version", version), ("personas", "[]")]).await;
    assert_eq!(page.status, 412);
    assert_eq!(own(&world).await.len(), 3);
}

#[tokio::test]
async fn a_file_is_taken_over_and_comes_back_as_it_went() {
    let world = World::start().await;
    let path = format!("{}/personas", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let take = async |text: &str| {
        let page = owner.open(&format!("{path}/file")).await.text();
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        owner.submit(&format!("{path}/file"), &[("version", &version), ("personas", text)]).await
    };
    let mut many = "[".to_owned();
    for number in 0..1000 {
        let comma = if number == 0 { "" } else { "," };
        write!(
            many,
            "{comma}\n{{\"phone\": \"+1200200{number:04}\", \"first_name\": \"Ann\", \"last_name\": \"Number {number}\", \
             \"outcome\": \"succeeds, then the number is somebody else's after a month\", \"timeline\": \
             [{{\"after_days\": 30, \"change\": \"ported\", \"from\": \"A > B\", \"to\": null}}]}}"
        )
        .unwrap();
    }
    many.push_str("\n]");
    assert!(take(&many).await.text().contains("The project has 1000 personas of its own now."));
    let file = owner.open(&format!("{path}/download")).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"personas.json\"");
    let kept = own(&world).await;
    assert_eq!(serde_json::from_slice::<Vec<Persona>>(&file.body).unwrap(), kept);
    assert!(take(&file.text()).await.text().contains("The project has 1000 personas of its own now."));

    // Fifty a page, and each page is small.
    let (mut next, mut pages) = (path.clone(), 0);
    loop {
        let page = owner.open(&next).await.text();
        assert!(page.len() < 64 * 1024, "{} bytes", page.len());
        assert_eq!(page.matches("/personas/edit?number=").count(), 50);
        pages += 1;
        let Some((_, rest)) = page.split_once("/personas?after=") else { break };
        next = format!("{path}?after={}", rest.split('"').next().unwrap());
    }
    assert_eq!(pages, 20);
    let found = owner.submit(&path, &[("search", "number 77")]).await.text();
    assert_eq!(found.matches("/personas/edit?number=").count(), 11, "{found}");
    assert!(owner.submit(&path, &[("search", "4031")]).await.text().contains("Merla Schumacher"));
    assert!(owner.submit(&path, &[("search", "nobody")]).await.text().contains("None found"));
    // Nothing that a line of the form cannot tell is lost by saving another field.
    let seen = was(&owner, &path, "12002000007").await;
    let page = owner.open(&format!("{path}/edit?number=%2B12002000007")).await.text();
    assert!(page.contains(">30 PORT A &#62; B &#62;</textarea>"), "{page}");
    let form = [
        ("was", seen.as_str()),
        ("phone", "+12002000007"),
        ("firstName", "Zoë"),
        ("lastName", "Lee"),
        ("outcome", ""),
        ("conduct", "ordinary"),
        ("network", ""),
        ("timeline", "30 PORT A > B >"),
    ];
    assert!(owner.submit(&format!("{path}/edit"), &form).await.text().contains("The persona was saved."));
    let changed = own(&world).await.into_iter().find(|one| one.first_name == "Zoë").unwrap();
    assert_eq!(changed.timeline, kept[7].timeline);

    for (text, said) in [
        (" ", "Choose a file or paste its text."),
        ("[{]", "The file cannot be read: line 1: is not JSON."),
        (
            r#"[{"phone": "12", "first_name": "A", "last_name": "B", "outcome": ""}]"#,
            "Personas entry 1: phone: must be a phone number",
        ),
        (
            r#"[{"phone": "+12001004999", "first_name": "A", "last_name": "B", "outcome": ""},
                {"phone": "200 100 4999", "first_name": "A", "last_name": "B", "outcome": ""}]"#,
            "Personas entry 2: phone: is another persona’s already.",
        ),
    ] {
        let page = take(text).await;
        assert_eq!(page.status, 422, "{said}");
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert_eq!(own(&world).await.len(), 1000);
    // There is room for no more.
    let page = owner.submit(&format!("{path}/edit"), &ANN).await.text();
    assert!(page.contains("Personas must be at most 1,000 of a project."), "{page}");
    assert!(take("[]").await.text().contains("The project has 0 personas of its own now."));
}

#[tokio::test]
async fn whoever_may_only_look_sees_them_all_and_changes_none() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let path = format!("{sandbox}/personas");
    let text =
        r#"[{"phone": "+12001004014", "first_name": "Ann", "last_name": "Lee", "outcome": "goes first"}]"#;
    let personas = serde_json::from_str(text).unwrap();
    let project = project_of(&world).await;
    world.engine().set_personas(By::Operator, project, personas, Expect::Any).await.unwrap();
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let page = reader.open(&path).await.text();
    // One of the project's own with the number of a built-in one takes its place.
    assert!(page.contains("goes first") && !page.contains("Lorant"), "{page}");
    assert!(!page.contains("Add a persona") && !page.contains("/edit"), "{page}");
    assert_eq!(reader.open(&format!("{path}/download")).await.status, 200);
    let production = sandbox.replace("/sandbox", "/production");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    for page in ["personas", "personas/edit", "personas/file", "personas/download"] {
        assert_eq!(owner.open(&format!("{production}/{page}")).await.status, 404, "{page}");
    }
    assert!(!owner.open(&format!("{production}/settings")).await.text().contains("/production/personas"));
}
