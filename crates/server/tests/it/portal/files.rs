//! Lists as files.

use ringtrue_domain::member::{AdminEntryId, Role};
use ringtrue_engine::{
    model::{Actor, AdminEntry, Deed},
    ports::{Change, PeopleChange, Unit},
};
use serde_json::json;

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::{Answer, KURT, LORANT, SHEILA, World};

/// The lines of a file, its head first.
#[track_caller]
fn lines(file: &Answer) -> Vec<Vec<String>> {
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header("cache-control"), "no-store");
    let text = file.text();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[track_caller]
fn column(lines: &[Vec<String>], name: &str) -> Vec<String> {
    let at = lines[0].iter().position(|head| head == name);
    let at = at.unwrap_or_else(|| panic!("no {name} in {:?}", lines[0]));
    lines[1..].iter().map(|line| line[at].clone()).collect()
}

#[tokio::test]
async fn verifications_are_those_that_were_asked_for_and_no_formulas() {
    const FORMULA: &str = "=HYPERLINK(\"https://evil.example\",\"x, y\")";
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let path = format!("{sandbox}/verifications");
    let page = reader.open(&path).await.text();
    assert!(!page.contains("as CSV"), "{page}");
    assert_eq!(lines(&reader.open(&format!("{path}.csv")).await).len(), 1, "only a head");

    let good = world.begin_with(&SHEILA.verify_with("none", "clientCustomerId", json!(FORMULA))).await.id;
    let bad = world.begin(KURT, "none").await.id;
    reader.submit("/portal/looks", &[("theme", "light"), ("zone", "Asia/Kathmandu")]).await;
    let page = reader.open(&path).await.text();
    let href = between(&page, "<p><a href=\"", "\">All of these as CSV").to_owned();
    let file = reader.open(&href).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"verifications.csv\"");
    let all = lines(&file);
    assert_eq!(column(&all, "Verification id"), [bad.as_str(), &good]);
    assert_eq!(column(&all, "Number"), [KURT.number, SHEILA.number].map(|number| format!("'{number}")));
    assert_eq!(column(&all, "Outcome"), ["Another name", "Verified"]);
    assert_eq!(column(&all, "Your id of the person"), [String::new(), format!("'{FORMULA}")]);
    for began in column(&all, "Began (Asia/Kathmandu)") {
        assert!(began.ends_with("+05:45") && began.parse::<jiff::Timestamp>().is_ok(), "{began}");
    }

    let page = reader.open(&format!("{path}?outcome=verified&method=none")).await.text();
    let href = between(&page, "<p><a href=\"", "\">All of these as CSV").replace("&#38;", "&");
    assert!(href.ends_with("/verifications.csv?outcome=verified&method=none"), "{href}");
    assert_eq!(column(&lines(&reader.open(&href).await), "Verification id"), [good.as_str()]);
    // Whom it is about stands in a form, not in an address.
    let sought = [("by", "number"), ("text", KURT.number)];
    let page = reader.submit(&path, &sought).await.text();
    assert!(
        page.contains(&format!("action=\"{path}.csv\"")) && page.contains("name=\"by\" value=\"number\"")
    );
    let file = reader.submit(&format!("{path}.csv"), &sought).await;
    assert_eq!(column(&lines(&file), "Verification id"), [bad.as_str()]);
    let one = reader.submit(&format!("{path}.csv"), &[("by", "verification"), ("text", &good)]).await;
    assert_eq!(column(&lines(&one), "Verification id"), [good.as_str()]);
    for (by, text) in [("number", "x"), ("verification", "x")] {
        let wrong = reader.submit(&format!("{path}.csv"), &[("by", by), ("text", text)]).await;
        assert_eq!(wrong.status, 400, "{by}");
    }
}

#[tokio::test]
async fn people_are_masked_in_files_too() {
    let world = World::start().await;
    let production = sandbox_of(&world).await.replace("/sandbox", "/production");
    let api = world.production().await;
    let verify = json!({
        "possessionType": "none", "phoneNumber": "+14155552671", "firstName": "Zoë", "lastName": "Washburne",
        "clientCustomerId": "zoe@shop.example",
    });
    api.post("/v3/verify", &verify).await.ok();
    let enrol = json!({ "phoneNumber": "+14155552671", "clientCustomerId": "zoe@shop.example" });
    api.post("/v3/identity", &enrol).await.ok();
    let owner = Browser::signed_in(&world, Role::Owner).await;
    for (list, customer) in [("verifications", "Your id of the person"), ("identities", "Customer id")] {
        let file = owner.open(&format!("{production}/{list}.csv")).await;
        let lines = lines(&file);
        assert_eq!(column(&lines, "Number"), ["'+14…71"], "{list}");
        assert_eq!(column(&lines, customer), ["zoe…"], "{list}");
        assert!(!file.text().contains("4155552671") && !file.text().contains("shop.example"), "{list}");
    }
}

