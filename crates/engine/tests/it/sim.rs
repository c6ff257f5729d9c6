//! Many worlds at random: people who do what they like, outside parties that fail as they like, processes that die.
//! What must hold holds in all of them. A failure names its seed; the same seed gives the same world.

mod people;
mod verdict;

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use crate::world::{Plan, World, pass};
use people::Person;

const WORLDS: u64 = 150;
const PEOPLE: u32 = 5;

#[test]
fn worlds_at_random() {
    for seed in 0..WORLDS {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(live(seed))));
        assert!(lived.is_ok(), "world {seed} went wrong");
    }
}

async fn live(seed: u64) {
    let plan = Plan { seed, recognises_repeats: seed.is_multiple_of(2), ..Plan::default() };
    let world = Arc::new(World::new(plan).await);
    world.carrier.set_moody(true);
    world.registry.set_moody(!seed.is_multiple_of(3));
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        people.spawn(Person::new(Arc::clone(&world), seed, n).live());
    }
    let reaper = tokio::spawn(revive(Arc::clone(&world), seed));
    let mut flows = Vec::new();
    while let Some(person) = people.join_next().await {
        flows.extend(person.unwrap());
    }
    // Everybody's session ends, then the last leases; the outside parties behave again, so that nothing hides a fault.
    world.carrier.set_moody(false);
    world.registry.set_moody(false);
    pass(Duration::from_mins(18)).await;
    reaper.abort();
    verdict::holds(&world, &flows).await;
}

/// Starts another process a while after one died.
async fn revive(world: Arc<World>, seed: u64) {
    for n in 0_u64.. {
        world.node().life.ended().await;
        pass(Duration::from_secs((seed + n * 7) % 45)).await;
        world.restart();
    }
}
