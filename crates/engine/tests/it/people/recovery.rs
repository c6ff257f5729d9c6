//! Recovery codes.

use std::time::Duration;

use ringtrue_domain::member::Role;
use ringtrue_engine::{
    Error,
    model::{Deed, Way},
};

use super::{AGENT, deeds, first_owner, joined, unauthorized, world};
use crate::world::pass;

const EMAIL: &str = "ADA@team.example";

#[tokio::test(start_paused = true)]
async fn a_code_signs_in_once() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let codes = engine.make_recovery_codes(&ada).await.unwrap();
    assert_eq!((codes.len(), engine.recovery_codes_left(&ada).await.unwrap()), (10, 10));
    let typed = codes[0].expose().to_lowercase().replace('-', " ");
    let (token, again) = engine.recover(EMAIL, &typed, AGENT).await.unwrap();
    assert_eq!(engine.session(token.expose()).await.unwrap().unwrap().member, ada.member);
    assert_eq!(engine.recovery_codes_left(&ada).await.unwrap(), 9);
    assert!(unauthorized(&engine.recover(EMAIL, codes[0].expose(), AGENT).await));
    assert!(unauthorized(&engine.recover(EMAIL, "", AGENT).await));
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
    assert!(unauthorized(&engine.recover(EMAIL, old[1].expose(), AGENT).await));
    assert!(unauthorized(&engine.recover(EMAIL, bobs[1].expose(), AGENT).await));
    assert!(unauthorized(&engine.recover("eve@team.example", new[1].expose(), AGENT).await));
    assert!(engine.recover(EMAIL, new[1].expose(), AGENT).await.is_ok());
    assert!(engine.recover("bob@team.example", bobs[1].expose(), AGENT).await.is_ok());
}

/// Right or wrong, on whichever node, of a member or not.
#[tokio::test(start_paused = true)]
async fn ten_attempts_in_ten_minutes() {
    let world = world().await;
    let (engine, other) = (world.engine(), world.another_node().engine);
    let ada = first_owner(&engine).await;
    let codes = engine.make_recovery_codes(&ada).await.unwrap();
    for email in [EMAIL, "nobody@team.example"] {
        for number in 0..10 {
            let node = if number % 2 == 0 { &engine } else { &other };
            assert!(unauthorized(&node.recover(email, "wrong", AGENT).await), "attempt {number}");
        }
        for node in [&engine, &other] {
            let refused = node.recover(email, codes[0].expose(), AGENT).await;
            assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        }
    }
    pass(Duration::from_secs(599)).await;
    let refused = engine.recover(EMAIL, codes[0].expose(), AGENT).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    pass(Duration::from_secs(1)).await;
    assert!(engine.recover(EMAIL, codes[0].expose(), AGENT).await.is_ok());
}
