//! How nodes tell each other what changed.

use anyhow::{Context as _, bail};
use ringtrue_connect::NatsConfig;
use serde::Deserialize;

/// `[bus]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Bus {
    pub(crate) kind: BusKind,
    pub(crate) nats: Option<NatsConfig>,
}

/// What carries it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BusKind {
    /// The store, as well as it can.
    #[default]
    Store,
    /// A NATS server.
    Nats,
}

impl Bus {
    /// Checks what types alone cannot.
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        if let Some(nats) = &self.nats {
            nats.validate().map_err(|error| anyhow::anyhow!("bus.nats.{error}"))?;
        }
        if self.kind == BusKind::Nats {
            self.nats.as_ref().context("bus.nats: is needed for kind = \"nats\"")?;
            if cfg!(not(feature = "nats")) {
                bail!("bus.kind: this program was built without NATS (cargo feature nats)");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nats_needs_a_server_and_a_program_that_has_it() {
        let verdict = |text: &str| {
            let bus: Bus = toml::from_str(text).unwrap();
            bus.validate().map_err(|error| format!("{error:#}"))
        };
        assert_eq!(verdict("kind = \"nats\"").unwrap_err(), "bus.nats: is needed for kind = \"nats\"");
        assert!(verdict("[nats]\nservers = []").unwrap_err().starts_with("bus.nats.servers: "));
        let whole = verdict("kind = \"nats\"\n[nats]\nservers = [\"nats://a.example:4222\"]");
        assert_eq!(whole.is_ok(), cfg!(feature = "nats"), "{whole:?}");
    }
}
