//! Instant links (device API §0 and §5).

use super::*;

fn desktop() -> Options {
    Options { possession: PossessionType::Desktop, ..Options::default() }
}

fn browser(n: u8) -> Digest {
    Digest::of(&[n])
}

impl World {
    fn press(&mut self, token: Digest, n: u8) -> Reply {
        self.apply(Command::UseLink { token, browser: browser(n) })
    }

    fn standing(&self, link: Digest) -> LinkStanding {
        self.flow.link_standing(link, self.now)
    }
}

#[test]
fn a_link_is_used_once_and_its_browser_is_known() {
    let mut world = World::new(&desktop());
    world.start_link();
    let token = world.token();
    let body = world.message().unwrap().body;
    assert!(body.expose().contains("https://v.example/l/"));
    assert_eq!(world.standing(token), LinkStanding::Live);
    assert_eq!(world.press(token, 1), Reply::Done);
    assert!(world.flow.was_used_by(token, browser(1)));
    assert!(!world.flow.was_used_by(token, browser(2)));
    assert_eq!(world.standing(token), LinkStanding::Used);
    // The same press again is answered the same and changes nothing.
    assert_eq!(world.press(token, 1), Reply::Done);
    assert!(world.effects.is_empty());
}

#[test]
fn older_links_stay_good_until_their_own_end_and_the_first_one_wins() {
    let mut world = World::new(&desktop());
    world.start_link();
    let first = world.token();
    world.pass(100);
    world.start_link();
    let second = world.token();
    assert_eq!([first, second].map(|link| world.standing(link)), [LinkStanding::Live; 2]);
    world.pass(80);
    assert_eq!([first, second].map(|link| world.standing(link)), [LinkStanding::Expired, LinkStanding::Live]);
    assert_eq!(world.press(first, 1), Reply::LinkGone);
    assert_eq!(world.press(second, 1), Reply::Done);
    assert!(!world.flow.was_used_by(first, browser(1)));
}

#[test]
fn without_a_retry_page_the_end_of_the_link_is_the_end() {
    let mut world = World::new(&Options { retry_page: false, ..desktop() });
    world.start_link();
    world.pass(i64::from(LINK_SECONDS) - 1);
    assert_eq!(world.flow.device_outcome(world.now), None);
    world.pass(1);
    assert_eq!(world.flow.device_outcome(world.now), Some(Reply::Over(PossessionFailure::TimedOut)));
    assert_eq!(world.view().possession, Outcome::Failed);

    let mut world = World::new(&desktop());
    world.start_link();
    world.pass(i64::from(LINK_SECONDS));
    assert_eq!(world.flow.device_outcome(world.now), None);
    assert_eq!(world.start_link(), Reply::Sent);
}

#[test]
fn a_link_that_is_not_good_says_which_it_is() {
    let opened = || {
        let mut world = World::new(&desktop());
        world.start_link();
        let token = world.token();
        (world, token)
    };

    let (mut world, token) = opened();
    world.pass(i64::from(SESSION_SECONDS));
    assert_eq!(world.standing(token), LinkStanding::Expired);

    let (mut world, token) = opened();
    world.apply(Command::Report { step: ReportedStep::Link, gave_up: true });
    assert_eq!(world.standing(token), LinkStanding::Cancelled);

    let (mut world, token) = opened();
    world.apply(Command::StartLink { number: GivenNumber::New(subject(2)), asked_from: None });
    assert_eq!(world.standing(token), LinkStanding::Replaced);
    assert_eq!(world.standing(world.token()), LinkStanding::Live);
}

#[test]
fn nothing_happens_to_a_flow_whose_link_is_unknown() {
    let mut world = World::new(&desktop());
    world.start_link();
    let before = world.flow.possession.clone();
    assert_eq!(world.press(Digest::of(b"guess"), 1), Reply::LinkGone);
    assert_eq!(world.flow.possession, before);
}

#[test]
fn a_lost_socket_comes_back_without_a_new_message() {
    let mut world = World::new(&desktop());
    let report = Command::Report { step: ReportedStep::Link, gave_up: false };
    world.start_link();
    for _ in 0..3 {
        assert_eq!(world.apply(report.clone()), Reply::ResumeLink);
        assert_eq!(world.start_link(), Reply::Sent);
        assert_eq!(world.message(), None);
    }
    assert_eq!(world.apply(report.clone()), Reply::Over(PossessionFailure::Cancelled));

    // Giving up is final at once, and so is a report before anything was sent.
    let mut world = World::new(&desktop());
    world.start_link();
    let gave_up = Command::Report { step: ReportedStep::Link, gave_up: true };
    assert_eq!(world.apply(gave_up), Reply::Over(PossessionFailure::Cancelled));
    let mut world = World::new(&desktop());
    assert_eq!(world.apply(report), Reply::Over(PossessionFailure::Cancelled));
}

#[test]
fn guesses_at_links_do_not_use_up_the_pages_steps() {
    let mut world = World::new(&desktop());
    world.start_link();
    let token = world.token();
    for n in 0..100 {
        world.press(Digest::of(&[n, n]), 1);
    }
    assert_eq!(world.press(token, 1), Reply::Done);
}

#[test]
fn a_persona_that_refuses() {
    let mut world = World::new(&Options { conduct: Conduct::Refuses, ..desktop() });
    world.start_link();
    let token = world.token();
    assert_eq!(world.press(token, 1), Reply::Over(PossessionFailure::Refused));
}
