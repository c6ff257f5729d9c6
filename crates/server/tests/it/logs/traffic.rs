//! Flows of every kind, and what of them must stay between the parties.

use http::Method;
use serde_json::{Value, json};

use super::gateway::Gateway;
use crate::client::{Answer, INGE, LORANT, Process, Sandbox, Session, Socket, form};

/// What must not be found, and what it is.
#[derive(Default)]
pub(super) struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    pub(super) fn add(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 4, "{what} is too short to be looked for");
        self.0.push((what, secret.to_owned()));
    }

    fn session(&mut self, session: &Session) {
        self.add("authToken", session.device().token());
        self.add("authToken's signature", session.device().token().rsplit('.').next().unwrap());
    }

    fn person(&mut self, request: &Value) {
        for field in ["phoneNumber", "firstName", "lastName", "emailAddress", "clientCustomerId"] {
            if let Some(text) = request[field].as_str() {
                self.add("personal data", text.trim_start_matches("+1"));
            }
        }
    }

    #[track_caller]
    pub(super) fn must_be_absent(&self, place: &str, text: &str) {
        for (what, secret) in &self.0 {
            // A code is a number among others; it counts where it stands alone.
            let digits = secret.bytes().all(|b| b.is_ascii_digit());
            let alone = |at: usize| {
                let around = [text[..at].chars().next_back(), text[at + secret.len()..].chars().next()];
                !around.into_iter().flatten().any(|c| c.is_ascii_alphanumeric() || c == '.')
            };
            if let Some((at, _)) =
                text.match_indices(secret.as_str()).find(|(at, _)| !digits || secret.len() > 6 || alone(*at))
            {
                let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
                panic!("{what} {secret} is in {place}: {:.600}", &text[line..]);
            }
        }
    }
}

