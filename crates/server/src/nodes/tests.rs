//! Several nodes on one store, on a clock that the test moves.

use ringtrue_domain::CredentialId;
use ringtrue_store::MemoryStore;

use super::*;
use crate::http::auth::Counted;

const LIMIT: u32 = 25;
const STEP: Duration = Duration::from_millis(100);

/// Nodes on one store, and a clock that the test moves.
struct World {
    store: MemoryStore,
    start: Instant,
    now: Instant,
    members: Vec<(Member, u32)>,
    made: u8,
}

impl World {
    fn new() -> Self {
        let start = Instant::now();
        Self { store: MemoryStore::new(), start, now: start, members: Vec::new(), made: 0 }
    }

    /// A node that joins now; `phase` says in which of its steps it beats.
    fn join(&mut self, phase: u32) {
        self.made += 1;
        let limiter = Limiter::new(LIMIT, false, self.now);
        self.members.push((Member::new([self.made; 16], limiter), phase));
    }

    /// Lets time pass. Every caller asks as often as it can, on every node; what was let through is returned.
    async fn pass(&mut self, steps: u32) -> u32 {
        let mut through = 0;
        for _ in 0..steps {
            self.now += STEP;
            let passed = (self.now - self.start).as_millis() / STEP.as_millis();
            let wall = Timestamp::from_second(1_000_000).unwrap()
                + jiff::SignedDuration::try_from(self.now - self.start).unwrap();
            for (member, phase) in &mut self.members {
                if passed % 15 == u128::from(*phase) {
                    let now = self.now;
                    member.beat(&self.store, wall, &move || now).await.unwrap();
                }
            }
            through += self.ask();
        }
        through
    }

    fn ask(&self) -> u32 {
        let caller = CredentialId::from_bytes([9; 16]);
        let of = |limiter: &Limiter| {
            (0..1_000).find(|_| limiter.check(Counted::Credential(caller), self.now).is_err()).unwrap()
        };
        self.members.iter().map(|(member, _)| of(&member.limiter)).sum()
    }

    fn shares(&self) -> Vec<u32> {
        self.members.iter().map(|(member, _)| member.share).collect()
    }
}

/// What may go through in so many steps: the limit at once, the limit per second, and one per node and second.
fn bound(steps: u32, nodes: u32) -> u32 {
    (LIMIT + nodes) * (10 + steps) / 10 + nodes
}

#[tokio::test]
async fn a_node_that_is_alone_gets_all() {
    let mut world = World::new();
    world.join(0);
    world.pass(15).await;
    assert_eq!(world.shares(), [LIMIT]);
    assert!((240..=LIMIT * 11).contains(&world.pass(100).await));
}

#[tokio::test]
async fn nodes_that_join_and_leave_share_evenly_and_never_exceed_the_limit() {
    let mut world = World::new();
    for phase in [0, 4, 9] {
        world.join(phase);
        let through = world.pass(60).await;
        assert!(through <= bound(60, 3), "{through}");
    }
    assert_eq!(world.shares(), [9, 8, 8]);
    let (mut gone, _) = world.members.remove(0);
    gone.leave(&world.store).await.unwrap();
    assert!(world.pass(60).await <= bound(60, 3));
    assert_eq!(world.shares(), [13, 12]);
}

#[tokio::test]
async fn nodes_that_start_together_come_to_terms() {
    let mut world = World::new();
    for phase in [3, 3, 5, 3] {
        world.join(phase);
    }
    assert!(world.pass(150).await <= bound(150, 4));
    assert_eq!(world.shares(), [7, 6, 6, 6]);
}

#[tokio::test]
async fn a_dead_nodes_share_is_taken_over_once_its_life_is_over() {
    let mut world = World::new();
    world.join(0);
    world.join(7);
    world.pass(100).await;
    assert_eq!(world.shares(), [13, 12]);
    // It stands still: it neither beats nor ends, and still answers what it is asked.
    let phase = std::mem::replace(&mut world.members[1].1, 99);
    let through = world.pass(100).await;
    assert!(through <= bound(100, 2), "{through}");
    assert_eq!(world.shares()[0], LIMIT);
    // It comes back, and claims nothing that is not left.
    world.members[1].1 = phase;
    let through = world.pass(100).await;
    assert!(through <= bound(100, 2), "{through}");
    assert_eq!(world.shares(), [13, 12]);
}

#[tokio::test]
async fn more_nodes_than_requests_get_one_each() {
    let mut world = World::new();
    for _ in 0..30 {
        world.join(u32::from(world.made) % 15);
    }
    let through = world.pass(150).await;
    assert!(through <= bound(150, 30), "{through}");
    assert_eq!(world.shares().iter().sum::<u32>(), LIMIT);
}

#[tokio::test]
async fn without_the_store_a_share_runs_out() {
    let mut world = World::new();
    world.join(0);
    world.pass(30).await;
    world.members[0].1 = 99;
    let lapsed = LIFE + Duration::from_secs(1);
    world.now += lapsed;
    world.ask();
    world.now += Duration::from_secs(1);
    assert_eq!(world.ask(), 1);
}
