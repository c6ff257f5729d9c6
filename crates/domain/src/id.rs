//! Identifiers: `UUIDv7` (RFC 9562) made from an instant and entropy, so that they sort by time.
//!
//! They are names, not secrets: whoever holds one still needs a credential or a token to use it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Entropy;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier for something that comes to be at `now`.
            pub fn new(now: Timestamp, entropy: &mut dyn Entropy) -> Self {
                Self(v7(now, entropy))
            }

            /// The identifier that these 16 bytes name, as stored.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes to store.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// One verification; the contract calls it `correlationId`.
    FlowId;
    /// An enrolled person and number; the contract calls it `identityId` and `proveId`.
    IdentityId;
    /// A customer's project.
    ProjectId;
    /// A client credential; the contract calls it `client_id`.
    CredentialId;
    /// A piece of work to be done after a commit; also the message's id and the key for a provider's deduplication.
    JobId;
    /// A change of an enrolled number; the contract calls it `eventId`.
    EventId;
    /// Events that are posted together; the contract calls it `webhook-id`.
    DeliveryId;
    /// A member of the portal's team.
    MemberId;
    /// A session of a member; not its token.
    SessionId;
    /// An invitation to the team; not its token.
    InvitationId;
    /// A key that automation calls the admin API with; not its token.
    AccessKeyId;
    /// One line of what was done in the portal.
    AdminEntryId;
}

impl AdminEntryId {
    /// An identifier that sorts after those of earlier microseconds, which stand where version 7 has its first random
    /// bits (RFC 9562 §6.2, method 3).
    pub fn in_order(micros: u64, entropy: &mut dyn Entropy) -> Self {
        let mut random = [0_u8; 10];
        entropy.fill(&mut random);
        let [high, low] = u16::try_from(micros % 1000).unwrap_or(0).to_be_bytes();
        (random[0], random[1]) = (high, low);
        Self(uuid::Builder::from_unix_timestamp_millis(micros / 1000, &random).into_uuid())
    }
}

impl FlowId {
    /// Not after any id of a flow that begins at `at` or later, and after all that began in an earlier millisecond.
    pub fn first_at(at: Timestamp) -> Self {
        let mut bytes = [0; 16];
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        Self::from_bytes(bytes)
    }

    /// When the flow began, to the millisecond (on its project's clock).
    pub fn began_at(&self) -> Timestamp {
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&self.as_bytes()[..6]);
        Timestamp::from_millisecond(i64::from_be_bytes(millis)).unwrap_or(Timestamp::MAX)
    }
}

fn v7(now: Timestamp, entropy: &mut dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    // An instant before 1970 can only come from a broken clock; the id is then still unique.
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&mut self, out: &mut [u8]) {
            out.fill(self.0);
        }
    }

    struct Falling(u8);

    impl Entropy for Falling {
        fn fill(&mut self, out: &mut [u8]) {
            self.0 -= 1;
            out.fill(self.0);
        }
    }

    #[test]
    fn a_flows_id_tells_when_it_began() {
        let at: Timestamp = "2026-11-25T15:00:00.123456Z".parse().unwrap();
        for byte in [0, 0xff] {
            let id = FlowId::new(at, &mut Fixed(byte));
            assert_eq!(id.began_at().as_millisecond(), at.as_millisecond());
            assert!(FlowId::first_at(at) <= id);
            let next = at + jiff::SignedDuration::from_millis(1);
            assert!(id < FlowId::first_at(next));
        }
    }

    #[test]
    fn entries_sort_by_their_microsecond() {
        let mut entropy = Falling(u8::MAX);
        let micros = [0, 1, 255, 256, 999, 1000, 1001, 1_772_366_400_123_456, 1_772_366_400_124_000];
        let ids = micros.map(|micros| AdminEntryId::in_order(micros, &mut entropy));
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[7].to_string()[..18], *"019ca945-0a7b-71c8");
    }
}
