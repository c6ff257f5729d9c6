//! A back end with a token.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::super::{
    drive,
    http::{Call, Connection},
    process::Announcement,
};

/// A credential.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
}

/// One connection of a back end.
#[derive(Debug)]
pub(crate) struct Caller {
    connection: Connection,
    token: String,
}

impl Caller {
    /// Signs in at a server.
    pub(crate) async fn sign_in(server: &Announcement, key: &Key) -> anyhow::Result<Self> {
        let announced =
            Announcement { client_id: key.id.clone(), client_secret: key.secret.clone(), ..server.clone() };
        let host = announced.host()?;
        let token = drive::token(host, &announced).await?;
        Ok(Self { connection: Connection::open(host).await?, token })
    }

    /// The same back end on a connection of its own.
    pub(crate) async fn another(&self, server: &Announcement) -> anyhow::Result<Self> {
        Ok(Self { connection: Connection::open(server.host()?).await?, token: self.token.clone() })
    }

    /// A call that answers 200.
    pub(crate) async fn post(&mut self, target: &str, body: &Value) -> anyhow::Result<Value> {
        let body = serde_json::to_vec(body)?;
        self.call(Call { method: "POST", target, bearer: "", body: &body }).await
    }

    /// A call that answers 200.
    pub(crate) async fn get(&mut self, target: &str) -> anyhow::Result<Value> {
        self.call(Call { method: "GET", target, bearer: "", body: b"" }).await
    }

    async fn call(&mut self, call: Call<'_>) -> anyhow::Result<Value> {
        let target = call.target;
        let answer = self.connection.send(Call { bearer: &self.token, ..call }).await?;
        let text = || String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "{target}: {} {}", answer.status, text());
        serde_json::from_slice(answer.body).with_context(|| format!("{target}: no JSON: {}", text()))
    }
}
