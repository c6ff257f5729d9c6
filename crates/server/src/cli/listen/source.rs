//! The server whose events are pulled.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::{Response, StatusCode};
use ringtrue_connect::{HttpClient, Limits};
use ringtrue_wire::{
    error::ErrorBody,
    event::{Event, EventsResponse},
    sandbox::SandboxWebhookResponse,
    token::TokenResponse,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

/// Seconds that the server waits for an event.
const WAIT_SECONDS: u32 = 25;

/// Pulls a project's events.
pub(super) struct Source {
    http: HttpClient,
    origin: String,
    client_id: String,
    client_secret: SecretString,
    token: SecretString,
    cursor: Option<String>,
}

impl Source {
    pub(super) fn new(origin: &str, client_id: &str, client_secret: &SecretString) -> anyhow::Result<Self> {
        let origin = origin.trim_end_matches('/');
        let url = url::Url::parse(origin).context("--origin: must be such as https://verify.example.com")?;
        ensure!(matches!(url.scheme(), "http" | "https"), "--origin: must begin with https:// or http://");
        let total = Duration::from_secs(u64::from(WAIT_SECONDS) + 10);
        Ok(Self {
            http: HttpClient::with_limits(Limits { total, ..Limits::default() }),
            origin: origin.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            token: SecretString::default(),
            cursor: None,
        })
    }

    /// Gets an access token.
    pub(super) async fn sign_in(&mut self) -> anyhow::Result<()> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose_secret()),
        ];
        let request = self.http.client()?.post(format!("{}/token", self.origin)).form(&fields);
        let answer = request
            .send()
            .await
            .map_err(reqwest::Error::without_url)
            .context("the server cannot be reached")?;
        let token: TokenResponse = read(answer).await.context("signing in")?;
        self.token = token.access_token.into();
        Ok(())
    }

    /// What deliveries of the project's sandbox say of themselves. Production credentials are refused.
    pub(super) async fn webhook(&self) -> anyhow::Result<SandboxWebhookResponse> {
        let answer = self.get("/v3/sandbox/webhook", &[]).await?;
        read(answer).await.context("listening needs a credential of the sandbox")
    }

    /// Goes past everything that has happened already.
    pub(super) async fn skip_past(&mut self) -> anyhow::Result<()> {
        self.cursor = Some("latest".to_owned());
        self.ask(0).await?;
        Ok(())
    }

    /// The next events; none when there were none for a while.
    pub(super) async fn next(&mut self) -> anyhow::Result<Vec<Event>> {
        Ok(self.ask(WAIT_SECONDS).await?.events)
    }

    async fn ask(&mut self, wait_seconds: u32) -> anyhow::Result<EventsResponse> {
        let mut query = vec![("waitSeconds", wait_seconds.to_string())];
        query.extend(self.cursor.clone().map(|cursor| ("after", cursor)));
        let mut answer = self.get("/v3/events", &query).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            // Tokens last an hour.
            self.sign_in().await?;
            answer = self.get("/v3/events", &query).await?;
        }
        let page: EventsResponse = read(answer).await?;
        self.cursor = Some(page.cursor.clone());
        Ok(page)
    }

    async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Response> {
        let mut url = url::Url::parse(&format!("{}{path}", self.origin))?;
        url.query_pairs_mut().extend_pairs(query);
        let request = self.http.client()?.get(url).bearer_auth(self.token.expose_secret());
        request.send().await.map_err(reqwest::Error::without_url).context("the server cannot be reached")
    }
}

/// The server refuses.
#[derive(Debug, thiserror::Error)]
#[error("the server answered {}{said}", status.as_u16())]
struct Refused {
    status: StatusCode,
    /// Its words, after a colon.
    said: String,
}

/// Whether asking again would come to nothing: the request is wrong, or the credential is not good any more.
pub(super) fn is_final(error: &anyhow::Error) -> bool {
    let refused = error.chain().find_map(|cause| cause.downcast_ref::<Refused>());
    refused.is_some_and(|Refused { status, .. }| {
        status.is_client_error() && *status != StatusCode::TOO_MANY_REQUESTS
    })
}

/// The body of a 200, or what the server says is wrong.
async fn read<T: DeserializeOwned>(answer: Response) -> anyhow::Result<T> {
    let status = answer.status();
    let body = answer.bytes().await.map_err(reqwest::Error::without_url)?;
    if status.is_success() {
        return serde_json::from_slice(&body).context("the server answered something else than expected");
    }
    let said = serde_json::from_slice::<ErrorBody>(&body).map(|error| format!(": {}", error.message));
    Err(Refused { status, said: said.unwrap_or_default() }.into())
}
