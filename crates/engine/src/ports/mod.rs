//! What the engine asks of the outside. Adapters live in `ringtrue-store` and `ringtrue-connect`.

mod bus;
mod clock;
mod erasure;
mod fault;
mod identity_source;
mod line_monitor;
mod listing_store;
mod network;
mod passkeys;
mod people_store;
mod personas;
mod poll_store;
mod sign_on;
mod sms;
mod store;
mod watch_store;
mod webhook_sender;

pub use bus::{Bus, BusBetween, Carried, Ear, LocalBus, Note, Watch, between};
pub(crate) use clock::Lent;
pub use clock::{Clock, EntropySource, SystemClock, SystemEntropy};
pub use erasure::Erasure;
pub use fault::Fault;
pub use identity_source::{IdentitySource, Question};
pub use line_monitor::{LineMonitor, LineQuestion, Sight};
pub use listing_store::{ListingChange, ListingStore};
pub use network::{Callback, Challenge, NetworkAuthenticator};
pub use passkeys::{Asked, Made, PasskeyFault, Passkeys};
pub use people_store::{PeopleChange, PeopleStore};
pub use personas::Personas;
pub use poll_store::{PollChange, PollStore};
pub use sign_on::{Departure, SignOn, SignOnFault, Vouched};
pub use sms::{Accepted, Dispatch, SmsSender};
pub use store::{Change, CommitError, Store, StoreError, Unit};
pub use watch_store::{HookChange, WatchStore};
pub use webhook_sender::{Payload, Post, WebhookSender};
