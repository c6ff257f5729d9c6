//! Webhooks: where events go, and how they get there.
//!
//! Events of one environment of a project are its *lane*. One node at a time holds a lane (`lane`): it packs events into
//! deliveries in their order, posts them (`attempt`), and writes what came back. `order` decides which may be posted at
//! the same time, `schedule` when again. A lane knows nothing of another one, so an endpoint that is slow or dead delays
//! nobody else's events.

mod attempt;
mod dispatch;
mod inspect;
mod lane;
mod order;
mod schedule;
mod setup;

pub use dispatch::run_dispatcher;
pub use inspect::{DeliveryReport, Replayed, WebhookReport};
pub use schedule::DeliverySettings;
