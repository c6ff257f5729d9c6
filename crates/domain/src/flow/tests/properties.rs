//! Random commands and clock steps against the invariants of the design's §4.

use proptest::prelude::*;

use super::*;

/// A command as far as it does not depend on what was sent.
#[derive(Debug, Clone, Copy)]
enum Act {
    StartCode(Option<u8>),
    EnterLast(bool),
    StartLink(Option<u8>),
    PressLast(u8),
    PressGuess(u8),
    StartNetwork,
    NetworkReached,
    NetworkAnswered(bool),
    Report(u8, bool),
    Owned(bool),
    Reject,
    Unaided,
    Wait(u16),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let number = proptest::option::of(0_u8..7);
    let act = prop_oneof![
        number.clone().prop_map(Act::StartCode),
        any::<bool>().prop_map(Act::EnterLast),
        number.prop_map(Act::StartLink),
        (0_u8..3).prop_map(Act::PressLast),
        (0_u8..3).prop_map(Act::PressGuess),
        Just(Act::StartNetwork),
        Just(Act::NetworkReached),
        any::<bool>().prop_map(Act::NetworkAnswered),
        (0_u8..4, any::<bool>()).prop_map(|(step, gave_up)| Act::Report(step, gave_up)),
        any::<bool>().prop_map(Act::Owned),
        Just(Act::Reject),
        Just(Act::Unaided),
        (0_u16..400).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 0..80)
}

fn options() -> impl Strategy<Value = Options> {
    let possession =
        prop_oneof![Just(PossessionType::Desktop), Just(PossessionType::Mobile), Just(PossessionType::None)];
    let conduct = prop_oneof![Just(Conduct::Ordinary), Just(Conduct::Unaided), Just(Conduct::Refuses)];
    (possession, conduct, any::<(bool, bool, bool, bool)>(), 0_u8..4).prop_map(
        |(possession, conduct, (sandbox, network_auth, retry, pause), number_changes)| Options {
            possession,
            environment: if sandbox { Environment::Sandbox } else { Environment::Production },
            conduct,
            network_auth,
            tries: if retry { 3 } else { 1 },
            retry_page: retry,
            number_changes,
            resend_pause_seconds: if pause { 10 } else { 0 },
        },
    )
}

fn number(given: Option<u8>) -> GivenNumber {
    match given {
        None => GivenNumber::Known,
        Some(0) => GivenNumber::Unacceptable,
        Some(6) => GivenNumber::KeptOut(Nudge::NumberLimited),
        Some(last) => GivenNumber::New(subject(last)),
    }
}

/// What was sent last, as the person holds it.
#[derive(Default)]
struct Hand {
    code: Option<String>,
    token: Option<Digest>,
    message: Option<crate::JobId>,
}

fn perform(world: &mut World, hand: &mut Hand, act: Act) {
    let command = match act {
        Act::StartCode(given) => Command::StartCode { number: number(given) },
        Act::EnterLast(right) => {
            let code = hand.code.clone().unwrap_or_else(|| "0000".to_owned());
            Command::EnterCode { entry: Clear::new(if right { code } else { wrong(&code) }) }
        }
        Act::StartLink(given) => Command::StartLink { number: number(given), asked_from: None },
        Act::PressLast(n) => Command::UseLink {
            token: hand.token.unwrap_or_else(|| Digest::of(b"none")),
            browser: Digest::of(&[n]),
        },
        Act::PressGuess(n) => Command::UseLink { token: Digest::of(&[n]), browser: Digest::of(&[n]) },
        Act::StartNetwork => Command::StartNetwork { handle: Digest::of(b"handle") },
        Act::NetworkReached => Command::NetworkReached { handle: Digest::of(b"handle") },
        Act::NetworkAnswered(matched) => Command::NetworkAnswered { matched },
        Act::Report(step, gave_up) => {
            let steps = [ReportedStep::Code, ReportedStep::Link, ReportedStep::Network, ReportedStep::Other];
            Command::Report { step: steps[usize::from(step)], gave_up }
        }
        Act::Owned(yes) => {
            Command::OwnershipAnswered { phone: world.flow.subject().phone.clone(), findings: owned(yes) }
        }
        Act::Reject => match hand.message {
            Some(message) => Command::MessageRejected { message },
            None => return,
        },
        Act::Unaided => Command::ProveUnaided,
        Act::Wait(seconds) => return world.pass(i64::from(seconds)),
    };
    world.apply(command);
    if let Some(message) = world.message() {
        hand.message = Some(message.id);
        match message.payload {
            Payload::Otp { code } => hand.code = Some(code.expose().to_owned()),
            Payload::Link { token, .. } => hand.token = Some(token),
        }
    }
}

fn check(before: &Flow, world: &World) -> Result<(), TestCaseError> {
    let (flow, now) = (&world.flow, world.now);
    let view = world.view();
    // Terminal states absorb: what was settled before this moment stays as it was.
    if before.as_of(now).possession.is_settled() && before.device_outcome(now).is_some() {
        prop_assert_eq!(&before.as_of(now).possession, &flow.as_of(now).possession);
    }
    // Counts only grow and never pass their limits.
    let (old, new) = (&before.counters, &flow.counters);
    prop_assert!(
        new.steps >= old.steps && new.messages >= old.messages && new.wrong_codes >= old.wrong_codes
    );
    prop_assert!(
        new.steps <= MAX_STEPS && new.messages <= MAX_MESSAGES && new.wrong_codes <= flow.terms.tries
    );
    prop_assert!(new.number_changes <= flow.terms.number_changes);
    // An identity exists exactly when everything holds.
    prop_assert_eq!(flow.identity().is_some(), matches!(view.verdict, Verdict::True(_)));
    // No ownership leaks before possession is proven.
    if !matches!(view.possession, Outcome::Success | Outcome::NotApplicable) {
        prop_assert!(matches!(view.ownership, Outcome::Pending | Outcome::NotApplicable));
        prop_assert!(view.evaluation.identification.is_none() && view.evaluation.risk.is_none());
    }
    // A persona that refuses never proves anything on a device.
    if flow.subject().conduct == Conduct::Refuses && view.possession == Outcome::Success {
        let by_network = matches!(flow.possession, Possession::Proven { by: Proof::Network, .. });
        prop_assert!(by_network);
    }
    // What is stored is the flow.
    let stored = serde_json::to_string(flow).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Flow>(&stored).unwrap(), flow);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold(options in options(), acts in acts()) {
        let mut world = World::new(&options);
        let mut hand = Hand::default();
        for act in acts {
            let before = world.flow.clone();
            perform(&mut world, &mut hand, act);
            check(&before, &world)?;
        }
    }

    #[test]
    fn a_replay_gives_the_same_flow(options in options(), acts in acts()) {
        let run = || {
            let mut world = World::new(&options);
            let mut hand = Hand::default();
            for act in acts.clone() {
                perform(&mut world, &mut hand, act);
            }
            world.flow
        };
        prop_assert_eq!(run(), run());
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Options({:?}, {:?}, {:?}, tries {})",
            self.possession, self.environment, self.conduct, self.tries
        )
    }
}
