//! One-time codes (device API §0 and §4).

use super::*;

#[test]
fn a_resend_makes_a_fresh_code_and_leaves_the_older_one_good() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let first = world.code();
    world.pass(60);
    world.start_code();
    let second = world.code();
    assert_ne!(first, second);
    assert_eq!(world.enter(&first), Reply::Done);
}

#[test]
fn a_code_is_good_for_two_minutes() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let code = world.code();
    world.pass(i64::from(CODE_SECONDS) - 1);
    let mut in_time = World { flow: world.flow.clone(), ..World::new(&Options::default()) };
    in_time.now = world.now;
    assert_eq!(in_time.enter(&code), Reply::Done);
    world.pass(1);
    assert_eq!(world.enter(&code), Reply::TryAgain(Nudge::CodeExpired));
    // Too late is not wrong: it costs no try.
    world.start_code();
    let fresh = world.code();
    world.enter(&code);
    assert_eq!(world.enter(&fresh), Reply::Done);
}

#[test]
fn wrong_codes_count_over_the_whole_flow() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&wrong(&code)), Reply::TryAgain(Nudge::WrongCode));
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&wrong(&code)), Reply::TryAgain(Nudge::WrongCode));
    assert_eq!(world.enter(&wrong(&code)), Reply::Over(PossessionFailure::Exhausted));
    assert_eq!(world.enter(&code), Reply::Over(PossessionFailure::Exhausted));
}

#[test]
fn without_retry_the_first_wrong_code_ends_it() {
    let mut world = World::new(&Options { tries: 1, ..Options::default() });
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&wrong(&code)), Reply::Over(PossessionFailure::Exhausted));
}

#[test]
fn a_double_submit_is_harmless() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&format!(" {} {} ", &code[..3], &code[3..])), Reply::Done);
    assert_eq!(world.enter(&code), Reply::Done);
    assert!(world.effects.is_empty() && world.events.is_empty());
}

#[test]
fn five_messages_and_no_more() {
    let mut world = World::new(&Options::default());
    for _ in 0..MAX_MESSAGES {
        assert_eq!(world.start_code(), Reply::Sent);
        assert!(world.message().is_some());
    }
    assert_eq!(world.start_code(), Reply::TryAgain(Nudge::TooManyMessages));
    assert_eq!(world.message(), None);
    // When the last code has run out, nothing can be done any more.
    world.pass(i64::from(CODE_SECONDS));
    assert_eq!(world.start_code(), Reply::Over(PossessionFailure::TimedOut));
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Ended);
}

#[test]
fn a_resend_within_the_pause_is_answered_and_sends_nothing() {
    let mut world = World::new(&Options { resend_pause_seconds: 10, ..Options::default() });
    world.start_code();
    world.pass(9);
    assert_eq!(world.start_code(), Reply::Sent);
    assert_eq!(world.message(), None);
    world.pass(1);
    world.start_code();
    assert!(world.message().is_some());
}

#[test]
fn a_number_change_voids_what_the_old_number_got() {
    let mut world = World::new(&Options::default());
    world.answer(owned(true));
    world.start_code();
    let old = world.code();
    assert_eq!(world.apply(Command::StartCode { number: GivenNumber::New(subject(2)) }), Reply::Sent);
    assert!(world.effects.contains(&Effect::LookupOwnership));
    assert_eq!(world.message().unwrap().to, phone(2));
    let new = world.code();
    if old != new {
        assert_eq!(world.enter(&old), Reply::TryAgain(Nudge::WrongCode));
    }
    assert_eq!(world.enter(&new), Reply::Done);
    assert_eq!(world.view().phone, phone(2));
    assert_eq!(world.view().ownership, Outcome::Pending);
}

