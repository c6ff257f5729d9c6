//! `ringtrue demo`

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Place, block_on, output, serve::Address};
use crate::{demo::owner_link, pages::handset::handset_url, portal::link_address, run, telemetry};

/// Options of `demo`.
#[derive(Args)]
pub(super) struct Demo {
    #[command(flatten)]
    address: Address,
    #[command(flatten)]
    place: Place,
    /// Print one line of JSON instead of text
    #[arg(long)]
    json: bool,
}

/// How long the printed handset link is good: as long as anybody will play with a demo.
const HANDSET_SECONDS: i64 = 30 * 24 * 60 * 60;

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = self.place.config()?;
        self.address.apply(&mut config);
        // The demo shows itself; its log would only push the links out of sight.
        if config.log.filter == "info" {
            "warn".clone_into(&mut config.log.filter);
        }
        "off".clone_into(&mut config.operations.listen);
        telemetry::install(&config.log)?;
        block_on(async move {
            let prepared = run::prepare(config, &self.place.data, true).await?;
            let account =
                prepared.account.as_ref().ok_or_else(|| anyhow::anyhow!("a demo has an account"))?;
            let origin = &prepared.app.origin;
            let shop = format!("{origin}/shop/");
            let handset = handset_url(&prepared.app, account.project, HANDSET_SECONDS)?;
            let portal = link_address(origin, &owner_link(&prepared.app.engine).await?);
            // The listener is open: whoever reads this can connect, and is answered a moment later.
            if self.json {
                output::json(&json!({
                    "origin": origin,
                    "shop": shop,
                    "handset": handset,
                    "portal": portal,
                    "clientId": account.client_id,
                    "clientSecret": account.client_secret,
                    "projectId": account.project.to_string(),
                }));
            } else {
                output::line(&format!(
                    "\n  {}\n\n  Demo shop         {shop}\n  Virtual handset   {handset}\n  Portal            {portal}\n\n  \
                     Open the shop, pick one of its sandbox people, and answer on the handset.\n  \
                     The portal's link signs you in once, within an hour; another start prints another one.\n  \
                     To call the API: client id {}, secret in {}.\n  Stop with Ctrl-C; the data stays in {}.\n",
                    output::bold("Ringtrue is ready."),
                    account.client_id,
                    self.place.data.join(crate::demo::ACCOUNT_FILE).display(),
                    self.place.data.display(),
                ));
            }
            prepared.serve().await
        })
    }
}
