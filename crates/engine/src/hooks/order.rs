//! Which open deliveries may be posted now. Events of one identity are delivered in the order in which they happened, so
//! a delivery waits while an earlier one that holds an event of the same identity is open.

use std::collections::HashSet;

use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, IdentityId};

use crate::model::{Content, Delivery, StoredEvent};

/// An open delivery as the holder of its lane knows it.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) delivery: Delivery,
    /// Whose events it holds.
    pub(super) identities: Vec<IdentityId>,
    /// Whether an attempt is under way.
    pub(super) flying: bool,
}

/// The open deliveries of a lane in the order of their events.
#[derive(Debug, Default)]
pub(super) struct Window(Vec<Open>);

impl Window {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, id: DeliveryId) -> bool {
        self.0.iter().any(|open| open.delivery.id == id)
    }

    pub(super) fn flying(&self) -> usize {
        self.0.iter().filter(|open| open.flying).count()
    }

    /// Adds a delivery in its place: a replayed one may be older than those that are open.
    pub(super) fn add(&mut self, open: Open) {
        let at = self.0.partition_point(|other| place(&other.delivery) <= place(&open.delivery));
        self.0.insert(at, open);
    }

    /// Takes a delivery whose attempt is over out of the window.
    pub(super) fn land(&mut self, id: DeliveryId) -> Option<Open> {
        let at = self.0.iter().position(|open| open.delivery.id == id)?;
        Some(self.0.remove(at))
    }

    /// Lets a delivery wait again that did not take off after all.
    pub(super) fn call_back(&mut self, id: DeliveryId) {
        for open in self.0.iter_mut().filter(|open| open.delivery.id == id) {
            open.flying = false;
        }
    }

    /// Forgets those that are not flying and not in `kept`: somebody else ended them.
    pub(super) fn retain(&mut self, kept: &HashSet<DeliveryId>) {
        self.0.retain(|open| open.flying || kept.contains(&open.delivery.id));
    }

    /// Up to `most` deliveries that are due, wait for no other one, and hold nothing of the identities in `held_up`;
    /// they count as flying from now on.
    pub(super) fn take_off(
        &mut self,
        now: Timestamp,
        most: usize,
        held_up: &HashSet<IdentityId>,
    ) -> Vec<Delivery> {
        if most == 0 {
            return Vec::new();
        }
        let mut before = held_up.clone();
        let mut started = Vec::new();
        for open in &mut self.0 {
            let free = !open.identities.iter().any(|identity| before.contains(identity));
            if started.len() < most && free && !open.flying && open.delivery.due_at <= now {
                open.flying = true;
                started.push(open.delivery);
            }
            before.extend(open.identities.iter().copied());
        }
        started
    }

    /// When the next delivery that waits only for its time is due; none when each waits for another one or flies.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let mut before = HashSet::new();
        let mut due = None::<Timestamp>;
        for open in &self.0 {
            let free = !open.identities.iter().any(|identity| before.contains(identity));
            if free && !open.flying {
                due = Some(due.map_or(open.delivery.due_at, |due| due.min(open.delivery.due_at)));
            }
            before.extend(open.identities.iter().copied());
        }
        due
    }

    /// Cuts events that come next into deliveries. One whose identity waits for a delivery that has failed goes alone, so
    /// that those who happen to be its neighbours need not wait with it.
    pub(super) fn cut(&self, events: Vec<StoredEvent>) -> Vec<Vec<StoredEvent>> {
        let waiting: HashSet<IdentityId> = (self.0.iter())
            .filter(|open| !open.flying || open.delivery.attempts > 0)
            .flat_map(|open| open.identities.iter().copied())
            .collect();
        let mut cut: Vec<(bool, Vec<StoredEvent>)> = Vec::new();
        for event in events {
            let alone = waiting.contains(&event.event.identity);
            match cut.last_mut() {
                Some((false, last)) if !alone => last.push(event),
                _ => cut.push((alone, vec![event])),
            }
        }
        cut.into_iter().map(|(_, events)| events).collect()
    }
}

/// Whose events a delivery holds, each once.
pub(super) fn identities(events: &[StoredEvent]) -> Vec<IdentityId> {
    let mut identities: Vec<_> = events.iter().map(|event| event.event.identity).collect();
    identities.sort_unstable();
    identities.dedup();
    identities
}

