//! Verifications in the portal: found, explained, and shown in the clear to those who may.

use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::{Api, KURT, LORANT, Persona, SHEILA, World};

/// The ids of the verifications that a page lists.
fn listed(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\"><a href=\"").skip(1);
    rows.map(|row| row.split('"').next().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

/// A verification with ids of the caller's own.
async fn known_as(
    world: &World,
    persona: Persona,
    possession: &str,
    customer: &str,
    request: &str,
) -> String {
    let mut body = persona.verify_with(possession, "clientCustomerId", json!(customer));
    body["clientRequestId"] = json!(request);
    world.begin_with(&body).await.id
}

#[tokio::test]
async fn one_is_found_by_whom_it_is_about_and_by_what_became_of_it() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let empty = reader.open(&path).await.text();
    assert!(empty.contains("No verification yet") && empty.contains("integrate\">Integrate</a>"), "{empty}");

    let good = known_as(&world, SHEILA, "none", "customer-1", "request-1").await;
    let bad = known_as(&world, KURT, "none", "customer-1", "request-2").await;
    let open = world.begin(LORANT, "mobile").await.id;
    let all = reader.open(&path).await.text();
    assert_eq!(listed(&all), [open.as_str(), &bad, &good]);
    // Sandbox is about nobody.
    assert!(all.contains(KURT.number) && all.contains("customer-1"), "{all}");
    assert!(all.contains("Another name") && all.contains("Under way"), "{all}");

    for (by, text, wanted) in [
        ("number", SHEILA.number, vec![&good]),
        ("number", "+1 (200) 100-4012", vec![&bad]),
        ("number", "+12001004015", vec![]),
        ("customer", "customer-1", vec![&bad, &good]),
        ("customer", "customer", vec![]),
        ("request", "request-2", vec![&bad]),
        ("verification", open.as_str(), vec![&open]),
        ("number", " ", vec![&open, &bad, &good]),
    ] {
        let page = reader.submit(&path, &[("by", by), ("text", text)]).await;
        assert_eq!(page.status, 200, "{by} {text}");
        let page = page.text();
        assert_eq!(listed(&page).iter().collect::<Vec<_>>(), wanted, "{by} {text}");
        assert_eq!(page.contains("No verification found"), wanted.is_empty(), "{by} {text}");
    }
    for (query, wanted) in [
        ("outcome=verified", vec![&good]),
        ("outcome=not_verified", vec![&bad]),
        ("outcome=open&method=mobile", vec![&open]),
        ("method=none", vec![&bad, &good]),
        ("from=2020-01-01T00:00", vec![&open, &bad, &good]),
        ("until=2020-01-01T00:00", vec![]),
    ] {
        let page = reader.open(&format!("{path}?{query}")).await.text();
        assert_eq!(listed(&page).iter().collect::<Vec<_>>(), wanted, "{query}");
    }
    // Both at once.
    let both = [("by", "customer"), ("text", "customer-1"), ("outcome", "verified")];
    assert_eq!(listed(&reader.submit(&path, &both).await.text()), [good.as_str()]);
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_said() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    for (by, text, said) in [
        ("number", "<i>", "Number must be a phone number"),
        ("customer", "a\u{7}", "Client customer id must not hold control characters."),
        ("verification", "<i>", "Id of the verification must be whole"),
    ] {
        let page = reader.submit(&path, &[("by", by), ("text", text)]).await;
        assert_eq!(page.status, 422, "{by}");
        let page = page.text();
        assert!(page.contains(said) && page.contains("Nothing was looked for"), "{by}: {page}");
        assert!(!page.contains("<i>"), "{by}");
    }
    for (query, said) in [
        ("from=yesterday", "Times must be a day and an hour"),
        ("outcome=odd", "Outcome must be one of the list."),
        ("method=odd", "Method must be one of the list."),
    ] {
        let page = reader.open(&format!("{path}?{query}")).await;
        assert_eq!(page.status, 422, "{query}");
        assert!(page.text().contains(said), "{query}: {}", page.text());
    }
    // A number in an address would stay in histories: nothing is read from there.
    let page = reader.open(&format!("{path}?by=number&text=x")).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_time_is_meant_in_the_visitors_zone() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    world.begin(SHEILA, "none").await;
    let now = world.engine().wall();
    // The same two hours are the present ones in one zone and long past in the other.
    let hour =
        |hours: i64| (now + jiff::SignedDuration::from_hours(hours)).strftime("%Y-%m-%dT%H:%M").to_string();
    let query = format!("{path}?from={}&until={}", hour(13), hour(15));
    assert_eq!(listed(&reader.open(&query).await.text()).len(), 0);
    reader.submit("/portal/looks", &[("theme", "light"), ("zone", "Pacific/Kiritimati")]).await;
    assert_eq!(listed(&reader.open(&query).await.text()).len(), 1);
}

