//! Trying what production relies on.

use std::time::Duration;

use ringtrue_domain::member::Role;
use ringtrue_engine::{
    Error, SignedIn, SourceAnswer,
    model::{Deed as Done, ProjectSettings, Trial},
    ports::Store as _,
};

use crate::world::{Deed, Plan, World, pass};

const NUMBER: &str = "+14155552671";

async fn owner(world: &World) -> SignedIn {
    let engine = world.engine();
    let token = engine.first_link().await.unwrap().unwrap();
    engine.become_first_owner(token.expose(), "ada@team.example", "Ada", "Firefox").await.unwrap().1
}

fn complaint<T>(answer: Result<T, Error>) -> String {
    answer.err().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_text_arrives_with_the_code_that_is_asked_for() {
    let world = World::new(Plan::default()).await;
    let (engine, ada) = (world.engine(), owner(&world).await);
    let code = engine.try_message(&ada, world.project, NUMBER).await.unwrap();
    assert_eq!(world.carrier.newest().secret, code.expose());
    let trials = async || world.node().store.project(world.project).await.unwrap().unwrap().settings.trials;
    assert!(trials().await.is_empty(), "nobody has said that it arrived");
    engine.message_arrived(&ada, world.project).await.unwrap();
    assert_eq!(trials().await.message_arrived_at, Some(engine.wall()));
    assert!(complaint(engine.try_message(&ada, world.project, "12").await).starts_with("number: "));

    world.carrier.will([Deed::Reject]);
    assert!(complaint(engine.try_message(&ada, world.project, NUMBER).await).contains("was refused"));
    let told = engine.admin_entries(&ada, None, 5).await.unwrap();
    let told: Vec<_> = told.into_iter().map(|entry| entry.deed).collect();
    let began = || Done::TrialBegun { project: world.project, trial: Trial::Message };
    let tried = |good| Done::Tried { project: world.project, trial: Trial::Message, good };
    let arrived = Done::Changed {
        project: Some(world.project),
        setting: "messageArrivedAt".to_owned(),
        before: None,
        after: trials().await.message_arrived_at.map(|at| at.to_string()),
    };
    assert_eq!(told, [tried(false), began(), arrived, tried(true), began()]);

    // Each costs money.
    for _ in 0..8 {
        engine.try_message(&ada, world.project, NUMBER).await.unwrap();
    }
    assert!(matches!(engine.try_message(&ada, world.project, NUMBER).await, Err(Error::TooMany { .. })));
    pass(Duration::from_mins(10)).await;
    engine.try_message(&ada, world.project, NUMBER).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn projects_are_free_but_trials_are_counted_together() {
    let world = World::new(Plan::default()).await;
    let (engine, ada) = (world.engine(), owner(&world).await);
    for number in 0..3 {
        let name = format!("Shop {number}");
        let project = engine.create_project(&ada, &name, ProjectSettings::default()).await.unwrap().id;
        for _ in 0..10 {
            engine.try_message(&ada, project, NUMBER).await.unwrap();
        }
    }
    let sent = world.carrier.delivered().len();
    let refused = |error| matches!(error, Some(Error::TooMany { .. }));
    assert!(refused(engine.try_message(&ada, world.project, NUMBER).await.err()));
    assert!(refused(engine.try_identity(&ada, world.project, NUMBER, ["Ann", "Lee"]).await.err()));
    assert_eq!(world.carrier.delivered().len(), sent);
    // Whoever was refused was not counted: all ten of the project are left.
    pass(Duration::from_mins(10)).await;
    for _ in 0..10 {
        engine.try_message(&ada, world.project, NUMBER).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_dies_while_it_sends_leaves_a_line() {
    let world = World::new(Plan::default()).await;
    let (engine, ada) = (world.engine(), owner(&world).await);
    world.carrier.will([Deed::DeliverThenDawdle(Duration::from_secs(20))]);
    let trial = engine.try_message(&ada, world.project, NUMBER);
    assert!(tokio::time::timeout(Duration::from_secs(1), trial).await.is_err());
    assert_eq!(world.carrier.delivered().len(), 1);
    let newest = engine.admin_entries(&ada, None, 1).await.unwrap().remove(0);
    assert_eq!(newest.deed, Done::TrialBegun { project: world.project, trial: Trial::Message });
}

#[tokio::test(start_paused = true)]
async fn only_whoever_sets_up_projects_tries() {
    let world = World::new(Plan::default()).await;
    let (engine, ada) = (world.engine(), owner(&world).await);
    let invited = engine.invite(&ada, "zoe@team.example", Role::Analyst).await.unwrap();
    let (_, zoe) = engine.accept_invitation(invited.token.expose(), "Zoë", "Firefox").await.unwrap();
    let refused = |answer: Option<Error>| matches!(answer, Some(Error::NotPermitted));
    assert!(refused(engine.try_message(&zoe, world.project, NUMBER).await.err()));
    assert!(refused(engine.message_arrived(&zoe, world.project).await.err()));
    assert!(refused(engine.try_identity(&zoe, world.project, NUMBER, ["Ann", "Lee"]).await.err()));
    assert!(world.carrier.delivered().is_empty());
    let answer = engine.try_identity(&ada, world.project, NUMBER, ["Ann", "Lee"]).await.unwrap();
    assert!(matches!(answer, SourceAnswer::Known { .. } | SourceAnswer::Unknown));
}
