//! `ringtrue listen`: a developer gets a project's sandbox webhooks on the laptop, without a tunnel. Events are pulled
//! from the server, signed here as the server would, and posted to an address on this machine.

mod forward;
mod kept;
mod keys;
mod session;
mod source;

use std::{pin::pin, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use ringtrue_domain::secret::Clear;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::output;
use forward::Forward;
use session::Session;
use source::Source;

/// Options of `listen`.
#[derive(Args)]
pub(super) struct Listen {
    /// The address on this machine to post events to, such as <http://127.0.0.1:3000/hook>
    #[arg(long, value_name = "URL")]
    forward: String,
    /// The server whose events are wanted
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "RINGTRUE_ORIGIN")]
    origin: String,
    /// Client id of a sandbox credential of the project
    #[arg(long, value_name = "ID", env = "RINGTRUE_CLIENT_ID")]
    client_id: String,
    /// Its secret; better given in the environment, where others do not see it
    #[arg(long, value_name = "SECRET", env = "RINGTRUE_CLIENT_SECRET", hide_env_values = true)]
    client_secret: SecretString,
    /// The secret to sign with (whsec_…); without it one is made and shown
    #[arg(long, value_name = "SECRET", env = "RINGTRUE_WEBHOOK_SECRET", hide_env_values = true)]
    secret: Option<SecretString>,
    /// Begin with the oldest event that is kept, not with the next one
    #[arg(long)]
    from_start: bool,
    /// Print a line of JSON for each event
    #[arg(long)]
    json: bool,
}

impl Listen {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(async {
            // Caught from here on, whatever is waited for.
            let mut stop = pin!(tokio::signal::ctrl_c());
            let mut session = tokio::select! {
                biased;
                stopped = &mut stop => return stopped.context("Ctrl-C cannot be caught"),
                session = self.begin() => session?,
            };
            let done = tokio::select! {
                biased;
                stopped = &mut stop => stopped.context("Ctrl-C cannot be caught"),
                done = session.run() => done,
            };
            session.part();
            done
        });
        // The look-up of a name may hang for long, and nobody waits for it any more.
        runtime.shutdown_background();
        done.map(|()| ExitCode::SUCCESS)
    }

    async fn begin(&self) -> anyhow::Result<Session> {
        let given = self.secret.as_ref().map(|secret| Clear::new(secret.expose_secret().to_owned()));
        let is_fresh = given.is_none();
        let secret = given.unwrap_or_else(forward::fresh_secret);
        let mut source = Source::new(&self.origin, &self.client_id, &self.client_secret)?;
        source.sign_in().await?;
        let identity = source.webhook().await?;
        let forward = Forward::new(&self.forward, secret.clone(), &identity)?;
        if !self.from_start {
            source.skip_past().await?;
        }
        // One that was given is known already.
        let shown = is_fresh.then(|| secret.expose());
        if self.json {
            output::json(&json!({ "forward": self.forward, "secret": shown }));
        } else {
            output::line(&format!("listening to {}, forwarding to {}", self.origin, self.forward));
            if let Some(secret) = shown {
                output::line(&format!("secret  {secret}"));
            }
        }
        Ok(Session::new(source, forward, self.json))
    }
}
