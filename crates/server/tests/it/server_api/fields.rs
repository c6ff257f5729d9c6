//! §3: required fields of `POST /v3/verify`, each at its edges. Every message names the field and the rule.

use http::Method;
use serde_json::{Value, json};

use super::{MARKER, refuses};
use crate::client::{KURT, LORANT, World};

const PATH: &str = "/v3/verify";

#[tokio::test]
async fn required_fields() {
    let world = World::start().await;
    for field in ["possessionType", "phoneNumber", "firstName", "lastName"] {
        let mut request = LORANT.verify("mobile");
        request.as_object_mut().unwrap().remove(field);
        refuses(&world.api, PATH, &request, &format!("{field}: is required")).await;
    }
    let mut request = LORANT.verify("desktop");
    request.as_object_mut().unwrap().remove("finalTargetUrl");
    refuses(&world.api, PATH, &request, "finalTargetUrl: is required for possessionType desktop").await;
}

#[tokio::test]
async fn texts_are_strings_and_flags_are_booleans() {
    let world = World::start().await;
    let texts = [
        "possessionType",
        "phoneNumber",
        "firstName",
        "lastName",
        "finalTargetUrl",
        "smsMessage",
        "emailAddress",
        "clientCustomerId",
        "clientRequestId",
    ];
    for field in texts {
        for wrong in
            [json!(12_001_004_014_u64), json!(1.5), json!(true), json!([MARKER]), json!({ "a": MARKER })]
        {
            let request = LORANT.verify_with("mobile", field, wrong);
            refuses(&world.api, PATH, &request, &format!("{field}: must be a string")).await;
        }
    }
    for wrong in [json!("true"), json!("false"), json!(1), json!(0), json!(MARKER), json!([true])] {
        let request = LORANT.verify_with("mobile", "allowOTPRetry", wrong);
        refuses(&world.api, PATH, &request, "allowOTPRetry: must be a boolean").await;
    }
    for good in [json!(true), json!(false), json!(null)] {
        world.begin_with(&LORANT.verify_with("mobile", "allowOTPRetry", good)).await;
    }
}

#[tokio::test]
async fn possession_types() {
    let world = World::start().await;
    for good in ["desktop", "mobile", "none"] {
        world.begin(LORANT, good).await;
    }
    for bad in ["", " ", "Mobile", "DESKTOP", "mobile ", "phone", MARKER] {
        let request = LORANT.verify_with("mobile", "possessionType", json!(bad));
        refuses(&world.api, PATH, &request, "possessionType: must be desktop, mobile or none").await;
    }
}

#[tokio::test]
async fn names_have_1_to_100_characters_of_any_script() {
    let world = World::start().await;
    let longest = "x".repeat(100);
    let wide = "𝒜".repeat(100);
    let trimmed = format!("  {longest}\t");
    let good = ["a", "李", "Ødegård", "O’Neill-Smith", "محمد", "می\u{200c}خواهم", &longest, &wide, &trimmed];
    let too_long = format!("{MARKER}{}", "x".repeat(101 - MARKER.len()));
    let too_wide = "𝒜".repeat(101);
    let length = "must be 1 to 100 characters after trimming";
    let control = "must not contain control characters";
    for field in ["firstName", "lastName"] {
        for name in good {
            world.begin_with(&LORANT.verify_with("mobile", field, json!(name))).await;
        }
        for (name, rule) in [
            ("", length),
            ("   ", length),
            ("\u{200b}\u{feff}", length),
            (&too_long, length),
            (&too_wide, length),
            ("Zq7Marker\u{0}", control),
            ("Zq7Marker\nx", control),
            ("Zq7Marker\u{7f}x", control),
            ("Zq7Marker\u{85}x", control),
            ("Zq7Marker\u{202e}x", control),
        ] {
            let request = LORANT.verify_with("mobile", field, json!(name));
            refuses(&world.api, PATH, &request, &format!("{field}: {rule}")).await;
        }
    }
}

#[tokio::test]
async fn target_urls() {
    let world = World::start().await;
    let with = |url: &str| LORANT.verify_with("desktop", "finalTargetUrl", json!(url));
    let longest = format!("https://shop.example/{}", "x".repeat(128 - 21));
    let alphabet = "https://shop.example:8443/a-b._+=/c?d=e:f";
    for url in ["https://shop.example", &longest, alphabet, "http://shop.example/", "http://localhost:3000/x"]
    {
        world.begin_with(&with(url)).await;
    }
    let too_long = format!("{longest}x");
    refuses(&world.api, PATH, &with(&too_long), "finalTargetUrl: must be at most 128 characters").await;
    let alphabet = "finalTargetUrl: may hold only letters, digits and -._+=/:?";
    for c in "#&%~@!$'()*,;[]{}|\\^`\"<> \u{e4}\u{0}".chars() {
        refuses(&world.api, PATH, &with(&format!("https://shop.example/Zq7Marker{c}")), alphabet).await;
    }
    let absolute = "finalTargetUrl: must be an absolute https URL";
    for url in [
        "",
        "/Zq7Marker",
        "Zq7Marker.example",
        "ftp://Zq7Marker",
        "javascript:Zq7Marker",
        "https:Zq7Marker",
        "https://",
    ] {
        refuses(&world.api, PATH, &with(url), absolute).await;
    }
    // A field that is not needed must be right all the same.
    let request = LORANT.verify_with("mobile", "finalTargetUrl", json!("ftp://Zq7Marker"));
    refuses(&world.api, PATH, &request, absolute).await;
    // In production only this machine itself may be reached without TLS.
    let production = world.production().await;
    let real = |url: &str| {
        let mut request = with(url);
        request["phoneNumber"] = json!("+14155552671");
        request
    };
    refuses(&production, PATH, &real("http://shop.example/Zq7Marker"), absolute).await;
    for url in ["http://127.0.0.1:3000/x", "http://localhost/", "https://shop.example/"] {
        production.post(PATH, &real(url)).await.ok();
    }
}

#[tokio::test]
async fn verify_status_needs_a_correlation_id() {
    let world = World::start().await;
    let path = "/v3/verify-status";
    refuses(&world.api, path, &json!({}), "correlationId: is required").await;
    refuses(&world.api, path, &json!({ "correlationId": null }), "correlationId: is required").await;
    refuses(&world.api, path, &json!({ "correlationId": [MARKER] }), "correlationId: must be a string").await;
    let id = world.begin(LORANT, "mobile").await.id;
    let asked = |request_id: Value| json!({ "correlationId": id, "clientRequestId": request_id });
    world.api.post(path, &asked(json!("é".repeat(255)))).await.ok();
    let long = "clientRequestId: must be at most 255 characters";
    refuses(&world.api, path, &asked(json!("é".repeat(256))), long).await;
    // Ids are hexadecimal digits, so either case names the same flow.
    world.api.post(path, &json!({ "correlationId": id.to_uppercase() })).await.ok();
}

#[tokio::test]
async fn a_refused_request_leaves_nothing_behind() {
    let world = World::start().await;
    let request = KURT.verify_with("mobile", "emailAddress", json!(MARKER));
    let call = || world.api.call(Method::POST, PATH).header("idempotency-key", "once").json(&request);
    call().send().await.refused(400, 8001);
    // The key is free: nothing was done under it.
    let answer =
        world.api.call(Method::POST, PATH).header("idempotency-key", "once").json(&KURT.verify("mobile"));
    answer.send().await.ok();
    assert!(world.messages(KURT.number).await.is_empty());
}
