//! Single sign-on, with a provider that vouches for whatever it is given.

use std::time::Duration;

use ringtrue_domain::{member::Role, secret::Clear};
use ringtrue_engine::{
    Engine, SignOnError, SignedIn,
    model::{Deed, Way},
};

use super::{AGENT, deeds, first_owner, joined, unauthorized, world};
use crate::world::pass;

async fn token(engine: &Engine) -> String {
    let start = engine.start_sign_on().await.unwrap();
    assert_eq!(start.address, format!("https://id.example/?state={}", start.token.expose()));
    start.token.expose().to_owned()
}

async fn sign_on(engine: &Engine, code: &str) -> Result<(Clear, SignedIn), SignOnError> {
    engine.finish_sign_on(&token(engine).await, code, AGENT).await
}

#[tokio::test(start_paused = true)]
async fn a_member_signs_in_by_their_address_whatever_its_case() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    assert_eq!(engine.single_sign_on(), Some("Example"));
    let (session, again) = sign_on(&engine, "ADA@team.example Somebody").await.unwrap();
    assert_eq!(again.member, ada.member);
    assert_eq!(engine.session(session.expose()).await.unwrap().unwrap(), again);
    let signed_in = Deed::SignedIn { session: again.session, way: Way::SingleSignOn };
    assert_eq!(deeds(&engine, &ada).await.last(), Some(&signed_in));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_invited_joins_and_nobody_else() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    assert!(matches!(sign_on(&engine, "zoe@team.example").await, Err(SignOnError::Stranger)));
    assert_eq!(deeds(&engine, &ada).await.last(), Some(&Deed::StrangerRefused { way: Way::SingleSignOn }));

    let invited = engine.invite(&ada, "Zoe@team.example", Role::Analyst).await.unwrap();
    let (_, zoe) = sign_on(&engine, "zoe@team.example Zoë").await.unwrap();
    assert_eq!((zoe.member.name.expose(), zoe.member.role), ("Zoë", Role::Analyst));
    assert_eq!(zoe.member.email.expose(), "Zoe@team.example", "as it was invited");
    let (member, role) = (zoe.member.id, Role::Analyst);
    let noted = deeds(&engine, &ada).await;
    assert_eq!(
        noted[noted.len() - 2..],
        [
            Deed::Joined { member, role, invitation: Some(invited.invitation.id) },
            Deed::SignedIn { session: zoe.session, way: Way::SingleSignOn },
        ]
    );
    // It is used up, as if its link had been followed.
    assert!(unauthorized(&engine.accept_invitation(invited.token.expose(), "Eve", AGENT).await));
    assert_eq!(sign_on(&engine, "zoe@team.example").await.unwrap().1.member, zoe.member);
    engine.remove_member(&ada, member).await.unwrap();
    assert!(matches!(sign_on(&engine, "zoe@team.example").await, Err(SignOnError::Stranger)));
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_is_no_good_lets_nobody_join() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::Owner).await;
    engine.invite(&bob, "zoe@team.example", Role::ReadOnly).await.unwrap();
    engine.change_role(&ada, bob.member.id, Role::ReadOnly).await.unwrap();
    assert!(matches!(sign_on(&engine, "zoe@team.example").await, Err(SignOnError::Stranger)), "its maker");
    let invited = engine.invite(&ada, "eve@team.example", Role::ReadOnly).await.unwrap();
    engine.revoke_invitation(&ada, invited.invitation.id).await.unwrap();
    assert!(matches!(sign_on(&engine, "eve@team.example").await, Err(SignOnError::Stranger)), "taken back");
    engine.invite(&ada, "late@team.example", Role::ReadOnly).await.unwrap();
    pass(Duration::from_hours(7 * 24)).await;
    assert!(matches!(sign_on(&engine, "late@team.example").await, Err(SignOnError::Stranger)), "expired");
}

#[tokio::test(start_paused = true)]
async fn a_way_back_is_good_once_and_for_ten_minutes() {
    let world = world().await;
    let engine = world.engine();
    first_owner(&engine).await;
    let over = async |token: &str| {
        matches!(engine.finish_sign_on(token, "ada@team.example", AGENT).await, Err(SignOnError::Over))
    };
    assert!(over("nonsense").await);
    let used = token(&engine).await;
    engine.finish_sign_on(&used, "ada@team.example", AGENT).await.unwrap();
    assert!(over(&used).await);
    let wrong = token(&engine).await;
    let refused = engine.finish_sign_on(&wrong, "unverified", AGENT).await;
    assert!(matches!(refused, Err(SignOnError::Fault(_))));
    assert!(over(&wrong).await);
    let late = token(&engine).await;
    pass(Duration::from_mins(10)).await;
    assert!(over(&late).await);
    // What a passkey is asked is another thing.
    let passkey = engine.ask_who_it_is().await.unwrap();
    assert!(over(passkey.token.expose()).await);
    let sign_on = token(&engine).await;
    assert!(unauthorized(&engine.sign_in_with_passkey(&sign_on, "kept key 1", AGENT).await));
}

#[tokio::test(start_paused = true)]
async fn who_has_no_name_is_called_by_their_address() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    for (code, name) in [("a.b@team.example", "a.b"), ("c@team.example \u{7}", "c")] {
        engine.invite(&ada, code.split(' ').next().unwrap(), Role::ReadOnly).await.unwrap();
        assert_eq!(sign_on(&engine, code).await.unwrap().1.member.name.expose(), name);
    }
}
