//! Silent network authentication and its fall-back (device API §7).

use super::*;

fn network() -> Options {
    Options { network_auth: true, ..Options::default() }
}

#[test]
fn success_needs_no_message() {
    let mut world = World::new(&network());
    assert_eq!(world.flow.first_step(), FirstStep::Network);
    let handle = Digest::of(b"handle");
    assert_eq!(world.apply(Command::StartNetwork { handle }), Reply::NetworkOpen);
    assert!(!world.flow.network_was_reached());
    assert_eq!(world.apply(Command::NetworkReached { handle: Digest::of(b"other") }), Reply::NotAllowed);
    assert_eq!(world.apply(Command::NetworkReached { handle }), Reply::Noted);
    assert!(world.flow.network_was_reached() && world.flow.is_network_check(handle));
    assert_eq!(world.apply(Command::NetworkAnswered { matched: true }), Reply::Done);
    assert!(matches!(world.events[0], Event::Proven { by: Proof::Network }));
}

#[test]
fn failure_falls_back_to_the_code_for_good() {
    for command in [
        Command::NetworkAnswered { matched: false },
        Command::Report { step: ReportedStep::Network, gave_up: false },
    ] {
        let mut world = World::new(&network());
        world.apply(Command::StartNetwork { handle: Digest::of(b"handle") });
        assert_eq!(world.apply(command), Reply::UseCode);
        assert_eq!(world.apply(Command::StartNetwork { handle: Digest::of(b"again") }), Reply::UseCode);
        // An answer that nobody waits for any more proves nothing.
        assert_eq!(world.apply(Command::NetworkAnswered { matched: true }), Reply::UseCode);
        assert_eq!(world.start_code(), Reply::Sent);
    }
}

#[test]
fn an_answer_without_a_check_proves_nothing() {
    let mut world = World::new(&network());
    assert_eq!(world.apply(Command::NetworkAnswered { matched: true }), Reply::UseCode);
    world.start_code();
    assert_eq!(world.apply(Command::NetworkAnswered { matched: true }), Reply::UseCode);
    assert_eq!(world.view().possession, Outcome::Pending);
}

#[test]
fn giving_up_during_the_check_ends_the_flow() {
    let mut world = World::new(&network());
    world.apply(Command::StartNetwork { handle: Digest::of(b"handle") });
    let gave_up = Command::Report { step: ReportedStep::Network, gave_up: true };
    assert_eq!(world.apply(gave_up), Reply::Over(PossessionFailure::Cancelled));
}
