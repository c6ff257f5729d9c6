//! How the provider of single sign-on is described in the configuration.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use crate::ConfigError;

/// An `OpenID` provider, as it knows us.
///
/// ```toml
/// issuer = "https://accounts.example.com"
/// client_id = "ringtrue"
/// client_secret = "abcd1234"
/// label = "Example"
/// email_domain = "example.com"
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenIdConfig {
    /// The provider's issuer, letter by letter as it calls itself; `/.well-known/openid-configuration` follows it.
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// What proves to the provider that we are it.
    pub client_secret: SecretString,
    /// What people call the provider, 1 to 40 characters: they are offered to "sign in with" it.
    #[serde(default = "label")]
    pub label: String,
    /// The domain of the addresses that are let in; default: any. Whoever is let in must belong to the team all the same.
    #[serde(default)]
    pub email_domain: Option<String>,
}

fn label() -> String {
    "single sign-on".to_owned()
}

impl OpenIdConfig {
    /// Checks everything that can be known without asking the provider.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let issuer =
            Url::parse(&self.issuer).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
        let is_safe = issuer.is_some_and(|url| match url.host() {
            Some(host) => {
                url.scheme() == "https"
                    || url.scheme() == "http" && ringtrue_domain::target_url::is_loopback(&host)
            }
            None => false,
        });
        if !is_safe {
            let rule = "must be an https address without query (http on this machine only)";
            return Err(ConfigError::new("issuer", rule));
        }
        if self.client_id.trim().is_empty() {
            return Err(ConfigError::new("client_id", "must not be empty"));
        }
        if self.client_secret.expose_secret().is_empty() {
            return Err(ConfigError::new("client_secret", "must not be empty"));
        }
        if !(1..=40).contains(&self.label.trim().chars().count()) {
            return Err(ConfigError::new("label", "must be 1 to 40 characters"));
        }
        if self
            .email_domain
            .as_deref()
            .is_some_and(|domain| !domain.contains('.') || domain.contains(['@', ' ']))
        {
            return Err(ConfigError::new("email_domain", "must be a domain such as example.com"));
        }
        Ok(())
    }
}
