//! The server whose events are pulled.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::{Response, StatusCode};
use ringtrue_connect::{HttpClient, Limits};
use ringtrue_wire::{
    error::ErrorBody,
    event::{Event, EventsResponse},
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

    /// Goes past everything that has happened already.
    pub(super) async fn skip(&mut self) -> anyhow::Result<()> {
        while self.ask(0).await?.more {}
        Ok(())
    }

    /// The next events; none when there were none for a while.
    pub(super) async fn next(&mut self) -> anyhow::Result<Vec<Event>> {
        Ok(self.ask(WAIT_SECONDS).await?.events)
    }

    async fn ask(&mut self, wait_seconds: u32) -> anyhow::Result<EventsResponse> {
        let mut answer = self.get(wait_seconds).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            // Tokens last an hour.
            self.sign_in().await?;
            answer = self.get(wait_seconds).await?;
        }
        let page: EventsResponse = read(answer).await?;
        self.cursor = Some(page.cursor.clone());
        Ok(page)
    }

    async fn get(&self, wait_seconds: u32) -> anyhow::Result<Response> {
        let mut query = vec![("waitSeconds", wait_seconds.to_string())];
        query.extend(self.cursor.clone().map(|cursor| ("after", cursor)));
        let mut url = url::Url::parse(&format!("{}/v3/events", self.origin))?;
        url.query_pairs_mut().extend_pairs(query);
        let request = self.http.client()?.get(url).bearer_auth(self.token.expose_secret());
        request.send().await.map_err(reqwest::Error::without_url).context("the server cannot be reached")
    }
}

/// The body of a 200, or what the server says is wrong.
async fn read<T: DeserializeOwned>(answer: Response) -> anyhow::Result<T> {
    let status = answer.status();
    let body = answer.bytes().await.map_err(reqwest::Error::without_url)?;
    if status.is_success() {
        return serde_json::from_slice(&body).context("the server answered something else than expected");
    }
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(error) => bail!("the server answered {}: {}", status.as_u16(), error.message),
        Err(_) => bail!("the server answered {}", status.as_u16()),
    }
}
