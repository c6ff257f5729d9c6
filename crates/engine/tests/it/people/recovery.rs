//! Recovery codes.

use std::time::Duration;

use ringtrue_domain::{ClientNetwork, member::Role};
use ringtrue_engine::{
    Error,
    model::{Deed, Way},
};

use super::{AGENT, deeds, first_owner, joined, unauthorized, world};
use crate::world::pass;

const EMAIL: &str = "ADA@team.example";

/// One of many networks.
fn from(number: u8) -> ClientNetwork {
    ClientNetwork::of([192, 0, 2, number].into())
}

#[tokio::test(start_paused = true)]
async fn a_code_signs_in_once() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let codes = engine.make_recovery_codes(&ada).await.unwrap();
    assert_eq!((codes.len(), engine.recovery_codes_left(&ada).await.unwrap()), (10, 10));
    let typed = codes[0].expose().to_lowercase().replace('-', " ");
    let (token, again) = engine.recover(EMAIL, &typed, from(1), AGENT).await.unwrap();
    assert_eq!(engine.session(token.expose()).await.unwrap().unwrap().member, ada.member);
    assert_eq!(engine.recovery_codes_left(&ada).await.unwrap(), 9);
    assert!(unauthorized(&engine.recover(EMAIL, codes[0].expose(), from(1), AGENT).await));
    assert!(unauthorized(&engine.recover(EMAIL, "", from(1), AGENT).await));
    let noted = deeds(&engine, &ada).await;
    let refused = Deed::SignInRefused { member: ada.member.id, way: Way::RecoveryCode };
    assert_eq!(
        noted[noted.len() - 4..],
        [
            Deed::RecoveryCodesMade { count: 10 },
            Deed::SignedIn { session: again.session, way: Way::RecoveryCode },
            refused.clone(),
            refused,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn new_codes_make_the_old_ones_void_and_are_ones_own() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::ReadOnly).await;
    let old = engine.make_recovery_codes(&ada).await.unwrap();
    let new = engine.make_recovery_codes(&ada).await.unwrap();
    let bobs = engine.make_recovery_codes(&bob).await.unwrap();
    assert!(unauthorized(&engine.recover(EMAIL, old[1].expose(), from(1), AGENT).await));
    assert!(unauthorized(&engine.recover(EMAIL, bobs[1].expose(), from(1), AGENT).await));
    assert!(unauthorized(&engine.recover("eve@team.example", new[1].expose(), from(1), AGENT).await));
    assert!(engine.recover(EMAIL, new[1].expose(), from(1), AGENT).await.is_ok());
    assert!(engine.recover("bob@team.example", bobs[1].expose(), from(1), AGENT).await.is_ok());
}

/// Right or wrong, on whichever node, of a member or not.
#[tokio::test(start_paused = true)]
async fn ten_attempts_in_ten_minutes_from_one_network() {
    let world = world().await;
    let (engine, other) = (world.engine(), world.another_node().engine);
    let ada = first_owner(&engine).await;
    let codes = engine.make_recovery_codes(&ada).await.unwrap();
    for email in [EMAIL, "nobody@team.example"] {
        for number in 0..10 {
            let node = if number % 2 == 0 { &engine } else { &other };
            assert!(unauthorized(&node.recover(email, "wrong", from(1), AGENT).await), "attempt {number}");
        }
        for node in [&engine, &other] {
            let refused = node.recover(email, codes[0].expose(), from(1), AGENT).await;
            assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        }
    }
    pass(Duration::from_secs(599)).await;
    let refused = engine.recover(EMAIL, codes[0].expose(), from(1), AGENT).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    pass(Duration::from_secs(1)).await;
    assert!(engine.recover(EMAIL, codes[0].expose(), from(1), AGENT).await.is_ok());
}

/// A stranger who tries a member's address keeps nobody out but whoever is in the same network.
#[tokio::test(start_paused = true)]
async fn attempts_of_strangers_keep_no_member_out() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let codes = engine.make_recovery_codes(&ada).await.unwrap();
    let before = deeds(&engine, &ada).await.len();
    for stranger in 2..=20 {
        for _ in 0..10 {
            assert!(unauthorized(&engine.recover(EMAIL, "wrong", from(stranger), AGENT).await));
        }
        let refused = engine.recover(EMAIL, "wrong", from(stranger), AGENT).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    }
    assert!(engine.recover(EMAIL, codes[0].expose(), from(1), AGENT).await.is_ok());
    // They do not fill the log either.
    let noted = deeds(&engine, &ada).await;
    let refused = Deed::SignInRefused { member: ada.member.id, way: Way::RecoveryCode };
    assert_eq!(noted[before..].iter().filter(|deed| **deed == refused).count(), 100);
    pass(Duration::from_mins(10)).await;
    assert!(unauthorized(&engine.recover(EMAIL, "wrong", from(2), AGENT).await));
    assert_eq!(deeds(&engine, &ada).await.len(), noted.len() + 1);
}