#[tokio::test]
async fn pages_go_on_behind_the_last_one_and_stay_small() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let mut ids = Vec::new();
    for _ in 0..51 {
        ids.push(known_as(&world, SHEILA, "none", &"long & <odd> ".repeat(12), "r").await);
    }
    // Those of one millisecond come in any order.
    ids.sort_unstable_by(|one, other| other.cmp(one));
    let first = reader.open(&format!("{path}?outcome=verified")).await.text();
    assert_eq!(listed(&first), ids[..50]);
    assert!(first.len() < 64 * 1024, "{} bytes", first.len());
    assert!(!first.contains("<odd>"));
    let next = between(&first, "<a href=\"", "\" rel=\"next\"").rsplit("<a href=\"").next().unwrap();
    let next = next.replace("&#38;", "&");
    assert!(next.contains("outcome=verified&after="), "{next}");
    let second = reader.open(&next).await.text();
    assert_eq!(listed(&second), ids[50..]);
    assert!(!second.contains("rel=\"next\""));
    // A search goes on by a form.
    let sought = [("by", "number"), ("text", SHEILA.number)];
    let page = reader.submit(&path, &sought).await.text();
    assert_eq!(listed(&page), ids[..50]);
    assert!(!page.contains("rel=\"next\"") && !page.contains("?after"), "{page}");
    let after = between(&page, "name=\"after\" value=\"", "\"");
    let page = reader.submit(&path, &[sought[0], sought[1], ("after", after)]).await.text();
    assert_eq!(listed(&page), ids[50..]);
}

#[tokio::test]
async fn one_is_told_in_words_in_its_order() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let mut body = LORANT.verify_with("mobile", "clientCustomerId", json!("<b>17</b>"));
    body["allowOTPRetry"] = json!(true);
    let session = world.begin_with(&body).await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    session.device().enter(if code == "000000" { "111111" } else { "000000" }).await;
    let one = format!("{path}/{}", session.id);
    assert!(reader.open(&one).await.text().contains("Nothing is decided yet: the person can still finish."));
    session.device().enter(&code).await;
    let page = reader.open(&one).await.text();
    let mut rest = between(&page, "What happened", "</ol>");
    for sentence in [
        "The verification began.",
        "A message with a code went out to the phone.",
        "A wrong code was entered.",
        "The right code was entered: the person holds the phone.",
        "Person and number were enrolled",
    ] {
        rest = rest.split_once(sentence).unwrap_or_else(|| panic!("no {sentence} in {rest}")).1;
    }
    assert!(page.contains("It went well: the person holds the phone, and the name belongs to the number."));
    assert!(page.contains("The sandbox kept a message of 1 segment instead of sending it."), "{page}");
    assert!(page.contains(LORANT.number) && page.contains("Lorant Nerger"), "{page}");
    assert!(page.contains("&#60;b&#62;17") && !page.contains("<b>"), "{page}");
    assert!(page.contains("1 message, 1 segment") && !page.contains(&code), "{page}");
    // What is given to a colleague is where it is.
    let address = between(&page, "For a colleague</dt><dd><span class=\"copied\"><code>", "<");
    assert!(address.starts_with("http") && address.ends_with(&one), "{address}");
    // The identity that it led to.
    let identity = between(&page, "<dt>Enrolled</dt><dd><a href=\"", "\"");
    assert_eq!(reader.open(identity).await.status, 200);

    let failed = world.begin(KURT, "none").await;
    let page = reader.open(&format!("{path}/{}", failed.id)).await.text();
    assert!(page.contains("on record under another name than the one that was given"), "{page}");
    assert!(page.contains("9014, the name does not match"), "{page}");
}

