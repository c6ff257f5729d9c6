//! `ringtrue sign-in-link`

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use ringtrue_domain::text::EmailAddress;
use serde_json::json;

use super::{Place, block_on, output, serve::Address};
use crate::{listen::reachable, portal::link_address};

/// Options of `sign-in-link`.
#[derive(Args)]
pub(super) struct SignInLink {
    /// The member's e-mail address; none for the first owner
    email: Option<String>,
    #[command(flatten)]
    address: Address,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl SignInLink {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            let mut config = self.place.config()?;
            self.address.apply(&mut config);
            let installation = self.place.open().await?;
            let engine = installation.admin_engine()?;
            let token = match &self.email {
                Some(email) => Some(engine.link_for(&EmailAddress::parse("email", email)?).await?),
                None => engine.first_link().await?,
            };
            engine.store().close().await;
            let Some(token) = token else {
                bail!("the server has an owner: name the e-mail address of the member who is to sign in");
            };
            let local = || format!("http://{}", reachable(config.server.listen));
            let link = link_address(&config.server.public_origin.clone().unwrap_or_else(local), &token);
            if self.json {
                output::json(&json!({ "link": link }));
            } else {
                output::line(&link);
                output::note("It works once, within an hour.");
            }
            Ok(())
        })
    }
}
