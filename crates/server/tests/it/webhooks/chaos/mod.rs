//! A receiver that refuses, hangs, lies and restarts, and a sender that is killed in between: every event arrives, in
//! order per identity, and what arrives twice is the same delivery.

mod book;
mod deed;
mod post;
mod receiver;
mod scene;

use std::time::Instant;

use scene::Scene;

use crate::{client::eventually, shared_store::server::Server};

/// What goes wrong in a round, after so many of its posts.
const ROUNDS: [(usize, Trouble); 10] = [
    (3, Trouble::Killed),
    (40, Trouble::Gone),
    (70, Trouble::Killed),
    (25, Trouble::Restarted),
    (1, Trouble::Killed),
    (90, Trouble::Killed),
    (60, Trouble::Gone),
    (10, Trouble::Restarted),
    (120, Trouble::Killed),
    (30, Trouble::Gone),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The sender, as a power cut would.
    Killed,
    /// The receiver is not reachable for some attempts.
    Restarted,
    /// The receiver wants nothing more, until somebody resumes it.
    Gone,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_out_of_order() {
    const PEOPLE: usize = 400;
    let mut scene = Scene::set(String::new(), PEOPLE).await;
    let mut node = scene.node().await;
    scene.enrol(&node).await;
    scene.receiver.up().await;
    let began = Instant::now();
    for (round, (posts, trouble)) in ROUNDS.into_iter().enumerate() {
        let import = scene.change_carriers(round + 1);
        scene.posts(posts).await;
        match trouble {
            Trouble::Killed => {
                node.kill();
                node = scene.node().await;
            }
            Trouble::Restarted => {
                scene.receiver.down().await;
                let failed =
                    || async { (scene.webhook("show")["failures"].as_u64() >= Some(3)).then_some(()) };
                eventually("failures", failed).await;
                scene.receiver.up().await;
            }
            Trouble::Gone => {
                scene.receiver.be_gone();
                let paused = || async {
                    let paused = scene.webhook("show")["paused"].clone();
                    (!paused.is_null()).then_some(paused)
                };
                assert_eq!(eventually("a pause", paused).await["why"], "the endpoint answered 410 Gone");
                scene.webhook("resume");
            }
        }
        import.await.unwrap();
    }
    scene.posts(1).await;
    node.kill();
    let node = scene.node().await;
    scene.posts(1).await;
    scene.receiver.be_well();
    let well = Instant::now();
    scene.taken(ROUNDS.len() * PEOPLE).await;
    let drained = well.elapsed();
    let kills = 1 + ROUNDS.iter().filter(|(_, trouble)| *trouble == Trouble::Killed).count();
    let stream = scene.stream(&node).await;
    let found = scene.receiver.book().close(&stream);
    println!(
        "{found}; {kills} kills; drained {drained:.1?} after the receiver was well, {:.1?} in all",
        began.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_goes_on_where_one_was_stopped() {
    const PEOPLE: usize = 150;
    let mut scene = Scene::set(Server::shared().database(), PEOPLE).await;
    let first = scene.node().await;
    scene.enrol(&first).await;
    scene.receiver.up().await;
    let began = Instant::now();
    scene.change_carriers(1).await.unwrap();
    scene.posts(10).await;
    // The one that sends stands still for longer than its lease, and comes to itself while the other one sends.
    let second = scene.node().await;
    first.freeze();
    scene.change_carriers(2).await.unwrap();
    scene.posts(30).await;
    first.thaw();
    scene.change_carriers(3).await.unwrap();
    scene.posts(10).await;
    // The one that sends is killed.
    second.kill();
    scene.posts(30).await;
    scene.receiver.be_well();
    scene.taken(3 * PEOPLE).await;
    let stream = scene.stream(&first).await;
    let found = scene.receiver.book().close(&stream);
    println!("{found}; two nodes, one frozen and one killed while it sent; {:.1?} in all", began.elapsed());
}
