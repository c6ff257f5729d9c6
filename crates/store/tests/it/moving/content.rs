//! Everything there is, written, moved there and back, and read.

use ringtrue_domain::{
    FlowId,
    flow::{Event, Flow},
    member::Role,
};
use ringtrue_engine::{
    conformance::people::{
        add_key, add_passkey, begin_ceremony, count_try, invite, note, put_codes, put_member, start,
    },
    conformance::sample::{
        PRODUCTION, SANDBOX, Sample, customer, digest, enqueue, lease, phone, put, put_identity, put_project,
        put_project_from, shifted, subscriber,
    },
    conformance::watching::{add_attempt, add_delivery, add_event, attempt, put_webhook},
    model::{
        AccessKey, AdminEntry, Ceremony, Counts, Credential, Deed, Delivery, FeedFile, Identity, Invitation,
        Job, LimitKind, Listing, Member, NumberHash, OutboxMessage, Passkey, Poll, PollHand, Project,
        RefusalKey, Refusals, Remembered, Session, SignInLink, StoredEvent, Subjects, Tally, TallyHand,
        TallyKey, Webhook,
    },
    ports::{Change, ListingChange, PeopleChange, PollChange, Store, Unit},
};

use super::{Scene, moved, open_postgres, open_sqlite, postgres, sqlite};

/// What was stored.
pub(super) struct Content {
    sample: Sample,
    project: Project,
    credential: Credential,
    /// With the version that the last one has.
    flows: Vec<(u64, Flow)>,
    linked: FlowId,
    identities: Vec<Identity>,
    jobs: Vec<Job>,
    outbox: Vec<OutboxMessage>,
    remembered: Remembered,
    watching: Watching,
    people: People,
}

/// What was stored about the people of the portal.
struct People {
    member: Member,
    session: Session,
    invitation: Invitation,
    link: SignInLink,
    passkey: Passkey,
    ceremony: Ceremony,
    key: AccessKey,
    entry: AdminEntry,
}

/// Writes some of every kind that is about the people of the portal.
async fn fill_people(store: &dyn Store, sample: &mut Sample) -> People {
    let member = sample.member("ada", Role::Owner);
    let session = sample.session(&member, "session");
    let invitation = sample.invitation(&member, "invitation");
    let link = sample.sign_in_link(None, "link");
    let passkey = sample.passkey(&member, "passkey");
    let ceremony = sample.ceremony(None, "ceremony");
    let key = sample.access_key(Some(&member), "key");
    let entry = sample.admin_entry(&member, Deed::LinkMade { member: None });
    let changes = vec![
        put_member(0, &member),
        start(&session),
        invite(&invitation),
        Change::People(PeopleChange::AddLink(link)),
        add_passkey(&passkey),
        put_codes(&member, &["a", "b"]),
        begin_ceremony(&ceremony),
        add_key(&key),
        note(&entry),
        count_try("ada", sample.wall),
    ];
    store.commit(Unit { changes }).await.unwrap();
    People { member, session, invitation, link, passkey, ceremony, key, entry }
}

/// What was stored about watched numbers.
struct Watching {
    events: Vec<StoredEvent>,
    webhook: Webhook,
    deliveries: Vec<Delivery>,
    file: FeedFile,
}

async fn watched_numbers(store: &dyn Store) -> Vec<NumberHash> {
    store.watched_numbers(NumberHash::START, NumberHash::END, 100).await.unwrap()
}

/// Writes some of every kind that is about watched numbers.
async fn fill_watching(store: &dyn Store, sample: &mut Sample, of: &Identity) -> Watching {
    let commit = async |changes: Vec<Change>| store.commit(Unit { changes }).await.unwrap();
    let webhook = sample.webhook(PRODUCTION);
    let (events, file) = ([(); 7].map(|()| sample.event(of)), sample.feed_file("rows"));
    let deliveries: Vec<_> = (1..5).rev().map(|cursor| sample.delivery(PRODUCTION, cursor, cursor)).collect();
    let mut changes = vec![put_webhook(0, &webhook)];
    changes.extend(events.iter().map(add_event));
    changes.push(Change::PutFeedFile { expect: None, file: Box::new(file.clone()) });
    for delivery in deliveries.iter().rev() {
        changes.push(add_delivery(delivery));
        changes.extend([1, 2].map(|number| add_attempt(delivery, &attempt(delivery, number))));
    }
    let [number, ..] = watched_numbers(store).await[..] else { panic!("somebody watches") };
    let (wall, source) = (sample.wall, "http");
    let hand = PollHand { version: 0, place: number, at: wall, free_at: shifted(wall, 1) };
    let taken = lease(1, shifted(wall, 60));
    changes.extend(
        [
            PollChange::Move { source, after: NumberHash::START, hand },
            PollChange::Take { source, number, lease: taken, wall },
        ]
        .map(Change::Poll),
    );
    commit(changes).await;
    let events = (1..).zip(events).map(|(cursor, event)| StoredEvent { cursor, muted: false, event });
    Watching { events: events.collect(), webhook, deliveries, file }
}

