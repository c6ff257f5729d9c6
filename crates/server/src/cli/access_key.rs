//! `ringtrue access-key`

use std::process::ExitCode;

use clap::Subcommand;
use ringtrue_domain::member::{AccessKeyId, Role};
use ringtrue_engine::{By, Engine, MAX_ENTRIES, model::AccessKey};
use serde_json::json;

use super::{Place, block_on, output};

/// Subcommands of `access-key`.
#[derive(Subcommand)]
pub(super) enum AccessKeyCommand {
    /// Make a key that automation calls the admin API with; its token is shown this one time
    Create {
        /// What to call it, at most 80 characters
        name: String,
        /// What it may do: owner, developer, analyst or `read_only`
        #[arg(long, value_parser = role)]
        role: Role,
        /// Days that it is good, 1 to 365
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show all keys, whoever made them, without their tokens
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key; it is not taken any more at once
    Revoke {
        /// The key's id
        id: AccessKeyId,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse("role", text).map_err(|error| error.rule.to_string())
}

impl AccessKeyCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            let (Self::Create { place, .. } | Self::List { place, .. } | Self::Revoke { place, .. }) = &self;
            let installation = place.open().await?;
            let engine = installation.admin_engine()?;
            match &self {
                Self::Create { name, role, days, json, .. } => {
                    let made = engine.make_access_key(By::Operator, name, *role, *days).await?;
                    let token = made.token.expose();
                    if *json {
                        let mut shown = shown(&made.key);
                        shown["token"] = json!(token);
                        output::json(&shown);
                    } else {
                        output::line(token);
                        let until = made.key.expires_at;
                        output::note(&format!("keep it: it is not shown again; good until {until}"));
                    }
                }
                Self::List { json, .. } => {
                    let keys = all(&engine).await?;
                    if *json {
                        let keys: Vec<_> = keys.iter().map(shown).collect();
                        output::json(&json!({ "accessKeys": keys }));
                    } else {
                        for key in &keys {
                            let used = key.used_at.map_or("never used".to_owned(), |at| format!("used {at}"));
                            let (name, role) = (key.name.as_str(), key.role.as_str());
                            output::line(&format!(
                                "{}  {role}  until {}  {used}  {name}",
                                key.id, key.expires_at
                            ));
                        }
                    }
                }
                Self::Revoke { id, json, .. } => {
                    engine.revoke_access_key(By::Operator, *id).await?;
                    if *json {
                        output::json(&json!({ "id": id.to_string(), "revoked": true }));
                    } else {
                        output::line(&format!("revoked {id}"));
                    }
                }
            }
            engine.store().close().await;
            Ok(())
        })
    }
}

/// All keys, newest first.
async fn all(engine: &Engine) -> anyhow::Result<Vec<AccessKey>> {
    let mut keys: Vec<AccessKey> = Vec::new();
    loop {
        let page = engine.access_keys(By::Operator, keys.last().map(|last| last.id), MAX_ENTRIES).await?;
        let is_last = page.len() < MAX_ENTRIES;
        keys.extend(page);
        if is_last {
            return Ok(keys);
        }
    }
}

fn shown(key: &AccessKey) -> serde_json::Value {
    json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "role": key.role.as_str(),
        "createdAt": key.created_at.to_string(),
        "expiresAt": key.expires_at.to_string(),
        "usedAt": key.used_at.map(|at| at.to_string()),
    })
}
