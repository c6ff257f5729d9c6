//! The demo's project and credential, kept in the data directory so that they survive a restart.

use std::{fs, io, path::Path};

use anyhow::Context as _;
use ringtrue_domain::{CredentialId, ProjectId, flow::Environment, secret::Digest};
use ringtrue_engine::{By, Engine, model::ProjectSettings};
use serde::{Deserialize, Serialize};

use crate::keys::write_private;

/// The file's name in the data directory.
pub(crate) const ACCOUNT_FILE: &str = "demo.json";

/// The demo's project and sandbox credential.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    #[serde(rename = "projectId")]
    pub(crate) project: ProjectId,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Account {
    /// The account of a data directory; a new one when there is none, or when its credential is no longer good.
    pub(crate) async fn open(directory: &Path, engine: &Engine) -> anyhow::Result<Self> {
        let path = directory.join(ACCOUNT_FILE);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let account: Self = serde_json::from_str(&text)
                    .with_context(|| format!("{} cannot be understood; remove it", path.display()))?;
                if account.is_good(engine).await? {
                    return Ok(account);
                }
                fs::remove_file(&path)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
        let project = engine
            .create_project(By::Operator, "Weir Street Tool Library", ProjectSettings::default())
            .await?;
        let fresh = engine.create_credential(By::Operator, project.id, Environment::Sandbox, None).await?;
        let account = Self {
            project: project.id,
            client_id: fresh.id.to_string(),
            client_secret: fresh.secret.expose().to_owned(),
        };
        write_private(&path, &(serde_json::to_string_pretty(&account)? + "\n"))?;
        Ok(account)
    }

    async fn is_good(&self, engine: &Engine) -> anyhow::Result<bool> {
        let Ok(id) = self.client_id.parse::<CredentialId>() else { return Ok(false) };
        let known = engine.store().credential(id).await?;
        Ok(known.is_some_and(|known| {
            known.revoked_at.is_none() && known.secret == Digest::of(self.client_secret.as_bytes())
        }))
    }
}
