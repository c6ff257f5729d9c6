//! Access keys of automation.

use std::time::Duration;

use ringtrue_domain::member::Role;
use ringtrue_engine::{
    By, Engine, NewAccessKey,
    model::{Actor, Deed},
};

use super::{complaint, deeds, first_owner, joined, not_permitted, unauthorized, world};
use crate::world::pass;

const DAY: Duration = Duration::from_hours(24);

async fn made(engine: &Engine, by: impl Into<By<'_>>, role: Role, days: u32) -> NewAccessKey {
    engine.make_access_key(by, "Terraform", role, days).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_key_is_good_until_it_expires_or_is_revoked() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (short, long) =
        (made(&engine, &ada, Role::ReadOnly, 1).await, made(&engine, &ada, Role::Owner, 365).await);
    assert!(short.token.expose().starts_with("rtkey_"), "scanners for secrets know it");
    assert!(unauthorized(&engine.key_holder("rtkey_wrong").await));
    let holder = engine.key_holder(short.token.expose()).await.unwrap();
    assert_eq!((holder.key, holder.role, holder.maker), (short.key.id, Role::ReadOnly, Some(ada.member.id)));
    pass(DAY.checked_sub(Duration::from_secs(1)).unwrap()).await;
    assert!(engine.key_holder(short.token.expose()).await.is_ok());
    pass(Duration::from_secs(1)).await;
    assert!(unauthorized(&engine.key_holder(short.token.expose()).await));
    engine.revoke_access_key(&ada, long.key.id).await.unwrap();
    assert!(unauthorized(&engine.key_holder(long.token.expose()).await));
    assert_eq!(complaint(engine.revoke_access_key(&ada, long.key.id).await), "accessKey: does not exist");
    for (name, days, said) in [
        ("", 1, "name: must be 1 to 80 characters without control characters"),
        ("a", 0, "days: must be 1 to 365"),
        ("a", 366, "days: must be 1 to 365"),
    ] {
        assert_eq!(complaint(engine.make_access_key(&ada, name, Role::ReadOnly, days).await), said);
    }
    let noted = deeds(&engine, &ada).await;
    assert_eq!(
        noted[noted.len() - 3..],
        [
            Deed::AccessKeyMade { key: short.key.id, role: Role::ReadOnly },
            Deed::AccessKeyMade { key: long.key.id, role: Role::Owner },
            Deed::AccessKeyRevoked { key: long.key.id },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_use_is_kept_to_the_hour() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let key = made(&engine, &ada, Role::ReadOnly, 30).await;
    let used = async || engine.access_keys(&ada, None, 50).await.unwrap()[0].used_at;
    assert_eq!(used().await, None);
    engine.key_holder(key.token.expose()).await.unwrap();
    let first = engine.wall();
    assert_eq!(used().await, Some(first));
    pass(Duration::from_secs(3599)).await;
    engine.key_holder(key.token.expose()).await.unwrap();
    assert_eq!(used().await, Some(first));
    pass(Duration::from_secs(1)).await;
    engine.key_holder(key.token.expose()).await.unwrap();
    assert_eq!(used().await, Some(engine.wall()));
}

#[tokio::test(start_paused = true)]
async fn nobody_makes_a_key_that_may_more_than_they() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    for role in Role::ALL {
        let (_, member) = joined(&engine, &ada, role.as_str(), role).await;
        for wanted in Role::ALL {
            let answer = engine.make_access_key(&member, "key", wanted, 1).await;
            assert_eq!(answer.is_ok(), role.covers(wanted), "{role:?} makes {wanted:?}");
            assert!(answer.is_ok() || not_permitted(&answer));
        }
    }
    let key = made(&engine, &ada, Role::Owner, 1).await;
    let holder = engine.key_holder(key.token.expose()).await.unwrap();
    assert!(not_permitted(&engine.make_access_key(&holder, "key", Role::ReadOnly, 1).await));
    assert!(not_permitted(&engine.make_access_key(By::Nobody, "key", Role::ReadOnly, 1).await));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_void_without_its_maker_or_their_role() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::Owner).await;
    let keys = [Role::Owner, Role::Developer, Role::Analyst, Role::ReadOnly];
    let mut tokens = Vec::new();
    for role in keys {
        tokens.push(made(&engine, &bob, role, 30).await.token);
    }
    let owners = engine.key_holder(tokens[0].expose()).await.unwrap();
    engine.change_role(&ada, bob.member.id, Role::Developer).await.unwrap();
    // Also one that was let in a moment ago changes nothing about the team any more.
    assert!(unauthorized(&engine.members(&owners).await));
    for (token, good) in tokens.iter().zip([false, true, false, true]) {
        assert_eq!(engine.key_holder(token.expose()).await.is_ok(), good);
    }
    let operators = made(&engine, By::Operator, Role::Developer, 30).await;
    engine.remove_member(&ada, bob.member.id).await.unwrap();
    for token in &tokens {
        assert!(unauthorized(&engine.key_holder(token.expose()).await));
    }
    assert!(engine.key_holder(operators.token.expose()).await.is_ok());
    let left: Vec<_> = engine.access_keys(&ada, None, 50).await.unwrap().iter().map(|key| key.id).collect();
    assert_eq!(left, [operators.key.id]);
}

