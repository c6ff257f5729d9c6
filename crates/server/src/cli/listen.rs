//! `ringtrue listen`: a developer gets a project's sandbox webhooks on the laptop, without a tunnel. Events are pulled
//! from the server, signed here, and posted to an address on this machine.

mod forward;
mod source;

use std::{io::IsTerminal as _, process::ExitCode, time::Duration};

use clap::Args;
use ringtrue_domain::secret::Clear;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{block_on, output};
use forward::Forward;
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

/// Pauses between attempts to reach a server that is away.
const AWAY: Duration = Duration::from_secs(2);
/// Events that can be repeated.
const KEPT: usize = 1000;

impl Listen {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            let secret = match &self.secret {
                Some(secret) => Clear::new(secret.expose_secret().to_owned()),
                None => forward::fresh_secret(),
            };
            let forward = Forward::new(&self.forward, secret.clone())?;
            let mut source = Source::new(&self.origin, &self.client_id, &self.client_secret)?;
            source.sign_in().await?;
            if !self.from_start {
                source.skip().await?;
            }
            if self.json {
                output::json(&json!({ "forward": self.forward, "secret": secret.expose() }));
            } else {
                output::line(&format!("listening to {}, forwarding to {}", self.origin, self.forward));
                output::line(&format!("secret  {}", secret.expose()));
                if std::io::stdin().is_terminal() {
                    output::note("r + Enter sends the last event again, r 3 the third one, q ends");
                }
            }
            self.pump(&mut source, &forward).await
        })
    }

    async fn pump(&self, source: &mut Source, forward: &Forward) -> anyhow::Result<()> {
        let mut sent = Vec::new();
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let mut listening = std::io::stdin().is_terminal();
        loop {
            tokio::select! {
                events = source.next() => match events {
                    Ok(events) if events.is_empty() => {}
                    Ok(events) => {
                        let outcome = forward.post(&events).await;
                        for event in events {
                            if sent.len() < KEPT {
                                sent.push(event);
                            }
                            if let Some(event) = sent.last() {
                                self.show(sent.len(), event, &outcome);
                            }
                        }
                    }
                    Err(error) => {
                        output::note(&format!("{error:#}; trying again"));
                        tokio::time::sleep(AWAY).await;
                    }
                },
                line = lines.next_line(), if listening => match line {
                    Ok(Some(line)) => {
                        let mut words = line.split_whitespace();
                        match (words.next(), words.next()) {
                            (Some("q"), _) => return Ok(()),
                            (Some("r"), which) => {
                                let number = which.map_or(Ok(sent.len()), str::parse).unwrap_or(0);
                                match number.checked_sub(1).and_then(|index| sent.get(index)) {
                                    Some(event) => {
                                        let outcome = forward.post(std::slice::from_ref(event)).await;
                                        self.show(number, event, &outcome);
                                    }
                                    None => output::note("no such event"),
                                }
                            }
                            _ => output::note("r, r NUMBER or q"),
                        }
                    }
                    Ok(None) | Err(_) => listening = false,
                },
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
        }
    }

    fn show(&self, number: usize, event: &ringtrue_wire::event::Event, outcome: &str) {
        if self.json {
            output::json(&json!({ "number": number, "event": event, "outcome": outcome }));
            return;
        }
        let identity = event.identity_id.as_deref().unwrap_or("-");
        output::line(&format!(
            "{number:>4}  {}  {:<22} {identity}  {outcome}",
            event.event_timestamp, event.event_type
        ));
    }
}
