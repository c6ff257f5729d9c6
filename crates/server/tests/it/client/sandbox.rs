//! What a customer's back end does in a sandbox project, and what a person does there.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Api, Device, Persona};

/// A back end with the token of a sandbox project.
#[derive(Clone)]
pub(crate) struct Sandbox {
    pub(crate) api: Api,
}

/// A verification that began.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// The person's device, if one is needed.
    device: Option<Device>,
}

impl Session {
    #[track_caller]
    pub(crate) fn device(&self) -> &Device {
        self.device.as_ref().expect("a verification with a device")
    }
}

impl Sandbox {
    /// Begins a verification of a persona.
    pub(crate) async fn begin(&self, persona: Persona, possession: &str) -> Session {
        self.begin_with(&persona.verify(possession)).await
    }

    /// Begins a verification in which three codes may be tried and the page has a retry step.
    pub(crate) async fn begin_patient(&self, persona: Persona, possession: &str) -> Session {
        self.begin_with(&persona.verify_with(possession, "allowOTPRetry", json!(true))).await
    }

    pub(crate) async fn begin_with(&self, request: &Value) -> Session {
        self.session(&self.api.post("/v3/verify", request).await.ok())
    }

    /// What an answer of `/v3/verify` gives to the two sides.
    pub(crate) fn session(&self, answer: &Value) -> Session {
        Session {
            id: answer["correlationId"].as_str().unwrap().to_owned(),
            device: answer["authToken"].as_str().map(|token| Device::new(self.api.bearing(token))),
        }
    }

    pub(crate) async fn status(&self, id: &str) -> Value {
        self.api.post("/v3/verify-status", &json!({ "correlationId": id })).await.ok()
    }

    /// `success`, `possessionResult`, `verifyResult`
    pub(crate) async fn results(&self, id: &str) -> [String; 3] {
        let status = self.status(id).await;
        ["success", "possessionResult", "verifyResult"].map(|name| status[name].as_str().unwrap().to_owned())
    }

    /// What a number got, newest first.
    pub(crate) async fn messages(&self, number: &str) -> Vec<Value> {
        let path = format!("/v3/sandbox/messages?limit=100&to={}", number.replace('+', "%2B"));
        self.api.get(&path).await.ok().as_array().unwrap().clone()
    }

    /// The newest code that a number got.
    pub(crate) async fn code(&self, persona: Persona) -> String {
        self.messages(persona.number).await[0]["code"].as_str().unwrap().to_owned()
    }

    /// The path of the newest link that a number got.
    pub(crate) async fn link(&self, persona: Persona) -> String {
        let message = self.messages(persona.number).await[0].clone();
        let link = message["link"].as_str().unwrap();
        link[link.find("/l/").unwrap()..].to_owned()
    }

    /// Moves the clock.
    pub(crate) async fn advance(&self, seconds: i64) {
        self.api.post("/v3/sandbox/clock", &json!({ "advanceSeconds": seconds })).await.ok();
    }

    /// Opens a link's page in a browser that sends these cookies.
    pub(crate) async fn open(&self, path: &str, cookie: &str) -> Answer {
        self.api.anonymous().call(Method::GET, path).header("cookie", cookie).send().await
    }

    /// Presses the button of a link's page in a browser that sends these cookies.
    pub(crate) async fn press(&self, path: &str, cookie: &str) -> Answer {
        self.api.anonymous().call(Method::POST, path).header("cookie", cookie).send().await
    }
}
