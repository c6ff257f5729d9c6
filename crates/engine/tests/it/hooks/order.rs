//! Events of one identity are delivered in the order in which they happened; others do not wait for them.

use std::time::Duration;

use super::{Scene, of};
use crate::world::{Reply, pass};

#[tokio::test(start_paused = true)]
async fn a_failed_event_holds_up_its_identity_and_nobody_else() {
    let scene = Scene::new().await;
    let (sick, well) = (scene.enrol(1, "").await, scene.enrol(2, "").await);
    scene.world.receiver.will([Reply::Status(500)]);
    scene.port(1).await;
    scene.settle().await;
    for _ in 0..3 {
        scene.port(1).await;
        scene.port(2).await;
    }
    pass(Duration::from_millis(500)).await;
    let taken = scene.world.receiver.taken();
    assert_eq!((of(sick, &taken).len(), of(well, &taken).len()), (0, 3));
    pass(Duration::from_secs(10)).await;
    let (taken, stream) = (scene.world.receiver.taken(), scene.stream().await);
    assert_eq!(of(sick, &taken), of(sick, &stream));
    assert_eq!(of(well, &taken), of(well, &stream));
}

/// An event that an endpoint can never take keeps back its identity's later ones, but not its neighbours.
#[tokio::test(start_paused = true)]
async fn a_poisonous_identity_is_alone_with_it() {
    let scene = Scene::new().await;
    let sick = scene.enrol(0, "").await;
    let mut well = vec![];
    for ending in 1..20 {
        well.push(scene.enrol(ending, "").await);
    }
    scene.world.receiver.cannot_take(&sick.to_string());
    scene.port(0).await;
    scene.settle().await;
    for _ in 0..5 {
        for ending in 0..20 {
            scene.port(ending).await;
        }
        pass(Duration::from_secs(20)).await;
    }
    let (taken, stream) = (scene.world.receiver.taken(), scene.stream().await);
    assert_eq!(of(sick, &taken).len(), 0);
    for identity in well {
        assert_eq!(of(identity, &taken), of(identity, &stream));
    }
}

/// Random failures over many identities: whatever happens, each one's events come in order.
#[tokio::test(start_paused = true)]
async fn order_holds_whatever_the_endpoint_does() {
    for seed in 0..8 {
        let scene = Scene::seeded(seed).await;
        let mut people = vec![];
        for ending in 0..10 {
            people.push(scene.enrol(ending, "").await);
        }
        let mut dice = [0; 200];
        scene.world.engine().random(&mut dice);
        scene.world.receiver.will(dice.iter().map(|die| match die % 8 {
            0 => Reply::Status(500),
            1 => Reply::Hang,
            2 => Reply::Refuse,
            3 => Reply::Dawdle(Duration::from_secs(u64::from(die / 32))),
            4 => Reply::Later(u32::from(*die)),
            _ => Reply::Status(200),
        }));
        for die in dice {
            scene.port(u32::from(die % 10)).await;
            pass(Duration::from_millis(u64::from(die) * 4)).await;
        }
        scene.all_ended().await;
        let (got, stream) = (scene.world.receiver.got(), scene.stream().await);
        for identity in people {
            // What was taken although its answer was lost comes again, under the same id.
            let mut ids = std::collections::HashSet::new();
            let first_times = got.iter().filter(|got| got.taken && ids.insert(got.id));
            let events: Vec<_> = first_times.flat_map(|got| of(identity, &got.events)).collect();
            assert_eq!(events, of(identity, &stream), "seed {seed}");
        }
    }
}