/// A verification of somebody real, as far as a test goes.
async fn of_zoe(api: &Api) -> String {
    let body = json!({
        "possessionType": "none", "phoneNumber": "+14155552671", "firstName": "Zoë", "lastName": "Washburne",
        "emailAddress": "zoe@serenity.example", "clientCustomerId": "zoe@shop.example",
    });
    let answer: Value = api.post("/v3/verify", &body).await.ok();
    answer["correlationId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn people_are_masked_until_somebody_who_may_looks_which_is_written_first() {
    const CLEAR: [&str; 4] = ["+14155552671", "Washburne", "zoe@serenity.example", "zoe@shop.example"];
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await.replace("/sandbox", "/production"));
    let id = of_zoe(&world.production().await).await;
    let one = format!("{path}/{id}");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    for (role, may) in
        [(Role::Owner, true), (Role::Analyst, true), (Role::Developer, false), (Role::ReadOnly, false)]
    {
        let browser = Browser::signed_in(&world, role).await;
        let found = browser.submit(&path, &[("by", "number"), ("text", "+1 415 555 2671")]).await.text();
        assert_eq!(listed(&found), [id.as_str()], "{role:?}");
        let page = browser.open(&one).await.text();
        for page in [&found, &page] {
            assert!(page.contains("+14…71") && page.contains("zoe…"), "{role:?}: {page}");
            // What was typed into the search stands in its field.
            let page = page.replace("value=\"+1 415 555 2671\"", "");
            assert!(CLEAR.iter().all(|clear| !page.contains(clear)), "{role:?}: {page}");
        }
        assert!(page.contains("Z… W…") && page.contains("<dt>E-mail</dt><dd>Given"), "{page}");
        assert_eq!(page.contains("Show number, name and e-mail"), may, "{role:?}");

        let line = format!("Looked at verification {id} in the clear.");
        let written = async || owner.open("/portal/audit").await.text().matches(&line).count();
        let before = written().await;
        let clear = browser.submit(&format!("{one}/unmask"), &[]).await;
        assert_eq!(clear.status, if may { 200 } else { 403 }, "{role:?}");
        assert_eq!(clear.header("cache-control"), "no-store");
        let text = clear.text();
        for secret in CLEAR {
            assert_eq!(text.contains(secret), may, "{role:?} {secret}: {text}");
        }
        assert_eq!(written().await, before + usize::from(may), "{role:?}");
        // The next look is masked again.
        assert!(!browser.open(&one).await.text().contains("Washburne"), "{role:?}");
    }
    // One that is not there is not written about.
    let other = format!("{path}/01a3185c-5000-792f-9eeb-f20243c5a340/unmask");
    assert_eq!(owner.submit(&other, &[]).await.status, 404);
    assert!(!owner.open("/portal/audit").await.text().contains("01a3185c-5000-792f"));
    // Another environment's is not there either.
    let elsewhere = one.replace("/production/", "/sandbox/");
    assert_eq!(owner.open(&elsewhere).await.status, 404);
    assert_eq!(owner.submit(&format!("{elsewhere}/unmask"), &[]).await.status, 404);
}

/// The upset person calls two days later.
#[tokio::test]
async fn one_is_told_for_longer_than_the_api_answers() {
    let world = World::start().await;
    let path = format!("{}/verifications", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    world.advance(2 * 86_400).await;
    let engine = world.engine();
    while engine.store().purge(engine.wall(), 100).await.unwrap() > 0 {}
    let gone = world.api.post("/v3/verify-status", &json!({ "correlationId": session.id })).await;
    gone.refused(400, 8008);
    assert!(world.open(&link, "").await.text().contains("no longer"), "{link}");
    let found = reader.submit(&path, &[("by", "number"), ("text", LORANT.number)]).await.text();
    assert_eq!(listed(&found), [session.id.as_str()]);
    let page = reader.open(&format!("{path}/{}", session.id)).await.text();
    assert!(page.contains("A message with a link went out to the phone."), "{page}");
    assert!(page.contains("It ended because its time was over"), "{page}");
    world.advance(29 * 86_400).await;
    while engine.store().purge(engine.wall(), 100).await.unwrap() > 0 {}
    assert_eq!(reader.open(&format!("{path}/{}", session.id)).await.status, 404);
}
