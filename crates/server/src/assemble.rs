//! Wiring ports to adapters.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use ringtrue_connect::{
    GuardSettings, Guarded, HttpClient, HttpSms, LogSms, RegistryIdentity, SandboxIdentity, SandboxNetwork,
    SandboxPersonas, SandboxSms, TwilioSms,
};
use ringtrue_domain::secret::Pepper;
use ringtrue_engine::{
    Connectors, Engine, Parts, Settings,
    ports::{
        Clock, IdentitySource, LocalBus, NetworkAuthenticator, SmsSender, Store, SystemClock, SystemEntropy,
    },
};
use ringtrue_store::{SqliteOptions, SqliteStore, StoreKeys};

use crate::{
    config::{Config, SmsKind},
    keys::Keys,
};

/// An installation: its secrets and its store, opened.
pub(crate) struct Installation {
    pub(crate) keys: Keys,
    pub(crate) store: Arc<dyn Store>,
}

impl Installation {
    /// Opens the installation in a directory, making it on first use.
    pub(crate) async fn open(directory: &Path) -> anyhow::Result<Self> {
        let keys = Keys::open(directory, &SystemEntropy::default())?;
        let store_keys = StoreKeys::new(&keys.master, &keys.lookup);
        let store = SqliteStore::open(directory, &store_keys, SqliteOptions::default())
            .await
            .with_context(|| format!("the database in {} cannot be opened", directory.display()))?;
        Ok(Self { keys, store: Arc::new(store) })
    }

    /// An engine for commands that only set things up: it sends nothing and asks nobody.
    pub(crate) fn admin_engine(&self) -> anyhow::Result<Arc<Engine>> {
        self.engine(&Config::default(), "http://localhost")
    }

    /// The engine over this installation.
    pub(crate) fn engine(&self, config: &Config, origin: &str) -> anyhow::Result<Arc<Engine>> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let network: Arc<dyn NetworkAuthenticator> =
            Arc::new(SandboxNetwork::new(Arc::clone(&self.store), origin));
        let registry: Arc<dyn IdentitySource> = Arc::new(RegistryIdentity::new(Arc::clone(&self.store)));
        Ok(Engine::new(Parts {
            store: Arc::clone(&self.store),
            bus: Arc::new(LocalBus::default()),
            entropy: Arc::new(SystemEntropy::default()),
            pepper: Pepper::new(&self.keys.pepper),
            personas: Arc::new(SandboxPersonas),
            sandbox: Connectors {
                sms: Arc::new(SandboxSms),
                identity: Arc::new(SandboxIdentity),
                network: Some(network),
            },
            production: Connectors {
                sms: Arc::new(Guarded::new(
                    "sms",
                    GuardSettings::default(),
                    Arc::clone(&clock),
                    sms(config)?,
                )),
                identity: Arc::new(Guarded::new(
                    "identity",
                    GuardSettings::default(),
                    Arc::clone(&clock),
                    registry,
                )),
                network: None,
            },
            clock,
            settings: Settings {
                link_base: format!("{origin}/l/"),
                inline_budget: Duration::from_secs(3),
                lease: Duration::from_secs(30),
            },
        }))
    }
}

fn sms(config: &Config) -> anyhow::Result<Arc<dyn SmsSender>> {
    let http = || Arc::new(HttpClient::new());
    Ok(match config.sms.kind {
        SmsKind::Log => Arc::new(LogSms::start()),
        SmsKind::Http => {
            let settings = config.sms.http.as_ref().context("sms.http: is missing")?;
            Arc::new(HttpSms::new(settings, http())?)
        }
        SmsKind::Twilio => {
            let settings = config.sms.twilio.as_ref().context("sms.twilio: is missing")?;
            Arc::new(TwilioSms::new(settings, http())?)
        }
    })
}
