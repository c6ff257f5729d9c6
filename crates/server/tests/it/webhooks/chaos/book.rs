//! What a receiver has seen, and whether it was right.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{
    deed::Deed,
    post::{self, Head},
};

/// Everything that came, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Book {
    secret: String,
    project: String,
    posts: usize,
    /// Posts of deliveries that had been taken before.
    repeats: usize,
    deeds: BTreeMap<String, usize>,
    /// The body of each delivery, by its `webhook-id`.
    bodies: HashMap<String, Vec<u8>>,
    /// Deliveries that were taken.
    taken: HashSet<String>,
    /// `x-correlation-id` of every post.
    attempts: HashSet<String>,
    events: HashMap<String, Seen>,
    /// Ids of events in the order in which they were taken first.
    first_taken: Vec<String>,
    /// What was wrong.
    faults: Vec<String>,
}

/// An event, as the receiver knows it. Posts are counted from 1.
#[derive(Debug)]
struct Seen {
    delivery: String,
    identity: String,
    first_post: usize,
    taken_by_post: Option<usize>,
}

impl Book {
    pub(super) fn new(secret: &str, project: &str) -> Self {
        Self { secret: secret.to_owned(), project: project.to_owned(), ..Self::default() }
    }

    /// Posts that came so far, whole or not.
    pub(super) const fn posts(&self) -> usize {
        self.posts
    }

    /// Different events that were taken.
    pub(super) fn count_taken(&self) -> usize {
        self.first_taken.len()
    }

    pub(super) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    /// Notes a post that was not read to its end.
    pub(super) fn note_broken(&mut self, deed: Deed) {
        self.posts += 1;
        *self.deeds.entry(format!("{deed:?}")).or_default() += 1;
    }

    /// Notes a whole post, before it is answered.
    pub(super) fn note(&mut self, head: &Head, body: &[u8], deed: Deed) {
        self.note_broken(deed);
        let id = head.field("webhook-id").to_owned();
        if let Err(wrong) = post::verify(head, body, &self.secret, &self.project) {
            self.faults.push(format!("{id}: {wrong}"));
        }
        if !self.attempts.insert(head.field("x-correlation-id").to_owned()) {
            self.faults.push(format!("{id}: an x-correlation-id came twice"));
        }
        let known = self.bodies.entry(id.clone()).or_insert_with(|| body.to_vec());
        if known != body {
            self.faults.push(format!("{id}: came with other content"));
        }
        self.repeats += usize::from(self.taken.contains(&id));
        if deed.takes() {
            self.taken.insert(id.clone());
        }
        let events: Vec<Value> = serde_json::from_slice(body).unwrap_or_default();
        if !(1..=100).contains(&events.len()) {
            self.faults.push(format!("{id}: holds {} events", events.len()));
        }
        for event in &events {
            self.note_event(&id, event, deed);
        }
    }

    fn note_event(&mut self, delivery: &str, event: &Value, deed: Deed) {
        let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        let id = text("eventId");
        let seen = self.events.entry(id.clone()).or_insert_with(|| Seen {
            delivery: delivery.to_owned(),
            identity: text("identityId"),
            first_post: self.posts,
            taken_by_post: None,
        });
        if seen.delivery != delivery {
            self.faults.push(format!("{id} came in {delivery} and in {}", seen.delivery));
        }
        if deed.takes() && seen.taken_by_post.is_none() {
            seen.taken_by_post = Some(self.posts);
            self.first_taken.push(id);
        }
    }

    /// Panics unless everything in `stream` (the events as they happened) arrived, in order per identity, and nothing
    /// else did; says what there was.
    pub(super) fn close(&self, stream: &[Value]) -> String {
        assert!(
            self.faults.is_empty(),
            "{} faults: {:#?}",
            self.faults.len(),
            &self.faults[..self.faults.len().min(20)]
        );
        let ids: Vec<_> = stream.iter().map(|event| event["eventId"].as_str().unwrap()).collect();
        let lost: Vec<_> = ids.iter().filter(|id| self.taken_by(id).is_none()).collect();
        assert!(lost.is_empty(), "{} of {} events were lost: {lost:?}", lost.len(), ids.len());
        assert_eq!(self.events.len(), ids.len(), "events came that never happened");

        let mut happened: HashMap<&str, Vec<&str>> = HashMap::new();
        for (id, event) in ids.iter().zip(stream) {
            happened.entry(event["identityId"].as_str().unwrap()).or_default().push(id);
        }
        let mut came: HashMap<&str, Vec<&str>> = HashMap::new();
        for id in &self.first_taken {
            came.entry(&self.events[id].identity).or_default().push(id);
        }
        assert_eq!(came, happened, "out of order");
        for pair in happened.values().flat_map(|ids| ids.windows(2)) {
            let (before, after) = (self.taken_by(pair[0]).unwrap(), self.events[pair[1]].first_post);
            assert!(before <= after, "{} was posted before {} had been taken", pair[1], pair[0]);
        }
        let (events, deliveries, posts, repeats) = (ids.len(), self.bodies.len(), self.posts, self.repeats);
        format!(
            "{events} events of {} identities in {deliveries} deliveries, {posts} posts: {:?}; {repeats} posts repeated \
             what had been taken; 0 lost, 0 out of order, 0 wrong signatures",
            happened.len(),
            self.deeds,
        )
    }

    fn taken_by(&self, event: &str) -> Option<usize> {
        self.events.get(event)?.taken_by_post
    }
}
