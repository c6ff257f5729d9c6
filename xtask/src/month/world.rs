//! The installation that is filled: its keys and its store, and engines over it whose clock is set by hand.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use ringtrue_connect::{RegistryIdentity, SandboxIdentity, SandboxNetwork, SandboxPersonas, SandboxSms};
use ringtrue_domain::secret::Pepper;
use ringtrue_engine::{
    Connectors, DeliverySettings, Engine, Parts, Settings,
    ports::{Clock, EntropySource, LocalBus, Store, SystemEntropy},
};
use ringtrue_store::{SqliteOptions, SqliteStore, StoreKeys};
use serde_json::Value;

use super::{carrier::Carrier, dice::Dice, endpoint::Endpoints};

/// What links in messages begin with; the token follows it.
pub(super) const LINK_BASE: &str = "https://id.harbour.example/l/";
const ORIGIN: &str = "https://id.harbour.example";
/// How long a server keeps verifications by default.
const VERIFICATIONS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A clock that stands until it is set.
#[derive(Default)]
pub(super) struct Hand(AtomicI64);

impl Hand {
    pub(super) fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn wall(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Randomness that is the same in every run.
struct Seeded(Mutex<Dice>);

impl EntropySource for Seeded {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(out);
    }
}

/// The installation.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) endpoints: Arc<Endpoints>,
    pepper: [u8; 32],
    bus: Arc<LocalBus>,
    seed: u64,
}

/// An engine whose time somebody sets, and the phones that its messages come to.
pub(super) struct Actor {
    pub(super) engine: Arc<Engine>,
    pub(super) clock: Arc<Hand>,
    pub(super) carrier: Arc<Carrier>,
}

impl World {
    /// Lets the server make keys and database in a directory, and opens both.
    pub(super) async fn open(
        bin: &Path,
        data: &Path,
        endpoints: Endpoints,
        seed: u64,
    ) -> anyhow::Result<Self> {
        make(bin, data)?;
        let path = data.join("keys.json");
        let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let keys: Value = serde_json::from_slice(&text).context("the keys are no JSON")?;
        let key = |name: &str| -> anyhow::Result<[u8; 32]> {
            let text = keys[name].as_str().with_context(|| format!("the keys have no {name}"))?;
            STANDARD.decode(text)?.try_into().ok().with_context(|| format!("{name} has not 32 bytes"))
        };
        let store_keys = StoreKeys::new(&key("master")?, &key("lookup")?);
        let store = SqliteStore::open(data, &store_keys, SqliteOptions::default()).await?;
        let store = store.keep_flows_for(VERIFICATIONS_KEPT - SignedDuration::from_hours(24));
        Ok(Self {
            store: Arc::new(store),
            endpoints: Arc::new(endpoints),
            pepper: key("pepper")?,
            bus: Arc::default(),
            seed,
        })
    }

    /// An engine of its own for one of many. Engines over the same store are as nodes: each has its own time here.
    pub(super) fn actor(&self, number: u64) -> Actor {
        self.actor_with(Arc::new(Seeded(Mutex::new(Dice::new(!self.seed, number)))))
    }

    /// One whose secrets nobody can guess who knows the seed.
    pub(super) fn safe_actor(&self) -> Actor {
        self.actor_with(Arc::new(SystemEntropy::default()))
    }

    fn actor_with(&self, entropy: Arc<dyn EntropySource>) -> Actor {
        let (clock, carrier) = (Arc::new(Hand::default()), Arc::new(Carrier::default()));
        let store = &self.store;
        let parts = Parts {
            store: Arc::clone(store),
            bus: Arc::<LocalBus>::clone(&self.bus),
            clock: Arc::<Hand>::clone(&clock),
            entropy,
            pepper: Pepper::new(&self.pepper),
            personas: Arc::new(SandboxPersonas),
            sandbox: Connectors {
                sms: Arc::new(SandboxSms),
                identity: Arc::new(SandboxIdentity),
                network: Some(Arc::new(SandboxNetwork::new(Arc::clone(store), ORIGIN))),
            },
            production: Connectors {
                sms: Arc::<Carrier>::clone(&carrier),
                identity: Arc::new(RegistryIdentity::new(Arc::clone(store))),
                network: None,
            },
            webhooks: Arc::<Endpoints>::clone(&self.endpoints),
            // The endpoints here look at nothing, and what is posted is not kept.
            render_events: |_| Vec::new(),
            passkeys: None,
            sign_on: None,
            settings: Settings {
                link_base: LINK_BASE.to_owned(),
                inline_budget: Duration::from_mins(1),
                verifications_kept: VERIFICATIONS_KEPT,
                lease: Duration::from_secs(30),
                delivery: DeliverySettings::default(),
            },
        };
        Actor { engine: Engine::new(parts), clock, carrier }
    }
}

/// An import of nobody: the shortest command that makes an installation.
fn make(bin: &Path, data: &Path) -> anyhow::Result<()> {
    let taken = data.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    ensure!(!taken, "{} is not empty", data.display());
    let nobody = tempfile::Builder::new().suffix(".csv").tempfile().context("cannot make a file")?;
    std::fs::write(nobody.path(), "phoneNumber\n")?;
    let output = Command::new(bin)
        .args(["subscribers", "import"])
        .arg(nobody.path())
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", bin.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the server made no installation: {}", said.trim_end());
    Ok(())
}
