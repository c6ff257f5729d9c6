//! `ringtrue serve`

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;

use super::{Place, block_on, output};
use crate::{
    config::{Config, Role, Roles},
    portal::link_address,
    run, telemetry,
};

/// Options of `serve`.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    address: Address,
    #[command(flatten)]
    place: Place,
    /// What this node does: some of api, device, portal, worker, between commas
    #[arg(long, value_name = "ROLES")]
    roles: Option<Roles>,
}

/// Where to listen, on the command line.
#[derive(Args)]
pub(super) struct Address {
    /// Address to listen on, such as 127.0.0.1:8080; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// How everybody reaches this server, such as <https://verify.example.com>
    #[arg(long, value_name = "URL")]
    public_origin: Option<String>,
}

impl Address {
    /// Goes over the configuration. A slash at the end is forgiven.
    pub(super) fn apply(&self, config: &mut Config) {
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        if let Some(origin) = &self.public_origin {
            config.server.public_origin = Some(origin.trim_end_matches('/').to_owned());
        }
    }
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = self.place.config()?;
        self.address.apply(&mut config);
        if let Some(roles) = self.roles {
            config.server.roles = roles;
        }
        telemetry::install(&config.log)?;
        block_on(async {
            let prepared = run::prepare(config, &self.place.data, false).await?;
            if prepared.app.roles.has(Role::Portal)
                && let Some(token) = prepared.app.engine.first_link().await?
            {
                // Not for the log: whoever has it becomes the owner.
                output::line(&format!(
                    "This server has no owner yet. To become it, open this link within an hour (it works once):\n  {}",
                    link_address(&prepared.app.origin, &token),
                ));
            }
            prepared.serve().await
        })
    }
}
