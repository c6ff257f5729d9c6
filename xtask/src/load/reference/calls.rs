//! The five calls.

use std::path::Path;

use ringtrue_wire::{
    device::{Envelope, OtpFinish},
    sandbox::SandboxMessage,
    token::TokenResponse,
    verify::{VerifyRequest, VerifyResponse, VerifyStatusRequest, VerifyStatusResponse},
};
use serde::{Deserialize, Serialize};

use super::{
    database::{Database, Statement},
    tokens::Tokens,
};
use crate::load::peer::{Asked, Told};

const TOKEN: &str = "the-only-access-token-of-the-minimal-server";
const AT: &str = "2026-11-23T12:00:00Z";

/// The server.
pub(super) struct Server {
    database: Database,
    tokens: Tokens,
}

/// A flow, as stored.
#[derive(Debug, Serialize, Deserialize)]
struct Flow {
    phone: String,
    first_name: String,
    last_name: String,
    template: String,
    request: String,
    code: Option<String>,
    identity: Option<String>,
}

impl Server {
    /// With an empty database.
    pub(super) fn open(data: &Path) -> anyhow::Result<Self> {
        Ok(Self { database: Database::open(data)?, tokens: Tokens::new()? })
    }

    /// Answers a call; the error is an answer too.
    pub(super) async fn answer(&self, asked: &Asked) -> Result<Told, Told> {
        if asked.path == "/token" {
            let (access_token, token_type) = (TOKEN.to_owned(), "Bearer".to_owned());
            return json(&TokenResponse { access_token, token_type, expires_in: 3600 });
        }
        if asked.path.starts_with("/v3/") && asked.bearer != TOKEN {
            return Err(refuse(401));
        }
        match asked.path.as_str() {
            "/v3/verify" => self.verify(asked).await,
            "/v1/client/mobile/otp/start" => self.start(asked).await,
            "/v3/sandbox/messages" => self.messages(asked),
            "/v1/client/mobile/otp/finish" => self.finish(asked).await,
            "/v3/verify-status" => self.status(asked),
            _ => Err(refuse(404)),
        }
    }

    async fn verify(&self, asked: &Asked) -> Result<Told, Told> {
        let request: VerifyRequest = read(asked)?;
        let id = format!("{:016x}{:016x}", self.tokens.draw(), self.tokens.draw());
        let flow = Flow {
            phone: request.phone_number.ok_or_else(|| refuse(400))?,
            first_name: request.first_name.ok_or_else(|| refuse(400))?,
            last_name: request.last_name.ok_or_else(|| refuse(400))?,
            template: request.sms_message.ok_or_else(|| refuse(400))?,
            request: request.client_request_id.unwrap_or_default(),
            code: None,
            identity: None,
        };
        let insert = "insert into flow (id, version, body) values (?1, 1, ?2)";
        let put = Statement { sql: insert, args: vec![id.clone().into(), body(&flow)?.into()], one: true };
        self.commit(vec![put, audit(&id, "started")]).await?;
        let pending = || "pending".to_owned();
        json(&VerifyResponse {
            success: pending(),
            auth_token: Some(self.tokens.issue(&id).ok_or_else(|| refuse(500))?),
            correlation_id: id,
            possession_result: pending(),
            verify_result: pending(),
            evaluation: None,
        })
    }

    async fn start(&self, asked: &Asked) -> Result<Told, Told> {
        let (id, version, mut flow) = self.of_device(asked)?;
        let code = format!("{:04}", self.tokens.draw() % 10_000);
        let text = flow.template.replace("####", &code);
        let message = Statement {
            sql: "insert into outbox (phone, body, code) values (?1, ?2, ?3)",
            args: vec![flow.phone.clone().into(), text.into(), code.clone().into()],
            one: true,
        };
        flow.code = Some(code);
        self.commit(vec![update(&id, version, &flow)?, message, audit(&id, "code sent")]).await?;
        next("")
    }

