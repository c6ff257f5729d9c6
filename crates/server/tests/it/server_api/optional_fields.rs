//! §3: optional fields of `POST /v3/verify`, each at its edges.

use serde_json::json;

use super::{MARKER, refuses};
use crate::client::{LORANT, World};

const PATH: &str = "/v3/verify";

#[tokio::test]
async fn sms_message_has_one_place_for_the_code() {
    let world = World::start().await;
    let with = |text: &str| LORANT.verify_with("mobile", "smsMessage", json!(text));
    let longest = format!("######{}", "ü".repeat(154));
    for (text, digits) in [("####", 4), ("Use ##### now", 5), ("######\nis your code", 6), (&longest, 6)] {
        let session = world.begin_with(&with(text)).await;
        session.device().send_code().await;
        let message = world.messages(LORANT.number).await[0].clone();
        let code = message["code"].as_str().unwrap();
        assert!(code.len() == digits && code.bytes().all(|b| b.is_ascii_digit()), "{code} for {text:.20}");
        assert_eq!(message["body"], text.replace(&"#".repeat(digits), code));
    }
    let too_long = format!("####{MARKER}{}", "ü".repeat(157 - MARKER.len()));
    refuses(&world.api, PATH, &with(&too_long), "smsMessage: must be at most 160 characters").await;
    let run = "smsMessage: must hold exactly one run of 4, 5 or 6 # for the code";
    for text in ["", MARKER, "Zq7Marker ###", "#######", "#### Zq7Marker ####", "#### #"] {
        refuses(&world.api, PATH, &with(text), run).await;
    }
    refuses(&world.api, PATH, &with("####\u{7}Zq7Marker"), "smsMessage: must not hold control characters")
        .await;
}

#[tokio::test]
async fn sms_message_has_one_place_for_the_link() {
    let world = World::start().await;
    let with = |text: &str| LORANT.verify_with("desktop", "smsMessage", json!(text));
    let longest = format!("{}####", "ü".repeat(156));
    for text in ["####", "Open #### please", &longest] {
        let session = world.begin_with(&with(text)).await;
        session.device().send_link().await;
        let message = world.messages(LORANT.number).await[0].clone();
        assert_eq!(message["body"], text.replace("####", message["link"].as_str().unwrap()));
        assert_eq!(message["kind"], "link");
    }
    refuses(&world.api, PATH, &with(&format!("{longest}x")), "smsMessage: must be at most 160 characters")
        .await;
    let run = "smsMessage: must hold exactly one run of 4 # for the link";
    for text in ["", MARKER, "###", "Zq7Marker #####", "######", "#### ####"] {
        refuses(&world.api, PATH, &with(text), run).await;
    }
}

#[tokio::test]
async fn email_addresses_are_plausible() {
    let world = World::start().await;
    let with = |text: &str| LORANT.verify_with("mobile", "emailAddress", json!(text));
    let local = "x".repeat(64);
    let longest_local = format!("{local}@shop.example");
    for good in
        ["a@b.example", "first.last+tag@sub.example.org", "ü@ü.example", " a@b.example ", &longest_local]
    {
        world.begin_with(&with(good)).await;
    }
    let too_long_local = format!("x{local}@shop.example");
    let too_long = format!("a@{}.example", "x.".repeat(124));
    for bad in [
        "",
        MARKER,
        "@Zq7Marker.example",
        "Zq7Marker@",
        "Zq7Marker@b",
        "Zq7Marker@b..example",
        "Zq7 Marker@c.example",
        "Zq7Marker@@b.example",
        "Zq7Marker@-b.example",
        "Zq7Marker@b.example\u{0}",
        &too_long_local,
        &too_long,
    ] {
        refuses(&world.api, PATH, &with(bad), "emailAddress: must be an e-mail address").await;
    }
}

#[tokio::test]
async fn client_ids_have_at_most_255_characters() {
    let world = World::start().await;
    for field in ["clientCustomerId", "clientRequestId"] {
        let with = |text: &str| LORANT.verify_with("mobile", field, json!(text));
        let longest = "🦀".repeat(255);
        for good in ["", "7", "someone@shop.example", &longest] {
            world.begin_with(&with(good)).await;
        }
        let too_long = format!("{MARKER}{}", "é".repeat(256 - MARKER.len()));
        refuses(&world.api, PATH, &with(&too_long), &format!("{field}: must be at most 255 characters"))
            .await;
        refuses(
            &world.api,
            PATH,
            &with("Zq7Marker\n"),
            &format!("{field}: must not hold control characters"),
        )
        .await;
    }
}