#[test]
fn number_changes_are_limited() {
    let mut world = World::new(&Options { number_changes: 0, ..Options::default() });
    let change = |last| Command::StartCode { number: GivenNumber::New(subject(last)) };
    assert_eq!(world.apply(change(2)), Reply::TryAgain(Nudge::NumberChangeNotAllowed));
    // The known number is no change.
    assert_eq!(world.apply(change(1)), Reply::Sent);
    let mut world = World::new(&Options::default());
    for last in [2, 3, 4] {
        assert_eq!(world.apply(change(last)), Reply::Sent);
    }
    assert_eq!(world.apply(change(5)), Reply::TryAgain(Nudge::NumberChangeNotAllowed));
    let unacceptable = Command::StartCode { number: GivenNumber::Unacceptable };
    assert_eq!(world.apply(unacceptable), Reply::TryAgain(Nudge::NumberNotAcceptable));
}

#[test]
fn a_number_that_is_kept_out_changes_nothing_and_is_told_where_changes_are_allowed() {
    let kept_out = |nudge| Command::StartCode { number: GivenNumber::KeptOut(nudge) };
    let mut world = World::new(&Options { number_changes: 0, ..Options::default() });
    let not_allowed = Reply::TryAgain(Nudge::NumberChangeNotAllowed);
    assert_eq!(world.apply(kept_out(Nudge::NumberLimited)), not_allowed);
    let mut world = World::new(&Options { number_changes: 1, ..Options::default() });
    for nudge in [Nudge::NumberLimited, Nudge::CountryNotAllowed] {
        assert_eq!(world.apply(kept_out(nudge)), Reply::TryAgain(nudge));
    }
    assert_eq!(world.flow.subject(), &subject(1));
    let change = |last| Command::StartCode { number: GivenNumber::New(subject(last)) };
    assert_eq!(world.apply(change(2)), Reply::Sent);
    assert_eq!(world.apply(kept_out(Nudge::NumberLimited)), not_allowed);
}

#[test]
fn sandbox_codes_pass_in_sandbox_only() {
    let sandbox = Options { environment: Environment::Sandbox, ..Options::default() };
    for code in ["1234", "123456"] {
        let mut world = World::new(&sandbox);
        world.start_code();
        assert_eq!(world.enter(code), Reply::Done, "{code}");
    }
    let mut world = World::new(&sandbox);
    world.start_code();
    assert_eq!(world.enter("12345"), Reply::TryAgain(Nudge::WrongCode));
    let mut world = World::new(&Options::default());
    world.start_code();
    assert_eq!(world.enter("123456"), Reply::TryAgain(Nudge::WrongCode));
    // Nothing was sent yet: there is nothing that the code could prove.
    let mut world = World::new(&sandbox);
    assert_eq!(world.enter("1234"), Reply::NotAllowed);
    let mut janek = World::new(&Options { conduct: Conduct::Refuses, ..sandbox });
    janek.start_code();
    let code = janek.code();
    assert_eq!(janek.enter(&code), Reply::TryAgain(Nudge::WrongCode));
}

#[test]
fn a_rejected_message_takes_its_code_along() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let (code, message) = (world.code(), world.message().unwrap().id);
    world.apply(Command::MessageRejected { message });
    assert_eq!(world.enter(&code), Reply::NotAllowed);
    assert_eq!(world.start_code(), Reply::Sent);
}

#[test]
fn giving_up_ends_the_flow() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let report = Command::Report { step: ReportedStep::Code, gave_up: true };
    assert_eq!(world.apply(report.clone()), Reply::Over(PossessionFailure::Cancelled));
    assert_eq!(world.apply(report), Reply::Over(PossessionFailure::Cancelled));
}

#[test]
fn fifty_steps_and_no_more() {
    let mut world = World::new(&Options::default());
    for _ in 0..MAX_STEPS {
        world.apply(Command::StartCode { number: GivenNumber::Unacceptable });
    }
    assert_eq!(world.start_code(), Reply::Over(PossessionFailure::TooManySteps));
}

#[test]
fn a_link_step_does_not_belong_to_a_code_flow() {
    let mut world = World::new(&Options::default());
    assert_eq!(world.start_link(), Reply::NotAllowed);
}
