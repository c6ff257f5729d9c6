//! The people of the portal, on the injected clock: how they come, sign in and go, and what is noted of it.

mod deeds;
mod keys;
mod passkeys;
mod recovery;
mod sessions;
mod sign_on;
mod team;

use std::{sync::Arc, time::Duration};

use ringtrue_domain::{
    member::{Member, Role},
    secret::Clear,
    text::EmailAddress,
};
use ringtrue_engine::{
    Engine, Error, SignedIn,
    model::{Deed, Way},
};

use crate::world::{Plan, World, pass};

const AGENT: &str = "Firefox";

async fn world() -> World {
    World::new(Plan::default()).await
}

/// The first owner, signed in.
async fn first_owner(engine: &Engine) -> SignedIn {
    let token = engine.first_link().await.unwrap().unwrap();
    engine.become_first_owner(token.expose(), "ada@team.example", "Ada", AGENT).await.unwrap().1
}

/// A member who accepted an invitation, with the token of their session.
async fn joined(engine: &Engine, by: &SignedIn, name: &str, role: Role) -> (Clear, SignedIn) {
    let invited = engine.invite(by, &format!("{name}@team.example"), role).await.unwrap();
    engine.accept_invitation(invited.token.expose(), name, AGENT).await.unwrap()
}

/// What was done, oldest first.
async fn deeds(engine: &Engine, by: &SignedIn) -> Vec<Deed> {
    let mut entries = engine.admin_entries(by, None, 200).await.unwrap();
    entries.reverse();
    entries.into_iter().map(|entry| entry.deed).collect()
}

fn unauthorized<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Unauthorized))
}

fn not_permitted<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NotPermitted))
}

/// The field and rule that an answer complains of.
fn complaint<T>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Field(error)) => error.to_string(),
        Err(other) => other.to_string(),
        Ok(_) => "no complaint".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_link_makes_one_owner() {
    let world = world().await;
    let engine = world.engine();
    let links = [engine.first_link().await.unwrap().unwrap(), engine.first_link().await.unwrap().unwrap()];
    assert_eq!(engine.look_at_link(links[0].expose()).await.unwrap(), None);
    assert!(unauthorized(&engine.follow_link(links[0].expose(), AGENT).await), "it is for nobody yet");
    let wrong = engine.become_first_owner("wrong", "ada@team.example", "Ada", AGENT).await;
    assert!(unauthorized(&wrong));
    let bad = engine.become_first_owner(links[0].expose(), "ada", "Ada", AGENT).await;
    assert_eq!(complaint(bad), "email: must be an e-mail address");

    let (token, ada) =
        engine.become_first_owner(links[0].expose(), "ada@team.example", "Ada", AGENT).await.unwrap();
    assert_eq!((ada.member.role, ada.member.email.expose()), (Role::Owner, "ada@team.example"));
    assert_eq!(engine.session(token.expose()).await.unwrap().as_ref(), Some(&ada));
    // Neither the same one nor another one makes a second owner, and none is made any more.
    for link in &links {
        let again = engine.become_first_owner(link.expose(), "eve@team.example", "Eve", AGENT).await;
        assert!(unauthorized(&again));
        assert!(unauthorized(&engine.look_at_link(link.expose()).await));
    }
    assert!(engine.first_link().await.unwrap().is_none());
    let (member, session) = (ada.member.id, ada.session);
    assert_eq!(
        deeds(&engine, &ada).await[2..],
        [
            Deed::Joined { member, role: Role::Owner, invitation: None },
            Deed::SignedIn { session, way: Way::Link },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn links_are_good_for_an_hour_and_once() {
    let world = world().await;
    let engine = world.engine();
    let old = engine.first_link().await.unwrap().unwrap();
    pass(Duration::from_hours(1)).await;
    let late = engine.become_first_owner(old.expose(), "ada@team.example", "Ada", AGENT).await;
    assert!(unauthorized(&late));
    let ada = first_owner(&engine).await;
    let unknown = EmailAddress::parse("email", "b@team.example").unwrap();
    assert_eq!(complaint(engine.link_for(&unknown).await), "email: must be the address of a member");
    let link = engine.link_for(&ada.member.email).await.unwrap();
    assert_eq!(engine.look_at_link(link.expose()).await.unwrap(), Some(ada.member.id));
    pass(Duration::from_secs(3599)).await;
    let (token, again) = engine.follow_link(link.expose(), AGENT).await.unwrap();
    assert_eq!(again.member, ada.member);
    assert!(engine.session(token.expose()).await.unwrap().is_some());
    assert!(unauthorized(&engine.follow_link(link.expose(), AGENT).await));
    let link = engine.link_for(&ada.member.email).await.unwrap();
    pass(Duration::from_hours(1)).await;
    assert!(unauthorized(&engine.follow_link(link.expose(), AGENT).await));
}

/// Two processes at once, again and again: what works once works for one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_works_once_is_raced_by_two_nodes() {
    let world = world().await;
    let (one, other) = (world.engine(), world.another_node().engine);
    let token = one.first_link().await.unwrap().unwrap();
    let begin = |engine: Arc<Engine>, name: &'static str| {
        let token = token.clone();
        tokio::spawn(async move {
            engine.become_first_owner(token.expose(), &format!("{name}@team.example"), name, AGENT).await
        })
    };
    let (first, second) = (begin(one.clone(), "ada"), begin(other.clone(), "bob"));
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!((first.is_ok(), second.is_ok()), (second.is_err(), first.is_err()), "one of them");
    let owner = first.or(second).unwrap().1;
    for round in 0..50 {
        let address = format!("m{round}@team.example");
        let invited = one.invite(&owner, &address, Role::ReadOnly).await.unwrap();
        let accept = |engine: Arc<Engine>| {
            let token = invited.token.clone();
            tokio::spawn(async move { engine.accept_invitation(token.expose(), "M", AGENT).await })
        };
        let (first, second) = (accept(one.clone()), accept(other.clone()));
        let (first, second) = (first.await.unwrap(), second.await.unwrap());
        assert_eq!([&first, &second].iter().filter(|answer| answer.is_ok()).count(), 1);
        assert!(unauthorized(&if first.is_ok() { second } else { first }));
    }
    let members: Vec<Member> = one.members(&owner).await.unwrap();
    assert_eq!(members.len(), 51);
}
