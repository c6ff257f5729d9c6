//! The person's device, as the client SDK speaks for it.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Api};

/// Headers that the published client sends with every call (device API §1).
const PA_VERSION: &str = "ProveAuth/3.6.2 Contract/2.15.1 WEB/1";

/// A device with the authToken of one verification.
#[derive(Clone)]
pub(crate) struct Device(Api);

impl Device {
    pub(super) fn new(api: Api) -> Self {
        Self(api)
    }

    pub(crate) fn token(&self) -> &str {
        self.0.token()
    }

    /// A call as the published client makes it, with whatever answer.
    pub(crate) async fn call(&self, step: &str, body: &Value) -> Answer {
        let call = self.0.call(Method::POST, &format!("/v1/client/{step}"));
        call.header("accept", "application/json").header("pa-version", PA_VERSION).json(body).send().await
    }

    /// A call whose answer is an envelope.
    #[track_caller]
    pub(crate) fn step(&self, step: &str, body: Value) -> impl Future<Output = Value> {
        let (device, step) = (self.clone(), step.to_owned());
        async move { device.call(&step, &body).await.ok() }
    }

    /// `mobile/otp/start` as at first and for a resend.
    pub(crate) async fn send_code(&self) -> Value {
        self.step("mobile/otp/start", json!({})).await
    }

    /// `mobile/otp/finish`
    pub(crate) async fn enter(&self, code: &str) -> Value {
        self.step("mobile/otp/finish", json!({ "otp": code })).await
    }

    /// `mobile/instantlink/start` from a desktop.
    pub(crate) async fn send_link(&self) -> Value {
        self.step("mobile/instantlink/start", json!({ "sourceIp": null, "isMobile": false })).await
    }

    /// How it stands, by the poll.
    pub(crate) async fn poll(&self) -> Value {
        self.step("status", json!({})).await
    }
}