/// The number in a text.
fn code_in(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

async fn press(server: &Process, link: &str, secrets: &mut Secrets) -> Answer {
    let path = &link[link.find("/l/").unwrap()..];
    secrets.add("link token", path.trim_start_matches("/l/"));
    let page = server.api.call(Method::GET, path).send().await;
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    secrets.add("cookie", cookie.split('=').nth(1).unwrap());
    let pressed = server.api.call(Method::POST, path).header("cookie", &cookie).send().await;
    server.api.call(Method::GET, path).send().await;
    pressed
}

/// Tokens, good and bad.
pub(super) async fn tokens(server: &Process, back_end: &Sandbox, secrets: &mut Secrets) {
    secrets.add("access token", back_end.api.token());
    let wrong = "wrong-secret-77c1";
    secrets.add("wrong client secret", wrong);
    let fields = [("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", wrong)];
    server.api.call(Method::POST, "/token").form(form(&fields)).send().await.refused(401, 8002);
    secrets.add("wrong access token", "wrong-token-91d3");
    server.api.bearing("wrong-token-91d3").get("/v3/sandbox/clock").await.refused(401, 8002);
    server.api.bearing("wrong-token-91d3").post("/v1/client/status", &json!({})).await.refused(401, 8002);
}

/// Real numbers and a gateway.
pub(super) async fn production(
    server: &Process,
    back_end: &Sandbox,
    gateway: &Gateway,
    secrets: &mut Secrets,
) {
    let request = |possession: &str| {
        json!({
            "possessionType": possession, "phoneNumber": "+14155552671", "firstName": "Ottoline",
            "lastName": "Quackenbush", "emailAddress": "ottoline@mail.example", "allowOTPRetry": true,
            "clientCustomerId": "customer-5512", "clientRequestId": "request-9921",
            "finalTargetUrl": "https://shop.example/back",
        })
    };
    secrets.person(&request("mobile"));
    let none = back_end.begin_with(&request("none")).await;
    assert_eq!(back_end.results(&none.id).await, ["true", "not_applicable", "success"]);
    let by_code = back_end.begin_with(&request("mobile")).await;
    secrets.session(&by_code);
    by_code.device().send_code().await;
    let code = code_in(&gateway.last());
    secrets.add("code", &code);
    secrets.add("message text", gateway.last().split("code.").last().unwrap().trim());
    assert_eq!(by_code.device().enter("wrong-entry-3a").await["data"]["code"], 9201);
    secrets.add("wrong entry", "wrong-entry-3a");
    let change = json!({ "mobileNumber": "+1 415 555 2699" });
    assert_eq!(by_code.device().step("mobile/otp/start", change).await["data"]["code"], 9204);
    secrets.add("refused number", "5552699");
    assert_eq!(by_code.device().enter(&code).await, json!({ "next": "done" }));
    let by_link = back_end.begin_with(&request("desktop")).await;
    secrets.session(&by_link);
    let mut socket = Socket::open(server, by_link.device().token()).await;
    socket.ping().await;
    by_link.device().send_link().await;
    let text = gateway.last();
    let link = text.split_whitespace().find(|word| word.contains("/l/")).unwrap();
    press(server, link, secrets).await.location();
    assert_eq!(socket.verdict().await, json!({ "next": "done" }));
    for session in [by_code, by_link] {
        assert_eq!(back_end.results(&session.id).await[0], "true");
        let report = json!({ "code": 1006, "message": "report-text-6b2e" });
        session.device().step("mobile/otp/error", report).await;
    }
    secrets.add("report text", "report-text-6b2e");
}

/// Personas, outbox, handset, silent network authentication.
pub(super) async fn sandbox(server: &Process, back_end: &Sandbox, secrets: &mut Secrets) {
    secrets.add("access token", back_end.api.token());
    secrets.person(&LORANT.verify("mobile"));
    let by_code = back_end.begin_with(&LORANT.verify("mobile")).await;
    secrets.session(&by_code);
    by_code.device().send_code().await;
    let code = back_end.code(LORANT).await;
    secrets.add("code", &code);
    by_code.device().enter(&code).await;
    let by_link = back_end.begin(LORANT, "desktop").await;
    by_link.device().send_link().await;
    press(server, &back_end.link(LORANT).await, secrets).await.location();
    let by_network = back_end.begin(INGE, "mobile").await;
    let start = by_network.device().step("mobile/instant/start", json!({})).await;
    let url = start["data"]["redirectUrl"].as_str().unwrap();
    let handle = url.split("testVfp=").nth(1).unwrap();
    secrets.add("handle", handle);
    server.api.get(&url[url.find("/v1/").unwrap()..]).await;
    by_network.device().step("mobile/instant/finish", json!({ "vfp": handle })).await;
    let handset = back_end.api.post("/v3/sandbox/handset", &json!({})).await.ok();
    let key = handset["url"].as_str().unwrap().split("#key=").nth(1).unwrap();
    secrets.add("handset key", key);
    server.api.bearing(key).get("/v1/handset/messages").await;
}

/// Requests that are refused, with something in them.
pub(super) async fn mistakes(back_end: &Sandbox, secrets: &mut Secrets) {
    secrets.add("refused value", "Zq7Marker");
    for field in
        ["phoneNumber", "firstName", "finalTargetUrl", "smsMessage", "emailAddress", "possessionType"]
    {
        let request = LORANT.verify_with("mobile", field, json!("Zq7Marker\u{7}"));
        back_end.api.post("/v3/verify", &request).await.refused(400, 8001);
    }
    back_end
        .api
        .call(Method::POST, "/v3/verify")
        .raw_json("{\"Zq7Marker\": Zq7Marker")
        .send()
        .await
        .refused(400, 8001);
    back_end.api.get("/v3/Zq7Marker?to=Zq7Marker").await.refused(404, 8404);
    back_end.api.get("/v3/sandbox/messages?to=Zq7Marker").await.refused(400, 8001);
    back_end.api.anonymous().get("/l/Zq7Marker").await;
    let odd = back_end.api.call(Method::POST, "/v3/verify-status").header("idempotency-key", "Zq7Marker");
    odd.header("user-agent", "Zq7Marker")
        .json(&json!({ "correlationId": "Zq7Marker" }))
        .send()
        .await
        .refused(400, 8008);
}
