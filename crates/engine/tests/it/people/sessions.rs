//! How long a session lasts.

use std::time::Duration;

use ringtrue_domain::member::Role;
use ringtrue_engine::model::{Deed, Way};

use super::{AGENT, deeds, first_owner, joined, world};
use crate::world::pass;

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn a_session_is_over_after_half_an_hour_without_use() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (token, _) = engine.start_session(&ada.member, Way::SingleSignOn, AGENT).await.unwrap();
    for _ in 0..4 {
        pass((30 * MINUTE).checked_sub(Duration::from_secs(1)).unwrap()).await;
        assert!(engine.session(token.expose()).await.unwrap().is_some());
    }
    // A use within a minute of the one before is not written: it may be that much earlier.
    pass(Duration::from_secs(59)).await;
    assert!(engine.session(token.expose()).await.unwrap().is_some());
    pass(29 * MINUTE + Duration::from_secs(1)).await;
    assert!(engine.session(token.expose()).await.unwrap().is_none());
    assert!(engine.session("wrong").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_session_is_over_after_twelve_hours_however_it_is_used() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (token, _) = engine.start_session(&ada.member, Way::Passkey, AGENT).await.unwrap();
    for _ in 0..35 {
        pass(20 * MINUTE).await;
        assert!(engine.session(token.expose()).await.unwrap().is_some());
    }
    pass((20 * MINUTE).checked_sub(Duration::from_secs(1)).unwrap()).await;
    assert!(engine.session(token.expose()).await.unwrap().is_some());
    pass(Duration::from_secs(1)).await;
    assert!(engine.session(token.expose()).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn sessions_are_seen_and_ended_by_whose_they_are() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (bobs, bob) = joined(&engine, &ada, "bob", Role::Developer).await;
    let mut tokens = Vec::new();
    for agent in ["Firefox", "Chrome\u{7}", &"x".repeat(300)] {
        pass(MINUTE).await;
        tokens.push(engine.start_session(&ada.member, Way::Passkey, agent).await.unwrap());
    }
    let seen: Vec<_> = engine.sessions(&ada).await.unwrap().into_iter().map(|one| one.agent).collect();
    assert_eq!(seen, ["x".repeat(200).as_str(), "Chrome", "Firefox", AGENT]);

    engine.end_own_session(&bob, tokens[0].1.session).await.unwrap();
    assert!(engine.session(tokens[0].0.expose()).await.unwrap().is_some(), "it is not his");
    engine.end_session(&tokens[0].1).await.unwrap();
    assert!(engine.session(tokens[0].0.expose()).await.unwrap().is_none());
    engine.end_other_sessions(&tokens[1].1).await.unwrap();
    for (token, signed_in) in &tokens[1..] {
        let there = engine.session(token.expose()).await.unwrap();
        assert_eq!(there.is_some(), signed_in.session == tokens[1].1.session);
    }
    assert!(engine.session(bobs.expose()).await.unwrap().is_some());
    let (ended, kept) = (tokens[0].1.session, tokens[1].1.session);
    let noted = deeds(&engine, &ada).await;
    let expected = [Deed::SignedOut { session: ended }, Deed::OthersSignedOut { kept }];
    assert_eq!(noted[noted.len() - 2..], expected);
}

#[tokio::test(start_paused = true)]
async fn a_session_has_the_role_of_now_and_ends_with_the_member() {
    let world = world().await;
    let (engine, other) = (world.engine(), world.another_node().engine);
    let ada = first_owner(&engine).await;
    let (token, bob) = joined(&engine, &ada, "bob", Role::Developer).await;
    engine.change_role(&ada, bob.member.id, Role::ReadOnly).await.unwrap();
    let now = other.session(token.expose()).await.unwrap().unwrap();
    assert_eq!((now.member.role, now.session), (Role::ReadOnly, bob.session));
    engine.remove_member(&ada, bob.member.id).await.unwrap();
    assert!(other.session(token.expose()).await.unwrap().is_none());
}
