//! Wiring ports to adapters.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use ringtrue_connect::{
    GuardSettings, Guarded, HttpClient, HttpMonitor, HttpSms, HttpWebhooks, LogSms, OpenId, RegistryIdentity,
    SandboxIdentity, SandboxNetwork, SandboxPersonas, SandboxSms, TwilioSms, WebauthnPasskeys,
};
use ringtrue_domain::secret::Pepper;
use ringtrue_engine::{
    Connectors, Engine, Monitor, Parts, Settings,
    ports::{
        Bus, Clock, IdentitySource, LineMonitor, LocalBus, NetworkAuthenticator, Passkeys, SignOn, SmsSender,
        Store, SystemClock, SystemEntropy,
    },
};
use ringtrue_store::{
    PgBus, PostgresAddress, PostgresOptions, PostgresStore, ServerLock, SqliteOptions, SqliteStore, StoreKeys,
};
use secrecy::ExposeSecret as _;

use crate::{
    config::{BusKind, Config, MonitorKind, SmsKind, StoreKind},
    keys::Keys,
    portal::return_address,
};

/// An installation: its secrets and its store, opened.
pub(crate) struct Installation {
    pub(crate) keys: Keys,
    pub(crate) store: Arc<dyn Store>,
    /// Where keys were made just now that other nodes need as well.
    pub(crate) fresh_keys: Option<PathBuf>,
    bus: Arc<dyn Bus>,
}

impl Installation {
    /// Opens the installation that the configuration names, making it on first use. Keys and the embedded database are
    /// in `directory`; whoever serves has locked that for an embedded database.
    pub(crate) async fn open(
        config: &Config,
        directory: &Path,
        lock: Option<&ServerLock>,
    ) -> anyhow::Result<Self> {
        let (keys, fresh_keys) = keys(config, directory).await?;
        let store_keys = StoreKeys::new(&keys.master, &keys.lookup);
        let store: Arc<dyn Store> = match &config.store {
            StoreKind::Embedded => {
                let options = SqliteOptions::default();
                let opened = match lock {
                    Some(lock) => SqliteStore::open_locked(lock, &store_keys, options).await,
                    None => SqliteStore::open(directory, &store_keys, options).await,
                };
                let cannot = || format!("the database in {} cannot be opened", directory.display());
                Arc::new(
                    opened
                        .with_context(cannot)?
                        .keep_events_for(config.delivery.kept())
                        .keep_flows_for(config.verifications.kept_on()),
                )
            }
            StoreKind::Postgres(address) => Arc::new(
                PostgresStore::open(address, &store_keys, PostgresOptions::default())
                    .await
                    .with_context(|| format!("the database {address} cannot be opened"))?
                    .keep_events_for(config.delivery.kept())
                    .keep_flows_for(config.verifications.kept_on()),
            ),
        };
        Ok(Self { keys, store, fresh_keys, bus: Arc::new(LocalBus::default()) })
    }

    /// Lets this node hear what other nodes change, and tell them. Commands that come and go need neither.
    pub(crate) async fn join(&mut self, config: &Config) -> anyhow::Result<()> {
        match (&config.store, config.bus.kind) {
            (StoreKind::Embedded, BusKind::Store) => {}
            (StoreKind::Embedded, BusKind::Nats) => {
                bail!("bus.kind: nats is for nodes that share a store; the embedded one is alone")
            }
            (StoreKind::Postgres(address), BusKind::Store) => {
                let bus = PgBus::start(address, &PostgresOptions::default())
                    .await
                    .with_context(|| format!("the database {address} cannot be listened to"))?;
                self.bus = Arc::new(bus);
            }
            (StoreKind::Postgres(_), BusKind::Nats) => self.bus = nats(config).await?,
        }
        Ok(())
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
            bus: Arc::clone(&self.bus),
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
            webhooks: Arc::new(HttpWebhooks::new(config.webhook.clone())),
            render_events: crate::api::render_events,
            passkeys: passkeys(origin)?,
            sign_on: sign_on(config, origin)?,
            settings: Settings {
                link_base: format!("{origin}/l/"),
                inline_budget: Duration::from_secs(3),
                verifications_kept: config.verifications.kept(),
                lease: Duration::from_secs(30),
                delivery: config.delivery.settings(),
            },
        }))
    }
}

/// The relying party of the portal, where browsers have passkeys.
fn passkeys(origin: &str) -> anyhow::Result<Option<Arc<dyn Passkeys>>> {
    let party = WebauthnPasskeys::at(origin).context("server.public_origin")?;
    Ok(party.map(|party| -> Arc<dyn Passkeys> { Arc::new(party) }))
}

/// The provider of single sign-on, if one is configured.
fn sign_on(config: &Config, origin: &str) -> anyhow::Result<Option<Arc<dyn SignOn>>> {
    let Some(provider) = &config.portal.single_sign_on else { return Ok(None) };
    let provider = OpenId::new(provider, return_address(origin));
    Ok(Some(Arc::new(provider.map_err(|error| anyhow!("portal.single_sign_on.{error}"))?)))
}

/// The configured keys, else those of the directory. On an embedded database they are made when there are none. Nodes
/// that share a database need the same ones, so there they are made only while the database is new; where they were
/// made is answered too.
async fn keys(config: &Config, directory: &Path) -> anyhow::Result<(Keys, Option<PathBuf>)> {
    if let Some(keys) = &config.keys {
        return Ok((Keys::parse(keys.expose_secret()).context("keys")?, None));
    }
    let entropy = SystemEntropy::default();
    let StoreKind::Postgres(address) = &config.store else {
        return Ok((Keys::open(directory, &entropy)?, None));
    };
    if let Some(keys) = Keys::find(directory)? {
        return Ok((keys, None));
    }
    let path = Keys::path(directory);
    if holds_data(address).await? {
        bail!(
            "the database {address} holds data under keys that are not here: name them in keys_file, or copy the \
             keys.json of the node that made it to {}",
            path.display()
        );
    }
    Ok((Keys::make(directory, &entropy)?, Some(path)))
}

#[cfg(feature = "nats")]
async fn nats(config: &Config) -> anyhow::Result<Arc<dyn Bus>> {
    let nats = config.bus.nats.as_ref().context("bus.nats: is missing")?;
    let bus = ringtrue_connect::NatsBus::start(nats).await;
    Ok(Arc::new(bus.with_context(|| format!("bus.nats: {}", nats.servers.join(", ")))?))
}

#[cfg(not(feature = "nats"))]
#[expect(clippy::unused_async, reason = "as the one that connects")]
async fn nats(_: &Config) -> anyhow::Result<Arc<dyn Bus>> {
    bail!("bus.kind: this program was built without NATS")
}

async fn holds_data(address: &PostgresAddress) -> anyhow::Result<bool> {
    PostgresStore::holds_data(address, &PostgresOptions::default())
        .await
        .with_context(|| format!("the database {address} cannot be opened"))
}

/// The source that watched numbers are asked about at, if any.
pub(crate) fn monitor(config: &Config) -> anyhow::Result<Option<Monitor>> {
    let (source, line): (_, Arc<dyn LineMonitor>) = match config.monitor.kind {
        MonitorKind::None => return Ok(None),
        MonitorKind::Http => {
            let settings = config.monitor.http.as_ref().context("monitor.http: is missing")?;
            ("http", Arc::new(HttpMonitor::new(settings, Arc::new(HttpClient::new()))?))
        }
    };
    let guarded = Guarded::new("monitor", GuardSettings::default(), Arc::new(SystemClock), line);
    Ok(Some(Monitor { source, line: Arc::new(guarded), pace: config.monitor.pace() }))
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
