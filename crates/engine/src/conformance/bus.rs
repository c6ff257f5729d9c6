//! What every [`Bus`] has to do between two nodes.
//!
//! A bus may wake too often, never too seldom: what a case expects not to happen is what no bus does without a reason.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use ringtrue_domain::{FlowId, ProjectId};
use tokio::time::timeout;

use crate::ports::{Bus, Console, Heard, MAX_LINE_BYTES, Note, Watch};

/// Two nodes, and what connects them.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// The node that publishes.
    fn here(&self) -> Arc<dyn Bus>;

    /// The node that watches; the same bus if there is only one node.
    fn there(&self) -> Arc<dyn Bus>;

    /// Cuts every connection of both. They come back by themselves. Does nothing where there are none.
    async fn cut(&self);
}

/// Far more than a note may take on a busy machine.
const LONG: Duration = Duration::from_secs(20);

fn flow(number: u8) -> FlowId {
    FlowId::from_bytes([number; 16])
}

fn project(number: u8) -> ProjectId {
    ProjectId::from_bytes([number; 16])
}

async fn woken(watch: &Watch) {
    timeout(LONG, watch.changed()).await.expect("the watch is woken");
}

/// Whether a watch was woken since it was last asked.
async fn is_woken(watch: &Watch) -> bool {
    timeout(Duration::ZERO, watch.changed()).await.is_ok()
}

pub async fn a_note_wakes_watchers_on_both_nodes(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let watches =
        [here.watch(project(1), flow(1)), there.watch(project(1), flow(1)), there.watch(project(1), flow(1))];
    here.publish(Note::FlowChanged(flow(1)));
    // Those on the same node do not wait for the other one.
    assert!(is_woken(&watches[0]).await);
    woken(&watches[1]).await;
    woken(&watches[2]).await;
    there.publish(Note::FlowChanged(flow(1)));
    woken(&watches[0]).await;
}

pub async fn a_note_that_came_before_it_was_waited_for_is_kept(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (early, late) = (there.watch(project(1), flow(1)), there.watch(project(1), flow(2)));
    here.publish(Note::FlowChanged(flow(1)));
    here.publish(Note::FlowChanged(flow(2)));
    woken(&late).await;
    woken(&early).await;
}

pub async fn other_flows_sleep_on(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (meant, other) = (there.watch(project(1), flow(1)), there.watch(project(1), flow(2)));
    for _ in 0..10 {
        here.publish(Note::FlowChanged(flow(1)));
        woken(&meant).await;
    }
    assert!(!is_woken(&other).await);
}

pub async fn a_moved_clock_wakes_the_flows_of_its_project(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let watches = [there.watch(project(1), flow(1)), there.watch(project(1), flow(2))];
    let other = there.watch(project(2), flow(3));
    let jobs = there.jobs();
    here.publish(Note::ClockMoved(project(1)));
    woken(&watches[0]).await;
    woken(&watches[1]).await;
    timeout(LONG, jobs.notified()).await.expect("jobs may be due");
    assert!(!is_woken(&other).await);
}

pub async fn ready_jobs_wake_the_worker_of_the_other_node(nodes: Arc<dyn Nodes>) {
    let (here, jobs) = (nodes.here(), nodes.there().jobs());
    for _ in 0..3 {
        here.publish(Note::JobsReady);
        timeout(LONG, jobs.notified()).await.expect("the worker is woken");
    }
}

pub async fn added_events_wake_their_project_and_the_senders(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (near, far) = (here.watch_events(project(1)), there.watch_events(project(1)));
    let (other, of_flow) = (there.watch_events(project(2)), there.watch(project(1), flow(1)));
    let lanes = there.lanes();
    for _ in 0..3 {
        here.publish(Note::EventsAdded(project(1)));
        assert!(is_woken(&near).await);
        woken(&far).await;
        timeout(LONG, lanes.notified()).await.expect("the sender is woken");
    }
    assert!(!is_woken(&other).await);
    assert!(!is_woken(&of_flow).await);
}

pub async fn a_moved_clock_wakes_those_who_wait_for_events(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (watch, lanes) = (there.watch_events(project(1)), there.lanes());
    here.publish(Note::ClockMoved(project(1)));
    woken(&watch).await;
    timeout(LONG, lanes.notified()).await.expect("lanes may be due");
}

pub async fn doubled_notes_do_no_harm(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (watch, last) = (there.watch(project(1), flow(1)), there.watch(project(1), flow(2)));
    for _ in 0..100 {
        here.publish(Note::FlowChanged(flow(1)));
        there.publish(Note::FlowChanged(flow(1)));
    }
    woken(&watch).await;
    // They are spent some time, and do not come back for ever.
    here.publish(Note::FlowChanged(flow(2)));
    woken(&last).await;
    while is_woken(&watch).await {}
}

