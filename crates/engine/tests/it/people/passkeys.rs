//! Passkeys, with a relying party that takes whatever repeats its challenge.

use std::time::Duration;

use ringtrue_domain::{member::Role, secret::Digest};
use ringtrue_engine::model::{Deed, Way};

use super::{AGENT, complaint, deeds, first_owner, joined, unauthorized, world};
use crate::world::pass;

/// What the authenticator `key` answers to a question, for the `count`th time.
fn answer(options: &str, key: &str, count: u32) -> String {
    format!("{options} {key} {count}")
}

#[tokio::test(start_paused = true)]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let asked = engine.ask_for_passkey(&ada).await.unwrap();
    let made = answer(&asked.options, "key", 1);
    let added = engine.add_passkey(&ada, asked.token.expose(), "Laptop", &made).await.unwrap();
    assert_eq!(engine.passkeys(&ada).await.unwrap(), std::slice::from_ref(&added));
    assert!(unauthorized(&engine.add_passkey(&ada, asked.token.expose(), "Laptop", &made).await), "used");

    pass(Duration::from_mins(1)).await;
    let asked = engine.ask_who_it_is().await.unwrap();
    let given = answer(&asked.options, "key", 2);
    let (token, again) = engine.sign_in_with_passkey(asked.token.expose(), &given, AGENT).await.unwrap();
    assert_eq!(engine.session(token.expose()).await.unwrap().unwrap().member, ada.member);
    let used = engine.passkeys(&ada).await.unwrap().remove(0);
    assert_eq!((used.used_at, used.credential.expose()), (Some(world.engine().wall()), "key 2"));
    assert!(unauthorized(&engine.sign_in_with_passkey(asked.token.expose(), &given, AGENT).await), "used");

    engine.remove_passkey(&ada, added.id).await.unwrap();
    engine.remove_passkey(&ada, added.id).await.unwrap();
    let asked = engine.ask_who_it_is().await.unwrap();
    let given = answer(&asked.options, "key", 3);
    assert!(unauthorized(&engine.sign_in_with_passkey(asked.token.expose(), &given, AGENT).await));
    let noted = deeds(&engine, &ada).await;
    assert_eq!(
        noted[noted.len() - 3..],
        [
            Deed::PasskeyAdded { passkey: added.id },
            Deed::SignedIn { session: again.session, way: Way::Passkey },
            Deed::PasskeyRemoved { passkey: added.id },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_challenge_is_answered_once_in_time_by_whom_it_was_made_for() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::ReadOnly).await;
    let asked = engine.ask_for_passkey(&ada).await.unwrap();
    let made = answer(&asked.options, "key", 1);
    let token = asked.token.expose();
    assert!(unauthorized(&engine.add_passkey(&bob, token, "His", &made).await));
    assert!(unauthorized(&engine.sign_in_with_passkey(token, &made, AGENT).await), "the other ceremony");
    assert!(unauthorized(&engine.add_passkey(&ada, token, "Wrong", "wrong").await));
    assert!(unauthorized(&engine.add_passkey(&ada, token, "Again", &made).await), "one answer");
    let late = engine.ask_for_passkey(&ada).await.unwrap();
    pass(Duration::from_mins(5)).await;
    let made = answer(&late.options, "key", 1);
    assert!(unauthorized(&engine.add_passkey(&ada, late.token.expose(), "Late", &made).await));
    assert_eq!(engine.passkeys(&ada).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_answer_of_a_known_passkey_is_noted() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let asked = engine.ask_for_passkey(&ada).await.unwrap();
    let made = answer(&asked.options, "key", 5);
    engine.add_passkey(&ada, asked.token.expose(), "Laptop", &made).await.unwrap();
    let asked = engine.ask_who_it_is().await.unwrap();
    let forged = answer("another-challenge", "key", 6);
    assert!(unauthorized(&engine.sign_in_with_passkey(asked.token.expose(), &forged, AGENT).await));
    let given = answer(&asked.options, "key", 6);
    assert!(
        unauthorized(&engine.sign_in_with_passkey(asked.token.expose(), &given, AGENT).await),
        "one answer"
    );
    let refused = Deed::SignInRefused { member: ada.member.id, way: Way::Passkey };
    assert_eq!(deeds(&engine, &ada).await.last(), Some(&refused));
    let unknown = Digest::of(b"unknown");
    assert_eq!(complaint(engine.remove_passkey(&ada, unknown).await), "no complaint");
}
