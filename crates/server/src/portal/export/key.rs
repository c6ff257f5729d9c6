//! What rows of a list are told apart by, and sorted.

use std::{fmt::Display, str::FromStr};

use ringtrue_domain::{DeliveryId, FlowId, IdentityId, member::AdminEntryId};

/// A key of a list.
pub(in crate::portal) trait Key:
    Copy + Ord + Display + FromStr + Send + Sync + 'static
{
    /// The next larger one: nothing lies between.
    fn following(self) -> Self;
}

macro_rules! ids {
    ($($id:ty)*) => {$(
        impl Key for $id {
            fn following(self) -> Self {
                Self::from_bytes(u128::from_be_bytes(*self.as_bytes()).saturating_add(1).to_be_bytes())
            }
        }
    )*};
}

ids! { FlowId IdentityId DeliveryId AdminEntryId }

/// A cursor of a stream of events.
impl Key for u64 {
    fn following(self) -> Self {
        self.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_between_a_key_and_the_following_one() {
        let id = |last: &str| format!("0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f{last}").parse::<FlowId>().unwrap();
        assert_eq!(id("0a1b").following(), id("0a1c"));
        assert_eq!(id("00ff").following(), id("0100"));
        let last = FlowId::from_bytes([0xff; 16]);
        assert_eq!(last.following(), last);
        assert_eq!(7_u64.following(), 8);
    }
}
