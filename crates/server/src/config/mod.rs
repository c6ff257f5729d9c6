//! Configuration: a working default for everything, a file, the environment. Unknown keys are errors.

mod bus;
mod delivery;
mod drain;
mod feed;
mod load;
mod locate;
mod monitor;
mod portal;
mod roles;
mod store;
mod verifications;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, bail};
use ipnet::{IpNet, Ipv4Net};
use ringtrue_connect::{HttpSmsConfig, TwilioConfig, WebhookSettings};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

pub(crate) use bus::BusKind;
pub(crate) use feed::Feed;
pub(crate) use load::{check, load};
pub(crate) use monitor::MonitorKind;
pub(crate) use roles::{Role, Roles};
pub(crate) use store::StoreKind;

/// The documented defaults, which `config print` shows; a test holds them against [`Config::default`].
pub(crate) const REFERENCE: &str = include_str!("../../../../docs/configuration.toml");

/// Everything that can be set.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) store: StoreKind,
    pub(crate) keys: Option<SecretString>,
    pub(crate) bus: bus::Bus,
    pub(crate) server: Server,
    pub(crate) operations: Operations,
    pub(crate) drain: drain::Drain,
    pub(crate) limits: Limits,
    pub(crate) sms: Sms,
    pub(crate) identity: Identity,
    pub(crate) monitor: monitor::Monitor,
    pub(crate) feed: Vec<Feed>,
    pub(crate) portal: portal::Portal,
    pub(crate) webhook: WebhookSettings,
    pub(crate) delivery: delivery::Delivery,
    pub(crate) verifications: verifications::Verifications,
    pub(crate) log: Log,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) public_origin: Option<String>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) roles: Roles,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_origin: None,
            trusted_proxies: vec![
                Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8).into(),
                IpAddr::from(Ipv6Addr::LOCALHOST).into(),
            ],
            roles: Roles::ALL,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Operations {
    pub(crate) listen: String,
}

impl Default for Operations {
    fn default() -> Self {
        Self { listen: Self::DEFAULT.to_owned() }
    }
}

impl Operations {
    const DEFAULT: &'static str = "127.0.0.1:9464";