/// More notes than any queue holds: publishing waits for nobody, and those who are watched by others are woken anyway.
pub async fn a_flood_never_blocks_and_loses_nobody(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let watch = there.watch(project(1), flow(1));
    let mut id = [9; 16];
    for number in 0..100_000_u32 {
        id[..4].copy_from_slice(&number.to_be_bytes());
        here.publish(Note::FlowChanged(FlowId::from_bytes(id)));
    }
    here.publish(Note::FlowChanged(flow(1)));
    woken(&watch).await;
}

pub async fn a_cut_connection_comes_back(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    for number in 1..4 {
        let watch = there.watch(project(1), flow(number));
        nodes.cut().await;
        // By the note if it finds its way, else because there was a gap.
        here.publish(Note::FlowChanged(flow(number)));
        woken(&watch).await;
    }
    let (jobs, events) = (there.jobs(), there.watch_events(project(1)));
    nodes.cut().await;
    here.publish(Note::JobsReady);
    here.publish(Note::EventsAdded(project(1)));
    timeout(LONG, jobs.notified()).await.expect("the worker is woken");
    woken(&events).await;
}

pub async fn a_watch_ends_when_it_is_dropped(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let (dropped, kept) = (there.watch(project(1), flow(1)), there.watch(project(1), flow(1)));
    drop(dropped);
    here.publish(Note::FlowChanged(flow(1)));
    woken(&kept).await;
}

/// Waits until a node has heard that a project has a console somewhere.
async fn wanted(bus: &dyn Bus, project: ProjectId) {
    let consoles = bus.consoles();
    let until = async {
        while !consoles.wants(project) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, until).await.expect("the console is announced");
}

async fn heard(console: &mut Console) -> Heard {
    timeout(LONG, console.next()).await.expect("the console hears something")
}

pub async fn lines_come_to_the_consoles_of_their_project_on_both_nodes(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    assert!(!here.consoles().is_any());
    let mut far = there.consoles().follow(project(1)).expect("there is room");
    let mut other = there.consoles().follow(project(2)).expect("there is room");
    wanted(&*here, project(1)).await;
    wanted(&*here, project(2)).await;
    assert!(!here.consoles().wants(project(3)));
    let mut near = here.consoles().follow(project(1)).expect("there is room");
    for line in ["first", "second é", ""] {
        here.say(project(1), line.into());
    }
    here.say(project(2), "of another".into());
    // What no bus can carry is lost for all, not for some.
    here.say(project(1), "two\nlines".into());
    here.say(project(1), "x".repeat(MAX_LINE_BYTES + 1).into());
    here.say(project(1), "x".repeat(MAX_LINE_BYTES).into());
    for console in [&mut near, &mut far] {
        for line in ["first", "second é", "", &"x".repeat(MAX_LINE_BYTES)] {
            assert_eq!(heard(console).await, Heard::Line(line.into()));
        }
    }
    assert_eq!(heard(&mut other).await, Heard::Line("of another".into()));
}

/// More lines than any queue holds: saying waits for nobody, and wakes nobody who does not follow.
pub async fn a_flood_of_lines_never_blocks_and_holds_up_no_note(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let mut console = there.consoles().follow(project(1)).expect("there is room");
    let (watch, other) = (there.watch(project(1), flow(1)), there.watch(project(1), flow(2)));
    wanted(&*here, project(1)).await;
    for _ in 0..10_000 {
        here.say(project(1), "one of many".into());
    }
    here.publish(Note::FlowChanged(flow(1)));
    woken(&watch).await;
    assert_eq!(heard(&mut console).await, Heard::Line("one of many".into()));
    assert!(!is_woken(&other).await);
}

pub async fn a_console_is_found_again_after_a_cut(nodes: Arc<dyn Nodes>) {
    let (here, there) = (nodes.here(), nodes.there());
    let mut console = there.consoles().follow(project(1)).expect("there is room");
    wanted(&*here, project(1)).await;
    nodes.cut().await;
    // Lines that are said meanwhile are lost, later ones are not.
    let found = async {
        loop {
            here.say(project(1), "still here?".into());
            if timeout(Duration::from_millis(50), console.next()).await.is_ok() {
                break;
            }
        }
    };
    timeout(LONG, found).await.expect("the console hears again");
}

/// One test per case, each on nodes of its own. `$make` is an async function that makes an `Arc<dyn Nodes>`.
#[macro_export]
macro_rules! bus_conformance {
    ($make:ident) => {
        $crate::conformance_cases! { $make
            bus:
                a_note_wakes_watchers_on_both_nodes
                a_note_that_came_before_it_was_waited_for_is_kept
                other_flows_sleep_on
                a_moved_clock_wakes_the_flows_of_its_project
                ready_jobs_wake_the_worker_of_the_other_node
                added_events_wake_their_project_and_the_senders
                a_moved_clock_wakes_those_who_wait_for_events
                doubled_notes_do_no_harm
                a_flood_never_blocks_and_loses_nobody
                a_cut_connection_comes_back
                a_watch_ends_when_it_is_dropped
                lines_come_to_the_consoles_of_their_project_on_both_nodes
                a_flood_of_lines_never_blocks_and_holds_up_no_note
                a_console_is_found_again_after_a_cut;
        }
    };
}