    fn messages(&self, asked: &Asked) -> Result<Told, Told> {
        let (limit, to) = asked.query.split_once("&to=").ok_or_else(|| refuse(400))?;
        let to = to.replace("%2B", "+");
        let sql = match limit {
            "limit=8" => "select id, phone, body, code from outbox where phone = ?1 order by id desc limit 8",
            _ => "select id, phone, body, code from outbox where phone = ?1 order by id desc limit 100",
        };
        let found = self.database.read(sql, &to, |row| {
            Ok(SandboxMessage {
                id: row.get::<_, i64>(0)?.to_string(),
                to: row.get(1)?,
                body: row.get(2)?,
                kind: "otp".to_owned(),
                code: row.get(3)?,
                link: None,
                sent_at: AT.to_owned(),
                segments: 1,
            })
        });
        json(&found.ok_or_else(|| refuse(500))?)
    }

    async fn finish(&self, asked: &Asked) -> Result<Told, Told> {
        let typed: OtpFinish = read(asked)?;
        let (id, version, mut flow) = self.of_device(asked)?;
        if flow.code.is_none() || typed.otp != flow.code || flow.identity.is_some() {
            return Err(refuse(403));
        }
        let identity = format!("{:016x}{:016x}", self.tokens.draw(), self.tokens.draw());
        let enrol = Statement {
            sql: "insert into identity (id, phone) values (?1, ?2) on conflict (phone) do nothing",
            args: vec![identity.clone().into(), flow.phone.clone().into()],
            one: false,
        };
        flow.identity = Some(identity);
        self.commit(vec![update(&id, version, &flow)?, enrol, audit(&id, "proven")]).await?;
        next("done")
    }

    fn status(&self, asked: &Asked) -> Result<Told, Told> {
        let request: VerifyStatusRequest = read(asked)?;
        let id = request.correlation_id.ok_or_else(|| refuse(400))?;
        let (_, flow) = self.flow(&id)?;
        let result = if flow.identity.is_some() { "success" } else { "pending" };
        json(&VerifyStatusResponse {
            success: if flow.identity.is_some() { "true" } else { "pending" }.to_owned(),
            correlation_id: id,
            possession_result: result.to_owned(),
            verify_result: result.to_owned(),
            identity_id: flow.identity,
            phone_number: flow.phone,
            evaluation: None,
        })
    }

    fn of_device(&self, asked: &Asked) -> Result<(String, i64, Flow), Told> {
        let id = self.tokens.flow(&asked.bearer).ok_or_else(|| refuse(401))?;
        let (version, flow) = self.flow(&id)?;
        Ok((id, version, flow))
    }

    fn flow(&self, id: &str) -> Result<(i64, Flow), Told> {
        let sql = "select version, body from flow where id = ?1";
        let rows = self.database.read(sql, id, |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let (version, body) = rows.and_then(|mut rows| rows.pop()).ok_or_else(|| refuse(400))?;
        Ok((version, serde_json::from_str(&body).map_err(|_| refuse(500))?))
    }

    async fn commit(&self, unit: Vec<Statement>) -> Result<(), Told> {
        if self.database.commit(unit).await { Ok(()) } else { Err(refuse(503)) }
    }
}

fn update(id: &str, version: i64, flow: &Flow) -> Result<Statement, Told> {
    Ok(Statement {
        sql: "update flow set version = version + 1, body = ?3 where id = ?1 and version = ?2",
        args: vec![id.to_owned().into(), version.into(), body(flow)?.into()],
        one: true,
    })
}

fn audit(flow: &str, what: &'static str) -> Statement {
    let args = vec![flow.to_owned().into(), what.to_owned().into()];
    Statement { sql: "insert into audit (flow, what) values (?1, ?2)", args, one: true }
}

fn next(step: &str) -> Result<Told, Told> {
    json(&Envelope { next: step.to_owned(), data: None, error: None })
}

fn body(flow: &Flow) -> Result<String, Told> {
    serde_json::to_string(flow).map_err(|_| refuse(500))
}

fn read<'a, T: Deserialize<'a>>(asked: &'a Asked) -> Result<T, Told> {
    serde_json::from_slice(&asked.body).map_err(|_| refuse(400))
}

fn json(value: &impl Serialize) -> Result<Told, Told> {
    serde_json::to_vec(value).map(|json| (200, json)).map_err(|_| refuse(500))
}

fn refuse(status: u16) -> Told {
    (status, b"{}".to_vec())
}