/// Tests come first, since they wait for nobody.
const fn place(delivery: &Delivery) -> u64 {
    match delivery.content {
        Content::Events { first, .. } => first,
        Content::Test => 0,
    }
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::{
        EventId, PhoneNumber, ProjectId,
        flow::Environment,
        identity::{ChangeEvent, What},
    };

    use super::*;
    use crate::model::{DeliveryState, KeyScope};

    const SCOPE: KeyScope =
        KeyScope { project: ProjectId::from_bytes([1; 16]), environment: Environment::Production };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_366_400 + second).unwrap()
    }

    fn identity(number: u8) -> IdentityId {
        IdentityId::from_bytes([number; 16])
    }

    fn id(number: u8) -> DeliveryId {
        DeliveryId::from_bytes([number; 16])
    }

    fn event(cursor: u64, of: u8) -> StoredEvent {
        let event = ChangeEvent {
            id: EventId::from_bytes([u8::try_from(cursor).unwrap(); 16]),
            identity: identity(of),
            project: SCOPE.project,
            environment: SCOPE.environment,
            client_customer_id: None,
            phone: PhoneNumber::normalize("phoneNumber", "+14155550123").unwrap(),
            at: at(0),
            what: What::SimSwap,
        };
        StoredEvent { cursor, muted: false, event }
    }

    fn open(number: u8, due_at: Timestamp, people: &[u8]) -> Open {
        let first = u64::from(number) * 10;
        let delivery = Delivery {
            id: id(number),
            scope: SCOPE,
            content: Content::Events { first, last: first + 9 },
            state: DeliveryState::Open,
            created_at: at(0),
            due_at,
            give_up_at: at(1000),
            attempts: 0,
            replayed_at_attempt: 0,
        };
        Open { delivery, identities: people.iter().map(|number| identity(*number)).collect(), flying: false }
    }

    fn taken(window: &mut Window, now: Timestamp, most: usize) -> Vec<DeliveryId> {
        window.take_off(now, most, &HashSet::new()).into_iter().map(|delivery| delivery.id).collect()
    }

    #[test]
    fn a_delivery_waits_for_an_earlier_one_of_the_same_identity() {
        let mut window = Window::default();
        for (number, people) in [(1, &[1, 2][..]), (2, &[2, 3]), (3, &[3]), (4, &[4])] {
            window.add(open(number, at(0), people));
        }
        assert_eq!(taken(&mut window, at(0), 9), [id(1), id(4)], "3 waits for 2, which waits for 1");
        assert_eq!(window.flying(), 2);
        window.land(id(1)).unwrap();
        let held_up = HashSet::from([identity(1)]);
        assert_eq!(window.take_off(at(0), 9, &held_up), [], "not before that is written");
        assert_eq!(taken(&mut window, at(0), 9), [id(2)]);
        window.land(id(2)).unwrap();
        assert_eq!(taken(&mut window, at(0), 9), [id(3)]);
    }

    #[test]
    fn one_that_failed_keeps_its_place_until_it_is_due() {
        let mut window = Window::default();
        window.add(open(2, at(0), &[1]));
        window.add(open(1, at(60), &[1]));
        window.add(open(3, at(30), &[2]));
        assert_eq!(taken(&mut window, at(0), 9), []);
        assert_eq!(window.next_due(), Some(at(30)));
        assert_eq!(taken(&mut window, at(60), 1), [id(1)], "one at a time when only one may");
        assert_eq!(taken(&mut window, at(60), 9), [id(3)]);
        assert_eq!(window.next_due(), None);
    }

    #[test]
    fn what_waits_for_a_failed_delivery_travels_alone() {
        let mut window = Window::default();
        window.add(open(1, at(60), &[7]));
        let events = [1, 2, 7, 3, 7, 7, 4, 5].iter().zip(100..).map(|(of, cursor)| event(cursor, *of));
        let cut: Vec<Vec<u64>> = (window.cut(events.collect()).into_iter())
            .map(|events| events.iter().map(|event| event.cursor).collect())
            .collect();
        assert_eq!(cut, [vec![100, 101], vec![102], vec![103], vec![104], vec![105], vec![106, 107]]);
    }

    #[test]
    fn what_somebody_else_ended_is_forgotten_unless_it_flies() {
        let mut window = Window::default();
        window.add(open(1, at(0), &[1]));
        window.add(open(2, at(5), &[2]));
        window.take_off(at(0), 1, &HashSet::new());
        window.retain(&HashSet::new());
        assert!(window.has(id(1)) && !window.has(id(2)));
        assert_eq!(window.len(), 1);
    }
}