/// A line for each flow, and counts.
fn fill_lists(sample: &Sample, flows: &[(u64, Flow)]) -> Vec<Change> {
    let add = |flow: &Flow| ListingChange::Add {
        listing: Box::new(Listing::of(flow, sample.wall)),
        subjects: Box::new(Subjects::of(flow)),
    };
    let mut changes: Vec<_> = flows.iter().map(|(_, flow)| Change::List(add(flow))).collect();
    let hand = TallyHand { scope: sample.scope(PRODUCTION), version: 0, place: FlowId::from_bytes([0; 16]) };
    let count = ListingChange::Count { hand, place: flows[0].1.id(), tallies: vec![tally()] };
    changes.push(Change::List(count));
    changes.push(Change::List(ListingChange::Refused(vec![refusals(sample)])));
    let (scope, flow) = (sample.scope(PRODUCTION), renumbered(flows));
    for last in [98, 99] {
        changes.push(Change::List(ListingChange::Renumber { scope, flow, phone: phone(last) }));
    }
    changes
}

/// The flow whose number was changed twice.
fn renumbered(flows: &[(u64, Flow)]) -> FlowId {
    let mut of_people = flows.iter().filter(|(_, flow)| flow.terms().environment == PRODUCTION);
    of_people.next().unwrap().1.id()
}

fn refusals(sample: &Sample) -> Refusals {
    let key = RefusalKey { scope: sample.scope(PRODUCTION), hour: 7, kind: LimitKind::Requests };
    Refusals { key, refused: 8 }
}

fn tally() -> Tally {
    let key = TallyKey { hour: 7, method: 1, country: "GB".into() };
    Tally { key, counts: Counts { started: 5, messages: 6, took: [7; 8], ..Counts::default() } }
}

/// Writes some of every kind.
pub(super) async fn fill(store: &dyn Store) -> Content {
    let mut sample = Sample::default();
    let commit = async |changes: Vec<Change>| store.commit(Unit { changes }).await.unwrap();
    let mut flows: Vec<(u64, Flow)> = Vec::new();
    for (_, flow) in sample.every_state() {
        let earlier = flows.iter().position(|(_, known)| known.id() == flow.id());
        let version = earlier.map_or(0, |at| flows.remove(at).0);
        let history = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
        commit(vec![put(version, &flow), history]).await;
        flows.push((version + 1, flow));
    }
    commit(fill_lists(&sample, &flows)).await;
    let (project, wall) = (sample.project, sample.wall);
    let linked = flows[0].1.id();
    let identities: Vec<_> = (0..7).map(|last| sample.identity(PRODUCTION, last, "customer-1")).collect();
    let jobs: Vec<_> = (0..7).map(|_| sample.job(PRODUCTION, wall)).collect();
    let outbox: Vec<_> = (0..7).map(|last| sample.outbox_message(last, wall)).collect();
    let mut remembered = sample.remembered(SANDBOX, "key");
    let credential = sample.credential(SANDBOX);
    let token = sample.token(credential.id, "token");
    let named = sample.project("Zoë's");
    let credential = Credential { used_at: Some(wall), ..credential };
    let mut changes = vec![
        put_project(&sample.project("before")),
        put_project_from(1, &named),
        Change::PutCredential(credential.clone()),
        Change::PutToken(token),
        Change::SetLogo { project, image: Some(b"\0logo\xff".to_vec()) },
        Change::AdvanceClock { project, by_micros: 77 },
        Change::SetHandset { project, phone: phone(3), network: true },
        Change::IndexLink { token: digest("link"), flow: linked },
        sample.remember(&remembered),
        Change::Answer { scope: remembered.scope, key: remembered.key, answer: "the answer".into() },
    ];
    remembered.answer = Some("the answer".into());
    changes.extend(identities.iter().map(put_identity));
    changes.extend(jobs.iter().map(enqueue));
    changes.extend(outbox.iter().map(|message| Change::PutOutbox(Box::new(message.clone()))));
    changes.extend((0..7).map(|last| Change::PutSubscriber(Box::new(subscriber(last, "Ada Lovelace")))));
    commit(changes).await;
    let watching = fill_watching(store, &mut sample, &identities[0]).await;
    let people = fill_people(store, &mut sample).await;
    Content {
        sample,
        project: named,
        credential,
        flows,
        linked,
        identities,
        jobs,
        outbox,
        remembered,
        watching,
        people,
    }
}

