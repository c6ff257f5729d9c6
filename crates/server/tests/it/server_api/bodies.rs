//! §1: bodies that cannot be read are 400 or 413 with 8001, and no message repeats them.

use http::Method;

use super::MARKER;
use crate::client::{Answer, LORANT, World};

async fn post(world: &World, body: impl Into<bytes::Bytes>) -> Answer {
    world.api.call(Method::POST, "/v3/verify").raw_json(body).send().await
}

#[tokio::test]
async fn what_is_not_one_json_object_is_refused() {
    let world = World::start().await;
    let object = "body: must be a JSON object";
    let nested = format!("{}1{}", "[".repeat(2000), "]".repeat(2000));
    for (body, message) in [
        ("", object),
        ("   ", object),
        ("[]", object),
        ("null", object),
        ("\"Zq7Marker\"", object),
        ("12001004014", object),
        ("possessionType=Zq7Marker", object),
        ("\u{feff}{}", object),
        (nested.as_str(), object),
        ("{", "body: is not valid JSON (line 1, column 1)"),
        ("{\"firstName\": \"Zq7Marker", "body: is not valid JSON (line 1, column 24)"),
        ("{\n  \"firstName\": Zq7Marker\n}", "body: is not valid JSON (line 2, column 16)"),
        ("{\"firstName\": \"\\ud800\"}", "body: is not valid JSON (line 1, column 22)"),
        ("{\"firstName\": \"a\u{1}\"}", "body: is not valid JSON (line 1, column 17)"),
        ("{} Zq7Marker", "body: must be one JSON object and nothing after it"),
        ("{}{}", "body: must be one JSON object and nothing after it"),
    ] {
        let answer = post(&world, body.to_owned()).await;
        assert_eq!(answer.refused(400, 8001), message, "for {body:.60}");
        assert!(!answer.text().contains(MARKER));
    }
}

#[tokio::test]
async fn invalid_utf_8_is_refused() {
    let world = World::start().await;
    for body in
        [&b"{\"firstName\": \"\xff\xfe\"}"[..], b"{\"\xc3\x28\": 1}", b"\xff", b"{\"a\": \"\xed\xa0\x80\"}"]
    {
        post(&world, body.to_vec()).await.refused(400, 8001);
    }
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let world = World::start().await;
    let twice =
        r#"{"phoneNumber": "+12001004014", "possessionType": "none", "phoneNumber": "+1200100401Zq7Marker"}"#;
    let answer = post(&world, twice).await;
    assert_eq!(answer.refused(400, 8001), "phoneNumber: must not be given twice");
    // Fields that nobody knows may be given as often as one likes.
    let mut good = LORANT.verify("mobile").to_string();
    good.replace_range(..1, r#"{"other": 1, "other": {"a": 1, "a": 2}, "#);
    post(&world, good).await.ok();
}

#[tokio::test]
async fn deep_nesting_is_no_danger() {
    let world = World::start().await;
    // In a field that is not read, and in one that is.
    let deep = format!("{}{}", "[".repeat(1900), "]".repeat(1900));
    let mut ignored = LORANT.verify("mobile").to_string();
    ignored.replace_range(..1, &format!("{{\"other\": {deep}, "));
    post(&world, ignored).await.ok();
    let answer = post(&world, format!("{{\"firstName\": {deep}}}")).await;
    assert_eq!(answer.refused(400, 8001), "firstName: must be a string");
}

#[tokio::test]
async fn four_kibibytes_and_not_a_byte_more() {
    let world = World::start().await;
    let padded = |length: usize| {
        let plain = LORANT.verify("mobile").to_string();
        let padding = " ".repeat(length - plain.len());
        plain + &padding
    };
    post(&world, padded(4096)).await.ok();
    for length in [4097, 8192, 1 << 20] {
        assert_eq!(post(&world, padded(length)).await.refused(413, 8001), "body: must be at most 4096 bytes");
    }
    // The limit comes first, whatever the body would have been.
    post(&world, vec![0xff; 5000]).await.refused(413, 8001);
}

#[tokio::test]
async fn every_endpoint_explains_a_broken_body() {
    let world = World::start().await;
    for path in ["/v3/verify", "/v3/verify-status", "/v3/sandbox/clock", "/token"] {
        for (body, status) in [("{\"Zq7Marker", 400), ("[\"Zq7Marker\"]", 400), (&*" ".repeat(4097), 413)] {
            let answer = world.api.call(Method::POST, path).raw_json(body.to_owned()).send().await;
            answer.refused(status, 8001);
            assert!(!answer.text().contains(MARKER), "{path}: {}", answer.text());
        }
    }
}
