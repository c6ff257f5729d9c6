//! A server that is reached by another name than the one it listens on.

use http::Method;
use serde_json::{Value, json};

use crate::client::{INGE, LORANT, Process, Sandbox, ringtrue};

const ORIGIN: &str = "https://verify.example.com";

#[tokio::test]
async fn tokens_links_and_cookies_carry_the_public_origin() {
    let directory = tempfile::tempdir().unwrap();
    let project = ringtrue(directory.path(), &["project", "create", "Shop"]);
    let project = project["projectId"].as_str().unwrap();
    let create = ["credentials", "create", "--project", project, "--environment", "sandbox"];
    let fresh = ringtrue(directory.path(), &create);
    let server = Process::serve(directory.path(), &[("RINGTRUE__SERVER__PUBLIC_ORIGIN", ORIGIN)]).await;
    let (id, secret) = (fresh["clientId"].as_str().unwrap(), fresh["clientSecret"].as_str().unwrap());
    let sandbox = Sandbox { api: server.api.signed_in(id, secret).await };
    let session = sandbox.begin(LORANT, "desktop").await;
    let payload = session.device().token().split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, payload).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap()["auth"]["endp"], ORIGIN);
    session.device().send_link().await;
    let message = sandbox.messages(LORANT.number).await[0].clone();
    assert!(message["link"].as_str().unwrap().starts_with(&format!("{ORIGIN}/l/")));
    let page = sandbox.open(&sandbox.link(LORANT).await, "").await;
    assert!(page.header("set-cookie").contains("; Secure"), "{}", page.header("set-cookie"));
    // Over https the published client fetches the address itself: the proof is not in it beforehand.
    let by_network = sandbox.begin(INGE, "mobile").await;
    let start = by_network.device().step("mobile/instant/start", json!({})).await;
    let url = start["data"]["redirectUrl"].as_str().unwrap();
    assert!(url.starts_with(&format!("{ORIGIN}/v1/sandbox/network?")) && !url.contains("testVfp"), "{url}");
    let path = format!("{}&r=f&sdkVersion=3.2.5", &url[ORIGIN.len()..]);
    let vfp = server.api.call(Method::GET, &path).send().await.ok()["vfp"].clone();
    let finished = by_network.device().step("mobile/instant/finish", json!({ "vfp": vfp })).await;
    assert_eq!(finished, json!({ "next": "done" }));
}
