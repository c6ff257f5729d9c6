//! `ringtrue credentials`

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use ringtrue_domain::{CredentialId, ProjectId, flow};
use ringtrue_engine::By;
use serde_json::json;

use super::{Place, block_on, output};

/// Subcommands of `credentials`.
#[derive(Subcommand)]
pub(super) enum CredentialsCommand {
    /// Create a credential; its secret is shown this one time
    Create {
        /// The project
        #[arg(long, value_name = "ID")]
        project: ProjectId,
        /// The environment
        #[arg(long)]
        environment: Environment,
        /// What to call it, at most 80 characters
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a credential; its tokens stop at once
    Revoke {
        /// The credential's client id
        client_id: CredentialId,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Sandbox or production.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Environment {
    /// Personas, an outbox, a clock that can be moved
    Sandbox,
    /// Real people and messages
    Production,
}

impl From<Environment> for flow::Environment {
    fn from(environment: Environment) -> Self {
        match environment {
            Environment::Sandbox => Self::Sandbox,
            Environment::Production => Self::Production,
        }
    }
}

impl CredentialsCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            match self {
                Self::Create { project, environment, name, place, json } => {
                    let installation = place.open().await?;
                    let engine = installation.admin_engine()?;
                    let fresh = engine
                        .create_credential(By::Operator, project, environment.into(), name.as_deref())
                        .await?;
                    engine.store().close().await;
                    if json {
                        output::json(&json!({
                            "clientId": fresh.id.to_string(),
                            "clientSecret": fresh.secret.expose(),
                        }));
                    } else {
                        output::line(&format!(
                            "client id      {}\nclient secret  {}",
                            fresh.id,
                            fresh.secret.expose()
                        ));
                        output::note("keep the secret: it is not shown again");
                    }
                }
                Self::Revoke { client_id, place, json } => {
                    let installation = place.open().await?;
                    let engine = installation.admin_engine()?;
                    engine.revoke_credential(By::Operator, client_id).await?;
                    engine.store().close().await;
                    if json {
                        output::json(&json!({ "clientId": client_id.to_string(), "revoked": true }));
                    } else {
                        output::line(&format!("revoked {client_id}"));
                    }
                }
            }
            Ok(())
        })
    }
}
