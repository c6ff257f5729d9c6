//! The device API, section by section (contract `device-api.md`).

mod access;
mod after_the_end;
mod codes;
mod cors;
mod instant_links;
mod landing;
mod limits;
mod link_use;
mod network;
mod numbers;
mod origins;
mod reports;
mod status_socket;
mod token_claims;
mod token_payload;

use serde_json::{Value, json};

/// Every call of a device, with a body that a page could send.
fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("mobile/otp/start", json!({})),
        ("mobile/otp/start", json!({ "mobileNumber": "+12001004015" })),
        ("mobile/otp/finish", json!({ "otp": "1234" })),
        ("mobile/otp/finish", json!({ "otp": "0000" })),
        ("mobile/otp/error", json!({ "code": 10000, "message": "page" })),
        ("mobile/instantlink/start", json!({ "sourceIp": null, "isMobile": false })),
        ("mobile/instantlink/start", json!({ "mobileNumber": "+12001004015" })),
        ("mobile/instantlink/error", json!({ "code": 1005 })),
        ("mobile/instant/start", json!({ "cellularIp": null, "implementation": "fetch" })),
        ("mobile/instant/finish", json!({ "vfp": "x" })),
        ("mobile/instant/error", json!({ "code": 10002 })),
        ("device/passive/error", json!({})),
        ("user/ppb/error", json!({})),
        ("status", json!({})),
    ]
}
