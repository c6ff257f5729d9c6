//! How long a node takes to stop.

use std::time::Duration;

use serde::Deserialize;

use crate::drain::Pace;

/// A proxy that asks every 5 s has noticed after this.
const NOTICE_SHARED: u16 = 10;
/// No flow outlives it (device API §0).
const SOCKETS_SHARED: u16 = 15 * 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Drain {
    notice_seconds: Option<u16>,
    sockets_seconds: Option<u16>,
}

impl Drain {
    /// The steps' times. A node that has its store for itself waits for nobody unless it is told to: while it waits
    /// there is no other.
    pub(crate) fn pace(&self, shared: bool) -> Pace {
        let seconds = |set: Option<u16>, of_shared| {
            Duration::from_secs(set.unwrap_or(if shared { of_shared } else { 0 }).into())
        };
        Pace {
            notice: seconds(self.notice_seconds, NOTICE_SHARED),
            sockets: seconds(self.sockets_seconds, SOCKETS_SHARED),
        }
    }
}
