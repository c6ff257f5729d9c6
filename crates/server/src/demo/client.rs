//! The calls that a customer's back end makes: a token, a verification, its result.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use ringtrue_wire::{
    error::ErrorBody,
    token::TokenResponse,
    verify::{VerifyRequest, VerifyResponse, VerifyStatusRequest, VerifyStatusResponse},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;

/// Calls Ringtrue's server API with client credentials.
pub(super) struct RingtrueClient {
    http: Client<HttpConnector, Full<Bytes>>,
    base: String,
    client_id: String,
    client_secret: String,
    /// The access token and when to ask for another.
    token: Mutex<Option<(String, Instant)>>,
}

/// What a call came to.
pub(super) enum Answer<T> {
    /// 200
    Good(T),
    /// Any other status that explains itself.
    Refused(StatusCode, ErrorBody),
}

impl RingtrueClient {
    pub(super) fn new(address: SocketAddr, client_id: &str, client_secret: &str) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            base: format!("http://{address}"),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            token: Mutex::new(None),
        }
    }

    /// Starts a verification.
    pub(super) async fn verify(&self, request: &VerifyRequest) -> anyhow::Result<Answer<VerifyResponse>> {
        self.call("/v3/verify", request).await
    }

    /// Asks how it stands.
    pub(super) async fn status(&self, correlation_id: &str) -> anyhow::Result<Answer<VerifyStatusResponse>> {
        let request =
            VerifyStatusRequest { correlation_id: Some(correlation_id.to_owned()), client_request_id: None };
        self.call("/v3/verify-status", &request).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<Answer<T>> {
        let token = self.access_token().await?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(serde_json::to_vec(body)?))?;
        self.send(request).await
    }

    /// One token serves all calls for an hour; another is asked for a minute before its end.
    async fn access_token(&self) -> anyhow::Result<String> {
        let mut kept = self.token.lock().await;
        if let Some((token, until)) = &*kept
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", &self.client_secret)
            .finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/token", self.base))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))?;
        match self.send::<TokenResponse>(request).await? {
            Answer::Good(token) => {
                let good_for = Duration::from_secs(u64::from(token.expires_in.saturating_sub(60)));
                *kept = Some((token.access_token.clone(), Instant::now() + good_for));
                Ok(token.access_token)
            }
            Answer::Refused(status, error) => anyhow::bail!("no access token: {status} {}", error.message),
        }
    }

    async fn send<T: DeserializeOwned>(&self, request: Request<Full<Bytes>>) -> anyhow::Result<Answer<T>> {
        let response = self.http.request(request).await.context("the server cannot be reached")?;
        let status = response.status();
        let body = response.into_body().collect().await.context("the answer was cut off")?.to_bytes();
        if status == StatusCode::OK {
            return Ok(Answer::Good(
                serde_json::from_slice(&body).context("the answer cannot be understood")?,
            ));
        }
        Ok(Answer::Refused(status, serde_json::from_slice(&body).context("the error cannot be understood")?))
    }
}