#[tokio::test]
async fn identities_events_and_deliveries_are_files() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let enrol = json!({ "phoneNumber": LORANT.number, "clientCustomerId": "@c" });
    let id = world.api.post("/v3/identity", &enrol).await.ok()["identityId"].as_str().unwrap().to_owned();
    let page = owner.open(&format!("{sandbox}/identities")).await.text();
    assert!(
        page.contains(&format!("<a href=\"{sandbox}/identities.csv\">All of these as CSV</a>")),
        "{page}"
    );
    let identities = lines(&owner.open(&format!("{sandbox}/identities.csv")).await);
    assert_eq!(column(&identities, "Identity id"), [id.as_str()]);
    assert_eq!(column(&identities, "State"), ["Watched"]);
    assert_eq!(column(&identities, "Customer id"), ["'@c"]);

    for carrier in ["First", "Second"] {
        let port = [("identity", id.as_str()), ("eventType", "PORT"), ("newCarrier", carrier)];
        owner.submit(&format!("{sandbox}/outbox/changes"), &port).await;
    }
    let page = owner.open(&format!("{sandbox}/events")).await.text();
    assert!(page.contains(&format!("<a href=\"{sandbox}/events.csv\">All of these as CSV</a>")), "{page}");
    let events = lines(&owner.open(&format!("{sandbox}/events.csv")).await);
    assert_eq!(column(&events, "Event"), ["PORT", "PORT"]);
    assert_eq!(column(&events, "Identity id"), [id.as_str(), &id]);
    let details = column(&events, "Detail");
    assert!(details[0] == "from First to Second" && details[1].ends_with(" to First"), "{details:?}");
    let first = owner.open(&format!("{sandbox}/events.csv?behind=2")).await;
    assert_eq!(first.header("content-disposition"), "attachment; filename=\"events-part.csv\"");
    assert_eq!(column(&lines(&first), "Detail"), details[1..]);

    // Nobody listens there.
    let save = [("url", "http://127.0.0.1:9/hook")];
    owner.submit(&format!("{sandbox}/webhook"), &save).await;
    let page = owner.open(&format!("{sandbox}/deliveries?state=failed")).await.text();
    let href = between(&page, "<p><a href=\"", "\">All of these as CSV").to_owned();
    assert_eq!(href, format!("{sandbox}/deliveries.csv?state=failed"));
    let failed = lines(&owner.open(&href).await);
    assert_eq!(
        (column(&failed, "State"), column(&failed, "Content")),
        (vec!["Given up".to_owned()], vec!["Test".to_owned()])
    );
    let delivered = lines(&owner.open(&format!("{sandbox}/deliveries.csv?state=delivered")).await);
    assert_eq!(delivered.len(), 1);
}

#[tokio::test]
async fn a_file_takes_no_words_from_the_next_page() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let token = owner.token().await;
    let fields = [("name", "Shop"), ("csrf", token.as_str())];
    let form = owner.send("/portal/projects", &fields, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(form.status, 303);
    lines(&owner.open("/portal/audit.csv").await);
    assert!(owner.open("/portal/projects").await.text().contains("Project Shop was created."));
    assert!(!owner.open("/portal/projects").await.text().contains("was created"));
}

/// A file never ends as if there were no more: more than fits into one is offered in parts.
#[tokio::test]
async fn a_list_that_is_too_long_for_a_file_is_offered_in_parts() {
    const FILLED: u32 = 50_000;
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let engine = world.engine();
    let at = engine.wall();
    // Long before all others.
    let note = |number: u32| {
        let id = AdminEntryId::from_bytes(u128::from(number).to_be_bytes());
        let entry = AdminEntry { id, at, who: Actor::Operator, deed: Deed::LinkMade { member: None } };
        Change::People(PeopleChange::Note(Box::new(entry)))
    };
    let numbers: Vec<_> = (1..=FILLED).collect();
    for some in numbers.chunks(1000) {
        engine.store().commit(Unit { changes: some.iter().copied().map(note).collect() }).await.unwrap();
    }
    let page = owner.open("/portal/audit.csv").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let page = page.text();
    assert!(page.contains("There are more than 50,000 lines") && page.contains("Go on to the next part"));
    let behind = between(&page, "name=\"behind\" value=\"", "\"");
    let last = between(&page, "name=\"last\" value=\"", "\"");
    // What is done meanwhile moves no line from one part to another.
    owner.submit("/portal/projects", &[("name", "Meanwhile")]).await;
    let first = owner.open(&format!("/portal/audit.csv?behind={behind}&last={last}")).await;
    assert_eq!(first.header("content-disposition"), "attachment; filename=\"audit-log-part.csv\"");
    let first = column(&lines(&first), "Entry id");
    assert_eq!((first.len(), first.last().map(String::as_str)), (50_000, Some(last)));
    let rest = column(&lines(&owner.open(&format!("/portal/audit.csv?behind={last}")).await), "Entry id");
    let all = [first, rest].concat();
    assert!(all.is_sorted_by(|one, next| one > next), "no line twice");
    let ids = all.iter().map(|id| u128::from_be_bytes(*id.parse::<AdminEntryId>().unwrap().as_bytes()));
    assert_eq!(ids.filter(|id| *id <= u128::from(FILLED)).count(), FILLED as usize);
}
