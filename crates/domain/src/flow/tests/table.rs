//! The table of server API §4, row by row.

use super::*;

fn row(view: &View) -> (Outcome, Outcome, &'static str) {
    let verdict = match view.verdict {
        Verdict::True(_) => "true",
        Verdict::False => "false",
        Verdict::Pending => "pending",
    };
    (view.possession, view.ownership, verdict)
}

#[test]
fn before_possession_ends_everything_is_pending() {
    for possession in [PossessionType::Desktop, PossessionType::Mobile] {
        let mut world = World::new(&Options { possession, ..Options::default() });
        assert_eq!(row(&world.view()), (Outcome::Pending, Outcome::Pending, "pending"));
        // Ownership is known early, and not revealed.
        world.answer(owned(false));
        assert_eq!(row(&world.view()), (Outcome::Pending, Outcome::Pending, "pending"));
        assert!(world.view().evaluation.is_empty());
    }
}

#[test]
fn possession_and_ownership_ok() {
    let mut world = World::new(&Options::default());
    world.answer(owned(true));
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&code), Reply::Done);
    assert_eq!(row(&world.view()), (Outcome::Success, Outcome::Success, "true"));
    assert!(matches!(world.effects[..], [Effect::Enrol(id)] if Some(id) == world.flow.identity()));
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Ended);
}

#[test]
fn ownership_may_come_last() {
    let mut world = World::new(&Options::default());
    world.start_code();
    let code = world.code();
    world.enter(&code);
    assert_eq!(row(&world.view()), (Outcome::Success, Outcome::Pending, "pending"));
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Open);
    world.answer(owned(true));
    assert_eq!(row(&world.view()), (Outcome::Success, Outcome::Success, "true"));
}

#[test]
fn possession_ok_ownership_not() {
    let mut world = World::new(&Options::default());
    world.answer(owned(false));
    world.start_code();
    let code = world.code();
    world.enter(&code);
    assert_eq!(row(&world.view()), (Outcome::Success, Outcome::Failed, "false"));
    let reasons = world.view().evaluation.identification.unwrap().failures;
    assert_eq!(reasons, [(9014, "the name does not match")]);
    assert_eq!(world.flow.identity(), None);
}

#[test]
fn failed_possession_reveals_nothing_of_ownership() {
    let mut world = World::new(&Options { tries: 1, ..Options::default() });
    world.answer(owned(true));
    world.start_code();
    let code = world.code();
    assert_eq!(world.enter(&wrong(&code)), Reply::Over(PossessionFailure::Exhausted));
    assert_eq!(row(&world.view()), (Outcome::Failed, Outcome::NotApplicable, "false"));
    let evaluation = world.view().evaluation;
    assert_eq!(evaluation.authentication.unwrap().failures, [(9100, "possession was not completed")]);
    assert_eq!((evaluation.identification, evaluation.risk), (None, None));
}

#[test]
fn none_asks_for_ownership_only() {
    for (answer, verdict, outcome) in [(true, "true", Outcome::Success), (false, "false", Outcome::Failed)] {
        let mut world = World::new(&Options { possession: PossessionType::None, ..Options::default() });
        assert_eq!(row(&world.view()), (Outcome::NotApplicable, Outcome::Pending, "pending"));
        world.answer(owned(answer));
        assert_eq!(row(&world.view()), (Outcome::NotApplicable, outcome, verdict));
        assert_eq!(world.view().evaluation.authentication, None);
    }
}

#[test]
fn an_unfinished_flow_is_gone_after_its_session_and_a_finished_one_after_a_day() {
    let mut world = World::new(&Options::default());
    world.pass(i64::from(SESSION_SECONDS) - 1);
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Open);
    world.pass(1);
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Gone);

    let mut world = World::new(&Options { possession: PossessionType::None, ..Options::default() });
    world.answer(owned(true));
    world.pass(i64::from(KEPT_SECONDS) - 1);
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Ended);
    world.pass(1);
    assert_eq!(world.flow.lifetime(world.now), Lifetime::Gone);
}

#[test]
fn an_answer_about_the_old_number_comes_too_late() {
    let mut world = World::new(&Options::default());
    world.apply(Command::StartCode { number: GivenNumber::New(subject(2)) });
    world.apply(Command::OwnershipAnswered { phone: phone(1), findings: owned(true) });
    assert_eq!(world.flow.findings(), None);
    world.answer(owned(true));
    assert!(world.flow.findings().is_some());
}

#[test]
fn a_persona_that_needs_no_device() {
    let mut world = World::new(&Options {
        conduct: Conduct::Unaided,
        environment: Environment::Sandbox,
        ..Options::default()
    });
    world.answer(owned(true));
    assert_eq!(world.view().verdict, Verdict::Pending);
    assert_eq!(world.apply(Command::ProveUnaided), Reply::Done);
    assert!(matches!(world.view().verdict, Verdict::True(_)));
    let mut ordinary = World::new(&Options::default());
    assert_eq!(ordinary.apply(Command::ProveUnaided), Reply::Noted);
    assert_eq!(ordinary.view().possession, Outcome::Pending);
}
