//! §3: phone numbers. In sandbox only personas exist (8007); in production the world's numbering plans count.

use serde_json::json;

use super::{MARKER, refuses};
use crate::client::{LORANT, ROZELLA, World};

const PATH: &str = "/v3/verify";

#[tokio::test]
async fn separators_and_north_america_without_prefix() {
    let world = World::start().await;
    for text in [
        "+12001004014",
        "+1 200 100 4014",
        "+1 (200) 100-4014",
        "+1.200.100.4014",
        "+1[200]100-4014",
        "2001004014",
        "200-100-4014",
        "12001004014",
        " +12001004014 ",
        "+1\u{a0}200\u{a0}100\u{a0}4014",
    ] {
        let session = world.begin_with(&LORANT.verify_with("mobile", "phoneNumber", json!(text))).await;
        assert_eq!(world.status(&session.id).await["phoneNumber"], "+12001004014", "{text}");
    }
    let text = json!("+44 7968 900002");
    let session = world.begin_with(&ROZELLA.verify_with("mobile", "phoneNumber", text)).await;
    assert_eq!(world.status(&session.id).await["phoneNumber"], "+447968900002");
}

#[tokio::test]
async fn what_is_no_number_is_8001_everywhere() {
    let world = World::start().await;
    let form = "phoneNumber: must be a phone number in E.164, such as +14155550123";
    for api in [world.api.clone(), world.production().await] {
        for text in [
            "",
            "+",
            MARKER,
            "+1200Zq7Marker",
            "07968900002",
            "+0123456789",
            "+123456",
            "+1234567890123456",
            "12001004014;",
            "+1 200 100 4014 ext 5",
            "++12001004014",
            "1-800-FLOWERS",
            "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}\u{660}",
        ] {
            refuses(&api, PATH, &LORANT.verify_with("mobile", "phoneNumber", json!(text)), form).await;
        }
    }
}

#[tokio::test]
async fn a_number_without_a_persona_is_8007_in_sandbox() {
    let world = World::start().await;
    for number in ["+14155552671", "+12001004019", "+447911123456", "4155552671"] {
        let answer = world.api.post(PATH, &LORANT.verify_with("mobile", "phoneNumber", json!(number))).await;
        let message = answer.refused(400, 8007);
        assert_eq!(message, "phoneNumber: no sandbox persona has this number");
    }
}

#[tokio::test]
async fn production_takes_real_mobile_numbers_only() {
    let world = World::start().await;
    let production = world.production().await;
    for (text, number) in [
        ("+14155552671", "+14155552671"),
        ("415.555.2671", "+14155552671"),
        ("+44 7911 123456", "+447911123456"),
        ("+4915123456789", "+4915123456789"),
    ] {
        let answer =
            production.post(PATH, &LORANT.verify_with("mobile", "phoneNumber", json!(text))).await.ok();
        let id = &answer["correlationId"];
        let status = production.post("/v3/verify-status", &json!({ "correlationId": id })).await.ok();
        assert_eq!(status["phoneNumber"], number);
    }
    let invalid = "phoneNumber: must be a valid number of its country";
    // Personas are invalid numbers by intent.
    for number in ["+12001004014", "+1415555267", "+97233142764978", "+999123456789"] {
        let answer = production.post(PATH, &LORANT.verify_with("mobile", "phoneNumber", json!(number))).await;
        let message = answer.refused(400, 8001);
        assert!(
            message == invalid || message.starts_with("phoneNumber: must be a phone number"),
            "{message}"
        );
        assert!(!answer.text().contains(number));
    }
    let fixed = "phoneNumber: must be a number that can be mobile";
    for number in ["+442071838750", "+18005550199", "+4930123456"] {
        refuses(&production, PATH, &LORANT.verify_with("mobile", "phoneNumber", json!(number)), fixed).await;
    }
}
