//! How a flow stands, and since when.

use super::*;

fn stands(world: &World) -> (Standing, Option<i64>) {
    let since = world.flow.concluded_at(world.now);
    (world.flow.standing(world.now), since.map(|at| at.duration_since(world.flow.opened_at()).as_secs()))
}

fn proven() -> World {
    let mut world = World::new(&Options::default());
    world.start_code();
    let code = world.code();
    world.pass(20);
    world.enter(&code);
    world
}

#[test]
fn it_is_open_until_both_halves_are_known() {
    let mut world = World::new(&Options::default());
    assert_eq!(stands(&world), (Standing::Open, None));
    world.answer(owned(false));
    assert_eq!(stands(&world), (Standing::Open, None));
    let mut world = proven();
    assert_eq!(stands(&world), (Standing::Open, None));
    assert_eq!(world.flow.proof(), Some((Proof::Code, world.now)));
    world.pass(1);
    world.answer(owned(true));
    assert_eq!(stands(&world), (Standing::Verified, Some(21)));
}

#[test]
fn what_a_source_said_decides_once_possession_holds() {
    let findings = |number_known, name| Findings { number_known, name, ..owned(true) };
    for (answer, standing) in [
        (findings(true, NameMatch::Mismatch), Standing::NameMismatch),
        (findings(true, NameMatch::Unknown), Standing::NameUnknown),
        (Findings::unknown_number(), Standing::NumberUnknown),
    ] {
        let mut world = proven();
        world.answer(answer);
        assert_eq!(stands(&world), (standing, Some(20)));
    }
}

#[test]
fn failed_possession_decides_alone() {
    let mut world = World::new(&Options { tries: 1, ..Options::default() });
    world.answer(owned(true));
    world.start_code();
    let code = world.code();
    world.pass(5);
    world.enter(&wrong(&code));
    assert_eq!(stands(&world), (Standing::Exhausted, Some(5)));
}

#[test]
fn time_decides_what_nobody_did() {
    let session = i64::from(SESSION_SECONDS);
    let mut world = World::new(&Options::default());
    world.pass(session);
    assert_eq!(stands(&world), (Standing::TimedOut, Some(session)));
    let mut world = proven();
    world.pass(session);
    assert_eq!(stands(&world), (Standing::Unanswered, Some(session)));
}

#[test]
fn messages_and_what_they_cost_are_counted() {
    let mut world = World::new(&Options::default());
    assert_eq!(world.flow.messages_sent(), 0);
    world.start_code();
    world.start_code();
    assert_eq!((world.flow.messages_sent(), world.flow.segments_per_message()), (2, 1));
    for possession in [PossessionType::Mobile, PossessionType::Desktop] {
        let mut world = World::new(&Options { possession, ..Options::default() });
        if possession == PossessionType::Desktop {
            world.start_link()
        } else {
            world.start_code()
        };
        let sent = crate::sms::segments(world.message().unwrap().body.expose());
        assert_eq!(world.flow.segments_per_message(), sent.count);
    }
}

/// With a link that was used, one that nobody used, and codes that nobody entered.
#[test]
fn what_is_kept_stands_as_it_did_and_proves_nothing() {
    let desktop = || World::new(&Options { possession: PossessionType::Desktop, ..Options::default() });
    let (mut used, mut unused) = (desktop(), desktop());
    let mut code = World::new(&Options::default());
    let secrets = [used.start_link(), unused.start_link(), code.start_code()];
    assert_eq!(secrets, [Reply::Sent; 3]);
    let browser = Digest::of(b"browser");
    let token = used.token();
    used.answer(owned(true));
    used.apply(Command::UseLink { token, browser });
    let json = |flow: &Flow| serde_json::to_string(flow).unwrap();
    for (world, secrets) in [(&used, vec![token, browser]), (&unused, vec![unused.token()]), (&code, vec![])]
    {
        let kept = world.flow.without_secrets();
        let (before, after) = (json(&world.flow), json(&kept));
        for secret in secrets {
            let secret = serde_json::to_string(&secret).unwrap();
            assert!(before.contains(&secret) && !after.contains(&secret), "{after}");
        }
        assert!(before.contains("shop.example/back") && !after.contains("shop.example/back"), "{after}");
        assert!(!after.contains("\"digest\""), "{after}");
        let then = world.flow.purge_after();
        assert_eq!(kept.standing(then), world.flow.standing(then));
        assert_eq!(kept.concluded_at(then), world.flow.concluded_at(then));
        assert_eq!(kept.messages_sent(), world.flow.messages_sent());
        assert_eq!(kept.view(then), world.flow.view(then));
        assert_eq!(kept.without_secrets(), kept);
    }
}