#[tokio::test(start_paused = true)]
async fn members_see_their_own_keys_and_owners_all() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::Developer).await;
    let of_ada = made(&engine, &ada, Role::ReadOnly, 30).await;
    let of_bob = made(&engine, &bob, Role::Developer, 30).await;
    let of_operator = made(&engine, By::Operator, Role::Owner, 30).await;
    let ids = |keys: Vec<ringtrue_engine::model::AccessKey>| -> std::collections::BTreeSet<_> {
        keys.into_iter().map(|key| key.id).collect()
    };
    let all = [of_ada.key.id, of_bob.key.id, of_operator.key.id].into();
    assert_eq!(ids(engine.access_keys(&ada, None, 50).await.unwrap()), all);
    assert_eq!(ids(engine.access_keys(&bob, None, 50).await.unwrap()), [of_bob.key.id].into());
    let holder = engine.key_holder(of_ada.token.expose()).await.unwrap();
    assert_eq!(ids(engine.access_keys(&holder, None, 50).await.unwrap()), [of_ada.key.id].into());
    assert_eq!(complaint(engine.revoke_access_key(&bob, of_ada.key.id).await), "accessKey: does not exist");
    assert_eq!(
        complaint(engine.revoke_access_key(&bob, of_operator.key.id).await),
        "accessKey: does not exist"
    );
    engine.revoke_access_key(&ada, of_bob.key.id).await.unwrap();
    // A key can end itself.
    engine.revoke_access_key(&holder, of_ada.key.id).await.unwrap();
    let last = engine.admin_entries(&ada, None, 1).await.unwrap().remove(0);
    assert_eq!(last.who, Actor::Key(of_ada.key.id));
}

#[tokio::test(start_paused = true)]
async fn a_key_invites_as_whoever_made_it() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::Owner).await;
    let key = made(&engine, &bob, Role::Owner, 30).await;
    let holder = engine.key_holder(key.token.expose()).await.unwrap();
    let of_key = engine.invite(&holder, "c@team.example", Role::Analyst).await.unwrap();
    let operators = made(&engine, By::Operator, Role::Owner, 30).await;
    let holder = engine.key_holder(operators.token.expose()).await.unwrap();
    let of_operator = engine.invite(&holder, "d@team.example", Role::Analyst).await.unwrap();
    engine.remove_member(&ada, bob.member.id).await.unwrap();
    assert!(unauthorized(&engine.look_at_invitation(of_key.token.expose()).await));
    assert!(engine.look_at_invitation(of_operator.token.expose()).await.is_ok());
}
