//! `[bus.nats]`: which server, and who we are there.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use crate::ConfigError;

/// A subject is a few words.
const SUBJECT_LENGTH: usize = 200;

/// Which NATS server the nodes tell each other by.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConfig {
    /// `nats://host:4222`, or `tls://…`. One of a cluster is enough, several help while the first one is away.
    pub servers: Vec<String>,
    /// The name to sign in with, together with `password`.
    #[serde(default)]
    pub user: Option<String>,
    /// See `user`.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// Signs in by itself.
    #[serde(default)]
    pub token: Option<SecretString>,
    /// Installations on one server need one each.
    #[serde(default = "subject")]
    pub subject: String,
}

fn subject() -> String {
    "ringtrue".to_owned()
}

impl NatsConfig {
    /// Checks what types alone cannot.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |key: &'static str, rule| Err(ConfigError::new(key, rule));
        if self.servers.is_empty() {
            return wrong("servers", "must name at least one server");
        }
        for server in &self.servers {
            let address = Url::parse(server).ok().filter(|address| {
                matches!(address.scheme(), "nats" | "tls")
                    && address.host_str().is_some_and(|host| !host.is_empty())
            });
            let Some(server) = address else {
                return wrong("servers", "must be addresses such as nats://host:4222 or tls://host:4222");
            };
            if !server.username().is_empty() || server.password().is_some() {
                return wrong("servers", "must not hold a password: that is for user and password, or token");
            }
        }
        if self.user.is_some() != self.password.is_some() {
            return wrong("user", "must be given together with password");
        }
        if self.token.is_some() && self.user.is_some() {
            return wrong("token", "must not be given beside user and password");
        }
        let words = |text: &str| {
            text.len() <= SUBJECT_LENGTH
                && text.split('.').all(|word| {
                    !word.is_empty()
                        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                })
        };
        if !words(&self.subject) {
            return wrong("subject", "must be letters, digits, - and _, with dots between words");
        }
        let empty = |secret: &SecretString| secret.expose_secret().is_empty();
        if self.password.iter().chain(&self.token).any(empty) {
            return wrong("password", "must not be empty, nor may token");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), String> {
        let config: NatsConfig = toml::from_str(text).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
        config.validate().map_err(|error| error.to_string())
    }

    #[test]
    fn names_the_key_and_the_rule() {
        let servers = "servers = [\"nats://a.example:4222\", \"tls://b.example\"]\n";
        for good in ["", "user = \"a\"\npassword = \"geheim\"", "token = \"geheim\"", "subject = \"a-1.b_2\""]
        {
            verdict(&format!("{servers}{good}")).unwrap();
        }
        for (bad, said) in [
            ("servers = []", "servers: "),
            ("servers = [\"http://a.example\"]", "servers: "),
            ("servers = [\"nats://a:geheim@b.example\"]", "servers: must not hold a password"),
            (&format!("{servers}user = \"a\""), "user: "),
            (&format!("{servers}password = \"geheim\""), "user: "),
            (&format!("{servers}user = \"a\"\npassword = \"b\"\ntoken = \"geheim\""), "token: "),
            (&format!("{servers}token = \"\""), "password: "),
            (&format!("{servers}subject = \"a.>\""), "subject: "),
            (&format!("{servers}subject = \".a\""), "subject: "),
        ] {
            let error = match toml::from_str::<NatsConfig>(bad) {
                Ok(config) => config.validate().unwrap_err().to_string(),
                Err(error) => panic!("{bad}: {error}"),
            };
            assert!(error.starts_with(said), "{bad}: {error}");
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