impl Content {
    /// Reads all of it, and changes nothing.
    pub(super) async fn check(&self, store: &dyn Store) {
        let (sample, project, wall) = (&self.sample, self.sample.project, self.sample.wall);
        for (version, flow) in &self.flows {
            let read = store.flow(flow.id()).await.unwrap().unwrap();
            assert_eq!((read.version, &read.flow), (*version, flow));
            let history = store.audit(flow.id()).await.unwrap();
            assert_eq!(history.len() as u64, *version);
            assert!(history.iter().all(|entry| entry.events == [Event::Started]));
        }
        assert_eq!(store.flow_by_link(digest("link")).await.unwrap(), Some(self.linked));
        for (last, identity) in (0..).zip(&self.identities) {
            let scope = sample.scope(PRODUCTION);
            let found = store.identity(scope, &phone(last), customer("customer-1").as_ref()).await.unwrap();
            assert_eq!(found.as_ref().map(|found| &found.identity), Some(identity));
        }
        let mut outbox = store.outbox(project, None, 100).await.unwrap();
        outbox.sort_by_key(|message| message.id);
        let mut sent = self.outbox.clone();
        sent.sort_by_key(|message| message.id);
        assert_eq!(outbox, sent);
        let to_one = store.outbox(project, Some(&phone(3)), 100).await.unwrap();
        assert_eq!(to_one, [self.outbox[3].clone()]);
        let remembered = store.remembered(self.remembered.scope, self.remembered.key, wall).await.unwrap();
        assert_eq!(remembered.as_ref(), Some(&self.remembered));
        let caller = store.caller(digest("token"), wall).await.unwrap().unwrap();
        assert_eq!((&*caller.project, caller.clock_ahead_micros), (&self.project, 77));
        assert_eq!(store.projects().await.unwrap(), std::slice::from_ref(&self.project));
        assert_eq!(store.stored_project(project).await.unwrap().map(|stored| stored.version), Some(2));
        let credentials = store.credentials(sample.scope(SANDBOX)).await.unwrap();
        assert_eq!(credentials, std::slice::from_ref(&self.credential));
        assert_eq!(store.clock_ahead(project).await.unwrap(), 77);
        assert_eq!(store.logo(project).await.unwrap().as_deref(), Some(b"\0logo\xff".as_slice()));
        assert_eq!(store.handset(project, &phone(3)).await.unwrap(), Some(true));
        for last in 0..7 {
            let found = store.subscriber(&phone(last)).await.unwrap();
            assert_eq!(found, Some(subscriber(last, "Ada Lovelace")));
        }
        assert_eq!(store.jobs_open().await.unwrap(), self.jobs.len() as u64);
        self.check_watching(store).await;
        self.check_lists(store).await;
        self.check_people(store).await;
    }

    async fn check_lists(&self, store: &dyn Store) {
        let (sample, first) = (&self.sample, FlowId::from_bytes([0; 16]));
        for environment in [SANDBOX, PRODUCTION] {
            let last = FlowId::from_bytes([0xff; 16]);
            let found = store.listings_behind(sample.scope(environment), first, last, 100).await.unwrap();
            let mut flows: Vec<_> = (self.flows.iter())
                .filter(|(_, flow)| flow.terms().environment == environment)
                .map(|(_, flow)| flow.id())
                .collect();
            flows.sort_unstable();
            assert_eq!(found.iter().map(|listing| listing.id).collect::<Vec<_>>(), flows);
        }
        let scope = sample.scope(PRODUCTION);
        assert_eq!(store.tallies(scope, 0, 100).await.unwrap(), [tally()]);
        assert_eq!(store.refusals(scope, 0, 100).await.unwrap(), [refusals(sample)]);
        for last in [98, 99] {
            let found = store.recent_of_number(scope, &phone(last), first, None, 9).await.unwrap();
            assert_eq!(found, [renumbered(&self.flows)], "present and former");
        }
        let hand = TallyHand { scope, version: 1, place: self.flows[0].1.id() };
        assert_eq!(store.tally_hand(scope).await.unwrap(), hand);
    }