    /// Where to listen, if anywhere, and whether that is the default.
    pub(crate) fn address(&self) -> anyhow::Result<Option<(SocketAddr, bool)>> {
        if self.listen == "off" {
            return Ok(None);
        }
        let address = self
            .listen
            .parse()
            .context("operations.listen: must be an address such as 127.0.0.1:9464, or off")?;
        Ok(Some((address, self.listen == Self::DEFAULT)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) requests_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests_per_second: 25 }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sms {
    pub(crate) kind: SmsKind,
    pub(crate) http: Option<HttpSmsConfig>,
    pub(crate) twilio: Option<TwilioConfig>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SmsKind {
    #[default]
    Log,
    Http,
    Twilio,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Identity {
    kind: IdentityKind,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdentityKind {
    #[default]
    Registry,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::default() }
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    #[default]
    Auto,
    Text,
    Json,
}

impl Config {
    /// Checks what types alone cannot: keys that belong together.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        if let Some(origin) = &self.server.public_origin {
            check_origin(origin).context("server.public_origin")?;
        }
        self.operations.address()?;
        if let Some(keys) = &self.keys {
            crate::keys::Keys::parse(keys.expose_secret()).context("keys")?;
        }
        feed::validate(&self.feed)?;
        self.webhook.validate().map_err(|error| anyhow::anyhow!("webhook.{error}"))?;
        self.delivery.validate().map_err(|error| anyhow::anyhow!("delivery.{error}"))?;
        self.verifications.validate()?;
        crate::telemetry::filter(&self.log.filter)?;
        self.bus.validate()?;
        self.monitor.validate()?;
        self.portal.validate()?;
        match self.sms.kind {
            SmsKind::Log => {}
            SmsKind::Http => {
                let http = self.sms.http.as_ref().context("sms.http: is needed for kind = \"http\"")?;
                http.validate().map_err(|error| anyhow::anyhow!("sms.http.{error}"))?;
            }
            SmsKind::Twilio => {
                let twilio =
                    self.sms.twilio.as_ref().context("sms.twilio: is needed for kind = \"twilio\"")?;
                twilio.validate().map_err(|error| anyhow::anyhow!("sms.twilio.{error}"))?;
            }
        }
        Ok(())
    }
}

impl Config {
    /// Checks what the node's roles need. Flags can still give it, so this is for whoever starts a node.
    pub(crate) fn check_roles(&self) -> anyhow::Result<()> {
        let roles = self.server.roles;
        if !roles.listens() && self.operations.address()?.is_none() {
            bail!(
                "operations.listen: must be an address on a node that is worker alone: it has no other listener"
            );
        }
        if roles != Roles::ALL && self.server.public_origin.is_none() {
            bail!("server.public_origin: is needed where server.roles leaves some to other nodes");
        }
        Ok(())
    }
}

/// Checks that an origin is written exactly as browsers write it: no slash, no path, no default port, lower case.
/// Sockets of the published client are refused otherwise (device API §6).
pub(crate) fn check_origin(origin: &str) -> anyhow::Result<()> {
    let url = url::Url::parse(origin)
        .context("must be a scheme, host and port such as https://verify.example.com")?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        bail!("must begin with https:// (or http:// for development) and name a host");
    }
    let exact = url.origin().ascii_serialization();
    if exact != origin {
        bail!("must be written as browsers write it: {exact}");
    }
    let host = url.host().context("must name a host")?;
    // No name in use has others; `~` would bring `-` into tokens, which the published client cannot read (§2).
    if let url::Host::Domain(name) = host
        && !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    {
        bail!("must name a host of letters, digits, - and .");
    }
    if url.scheme() == "http" && !ringtrue_domain::target_url::is_loopback(&host) {
        tracing::warn!("the public origin is http: fine for a test, but codes and links travel in the open");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_the_default() {
        let reference: Config = toml::from_str(REFERENCE).unwrap();
        assert_eq!(format!("{reference:?}"), format!("{:?}", Config::default()));
        reference.validate().unwrap();
    }

    #[test]
    fn the_reference_examples_are_valid() {
        // Every commented key, made real: a renamed key cannot stay in the reference.
        let text: String = REFERENCE
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.starts_with('[') || rest.contains(" = ") && !rest.contains('`') => rest,
                _ => line,
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        let text = text.replace("key_file = \"/run/secrets/gateway\"", "key = \"x\"");
        let text = text.replace("secret_file = \"/run/secrets/twilio\"", "secret = \"x\"");
        let secret = "secret = \"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"";
        let text = text.replace("secret_file = \"/run/secrets/carrier\"", secret);
        let text = text.replace("password_file = \"/run/secrets/nats\"", "password = \"x\"");
        let text = text.replace("keys_file = \"/run/secrets/ringtrue-keys.json\"", "");
        let text = text.replace("key_file = \"/run/secrets/lookup\"", "key = \"x\"");
        let text =
            text.replace("client_secret_file = \"/run/secrets/single-sign-on\"", "client_secret = \"x\"");
        let text = text.replace("kind = \"none\"", "kind = \"http\"");
        for kind in ["log", "http", "twilio"] {
            let text = text.replace("kind = \"log\"", &format!("kind = \"{kind}\""));
            let config: Config = toml::from_str(&text).unwrap();
            config.validate().unwrap();
        }
    }

    #[test]
    fn origins_are_exact() {
        for good in ["https://verify.example.com", "http://127.0.0.1:8080", "https://[::1]:8443"] {
            check_origin(good).unwrap();
        }
        for bad in [
            "verify.example.com",
            "https://verify.example.com/",
            "https://a.example:443",
            "https://A.example",
            "ftp://a",
            "https://a~b.example",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }
}
