//! `ringtrue project`

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;
use ringtrue_domain::ProjectId;
use ringtrue_engine::{
    By,
    model::{Expect, ProjectSettings},
};
use serde_json::json;

use super::{Place, block_on, output};
use crate::personas_file;

/// Subcommands of `project`.
#[derive(Subcommand)]
pub(super) enum ProjectCommand {
    /// Create a project
    Create {
        /// Its name, as people who verify see it
        name: String,
        /// Host of the page that codes are typed into, for autofill of our texts
        #[arg(long, value_name = "HOST")]
        bound_host: Option<String>,
        /// The page has a retry step for instant links
        #[arg(long)]
        retry_page: bool,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Replace a project's own sandbox personas by those of a JSON file
    Personas {
        /// A JSON array of personas: phone, `first_name`, `last_name`, outcome and what differs from an ordinary person
        file: PathBuf,
        /// The project
        #[arg(long, value_name = "ID")]
        project: ProjectId,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let a project see another one's identities of the same number (cross-domain), once the other is linked with it too
    Link {
        /// The project
        id: ProjectId,
        /// The other one
        other: ProjectId,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End a link; neither sees the other's identities any more
    Unlink {
        /// The project
        id: ProjectId,
        /// The other one
        other: ProjectId,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl ProjectCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            match self {
                Self::Create { name, bound_host, retry_page, place, json } => {
                    let settings = ProjectSettings { bound_host, retry_page, ..ProjectSettings::default() };
                    let installation = place.open().await?;
                    let engine = installation.admin_engine()?;
                    let project = engine.create_project(By::Operator, &name, settings).await?;
                    engine.store().close().await;
                    if json {
                        output::json(&json!({ "projectId": project.id.to_string() }));
                    } else {
                        output::line(&format!("created project {} with id {}", project.name, project.id));
                    }
                }
                Self::Personas { file, project, place, json } => {
                    let text =
                        fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
                    let personas = personas_file::read(&text)
                        .map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
                    let installation = place.open().await?;
                    let engine = installation.admin_engine()?;
                    let written = engine.set_personas(By::Operator, project, personas, Expect::Any).await;
                    engine.store().close().await;
                    let count = written?.project.settings.personas.len();
                    if json {
                        output::json(&json!({ "personas": count }));
                    } else {
                        output::line(&format!("the project has {count} personas of its own"));
                    }
                }
                Self::Link { id, other, place, json } => link(id, other, &place, json, true).await?,
                Self::Unlink { id, other, place, json } => link(id, other, &place, json, false).await?,
            }
            Ok(())
        })
    }
}

async fn link(
    id: ProjectId,
    other: ProjectId,
    place: &Place,
    json: bool,
    wanted: bool,
) -> anyhow::Result<()> {
    let installation = place.open().await?;
    let engine = installation.admin_engine()?;
    let mutual = engine.link_project(By::Operator, id, other, wanted).await;
    engine.store().close().await;
    let mutual = mutual?;
    if json {
        output::json(&json!({ "linked": wanted, "mutual": mutual }));
    } else {
        output::line(match (wanted, mutual) {
            (true, true) => "linked: both projects see each other's identities",
            (true, false) => {
                "linked on this side; it takes effect once the other project is linked with this one"
            }
            (false, _) => "not linked any more",
        });
    }
    Ok(())
}
