//! Webhooks: what is posted, what comes of it, and where nothing is posted to.

mod chaos;
mod reach;
mod signed;

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use ringtrue_connect::{HttpWebhooks, WebhookSettings};
use ringtrue_domain::{DeliveryId, ProjectId, WebhookUrl, flow::Environment, secret::Clear};
use ringtrue_engine::{
    model::{NoAnswer, Outcome, SigningSecret},
    ports::{Post, WebhookSender as _},
};

use crate::support::now;

pub(super) const OLD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub(super) const NEW: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
pub(super) const BODY: &[u8] = br#"[{"eventType":"PORT","phoneNumber":"+14155552671"}]"#;

pub(super) fn secret(value: &str) -> SigningSecret {
    SigningSecret { value: Clear::new(value.to_owned()), created_at: now(), retires_at: None }
}

/// Posts once, in sandbox, where receivers on loopback may be reached.
pub(super) async fn post(sender: &HttpWebhooks, url: &str, secrets: &[SigningSecret]) -> Outcome {
    post_from(sender, Environment::Sandbox, url, secrets).await
}

pub(super) async fn post_from(
    sender: &HttpWebhooks,
    environment: Environment,
    url: &str,
    secrets: &[SigningSecret],
) -> Outcome {
    let url = WebhookUrl::parse(url, true).unwrap();
    sender
        .post(Post {
            url: &url,
            project: ProjectId::from_bytes([7; 16]),
            environment,
            delivery: DeliveryId::from_bytes([0x11; 16]),
            attempt: [0x22; 16],
            body: BODY,
            secrets,
            wall: now(),
        })
        .await
}

/// Why there was no answer, and the words for it.
pub(super) fn refusal(outcome: &Outcome) -> (NoAnswer, &str) {
    match outcome {
        Outcome::NoAnswer { why, detail } => (*why, detail),
        Outcome::Answered(answer) => panic!("answered {}", answer.status),
    }
}

pub(super) fn sender() -> HttpWebhooks {
    HttpWebhooks::new(WebhookSettings::default())
}

/// A resolver that knows these names and no others; a call for one of them takes the next of its answers.
#[derive(Default)]
pub(super) struct Names(pub(super) std::sync::Mutex<HashMap<&'static str, Vec<Vec<SocketAddr>>>>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let mut known = self.0.lock().unwrap();
        let found = known
            .get_mut(name.as_str())
            .map(|answers| if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() });
        Box::pin(async move {
            match found {
                Some(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                None => Err("no such name".into()),
            }
        })
    }
}

/// A sender with one second of patience, these names, and these networks.
pub(super) fn knowing(names: &[(&'static str, &[&[&str]])], networks: &[&str]) -> HttpWebhooks {
    let known = names.iter().map(|(name, answers)| {
        let parse = |address: &&str| SocketAddr::new(address.parse().unwrap(), 0);
        (*name, answers.iter().map(|addresses| addresses.iter().map(parse).collect()).collect())
    });
    let settings = WebhookSettings {
        allow_networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
        timeout_seconds: 1,
        ..WebhookSettings::default()
    };
    HttpWebhooks::with_resolver(settings, Arc::new(Names(std::sync::Mutex::new(known.collect()))))
}

#[test]
fn settings_have_defaults_and_rules() {
    let settings: WebhookSettings = toml::from_str("").unwrap();
    assert_eq!(settings, WebhookSettings::default());
    assert_eq!(settings.validate(), Ok(()));
    let settings: WebhookSettings =
        toml::from_str("allow_networks = ['10.1.0.0/16', 'fd00::/8']\nissuer = 'Us'\ntimeout_seconds = 3")
            .unwrap();
    assert_eq!(settings.allow_networks.len(), 2);
    for (text, error) in [
        ("issuer = ' '", "issuer: must not be empty"),
        ("timeout_seconds = 0", "timeout_seconds: must be 1 to 10"),
        ("timeout_seconds = 11", "timeout_seconds: must be 1 to 10"),
    ] {
        let settings: WebhookSettings = toml::from_str(text).unwrap();
        assert_eq!(settings.validate().unwrap_err().to_string(), error);
    }
    for text in ["allow_networks = ['10.1.0.0']", "allow_networks = ['x']", "allow = []"] {
        assert!(toml::from_str::<WebhookSettings>(text).is_err(), "{text}");
    }
}

/// The longest that a test waits for something that must end by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