    async fn check_watching(&self, store: &dyn Store) {
        let (scope, watching) = (self.sample.scope(PRODUCTION), &self.watching);
        let watchers = store.watchers(&phone(3), None, 100).await.unwrap();
        assert_eq!(watchers.iter().map(|stored| &stored.identity).collect::<Vec<_>>(), [&self.identities[3]]);
        assert_eq!(store.events(scope, 0, u64::MAX, 100).await.unwrap(), watching.events);
        let lane = store.lane(scope).await.unwrap().unwrap();
        assert_eq!((lane.last, lane.packed, lane.lease), (7, 4, None));
        assert_eq!(
            store.webhook(scope).await.unwrap().map(|stored| stored.webhook).as_ref(),
            Some(&watching.webhook)
        );
        let mut packed = watching.deliveries.clone();
        packed.reverse();
        assert_eq!(store.open_deliveries(scope, 100).await.unwrap(), packed);
        for delivery in &packed {
            let attempts = store.attempts(scope, delivery.id).await.unwrap();
            assert_eq!(attempts, [1, 2].map(|number| attempt(delivery, number)));
        }
        let numbers = watched_numbers(store).await;
        assert_eq!(numbers.len(), self.identities.len());
        let hand = store.poll_hand("http").await.unwrap();
        assert_eq!(hand.map(|hand| (hand.version, hand.place)), Some((1, numbers[0])));
        let poll = store.poll("http", numbers[0]).await.unwrap();
        let due_at = Some(shifted(self.sample.wall, 60));
        assert_eq!(poll, Some(Poll { looked_at: None, failures: 0, due_at, lease: Some([1; 16]) }));
        assert_eq!(store.feed_file(digest("rows")).await.unwrap().as_ref(), Some(&watching.file));
    }

    async fn check_people(&self, store: &dyn Store) {
        let People { member, session, invitation, link, passkey, ceremony, key, entry } = &self.people;
        let team = store.team().await.unwrap();
        assert_eq!((team.version, team.members), (1, vec![member.clone()]));
        assert_eq!(store.member_by_email(&member.email).await.unwrap().as_ref(), Some(member));
        let signed_in = store.signed_in(session.token, self.sample.wall).await.unwrap();
        assert_eq!(signed_in, Some((session.clone(), member.clone())));
        assert_eq!(store.invitations(None, 9).await.unwrap(), std::slice::from_ref(invitation));
        assert_eq!(store.sign_in_link(link.token).await.unwrap().as_ref(), Some(link));
        assert_eq!(store.passkeys(member.id).await.unwrap(), std::slice::from_ref(passkey));
        assert_eq!(store.recovery_codes(member.id).await.unwrap(), 2);
        assert_eq!(store.ceremony(ceremony.token).await.unwrap().as_ref(), Some(ceremony));
        assert_eq!(store.access_keys(None, None, 9).await.unwrap(), std::slice::from_ref(key));
        assert_eq!(store.admin_entries(None, 9).await.unwrap(), std::slice::from_ref(entry));
    }

    /// Takes the jobs, as a server would.
    async fn check_jobs(&self, store: &dyn Store) {
        let wall = self.sample.wall;
        let mut claimed = store.claim(lease(1, wall), wall, 100).await.unwrap();
        claimed.sort_by_key(|job| job.id);
        let mut jobs = self.jobs.clone();
        jobs.sort_by_key(|job| job.id);
        for job in &mut jobs {
            job.attempts += 1;
            job.lease = Some(lease(1, wall));
        }
        assert_eq!(claimed, jobs);
        let lanes = store.claim_lanes(lease(1, shifted(wall, 60)), wall, 100).await.unwrap();
        assert_eq!(lanes.iter().map(|lane| lane.last).collect::<Vec<_>>(), [7]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_is_the_same() {
    let scene = Scene::new();
    let store = open_sqlite(&scene.path("a")).await;
    let content = fill(&store).await;
    store.close().await;

    let there = moved(&sqlite(&scene.path("a")), &postgres(&scene.url), &mut |_| {}).await.unwrap();
    let store = open_postgres(&scene.url).await;
    content.check(&store).await;
    store.close().await;

    let back = moved(&postgres(&scene.url), &sqlite(&scene.path("b")), &mut |_| {}).await.unwrap();
    assert_eq!(there, back);
    let empty: Vec<_> = there.iter().filter(|facts| facts.rows == 0).map(|facts| facts.table).collect();
    assert!(empty.is_empty(), "nothing was stored in {empty:?}");
    let store = open_sqlite(&scene.path("b")).await;
    content.check(&store).await;
    content.check_jobs(&store).await;
}
