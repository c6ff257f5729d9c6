//! Sources that do not answer, databases that are away.

use std::{sync::Arc, time::Duration};

use ringtrue_engine::{
    model::NumberHash,
    ports::{Change, PollStore as _, Store as _, Unit},
};

use super::{HOUR, Scene, at_carrier, by_number, source::Word};
use crate::world::{number, pass};

/// A source that says when to ask again is asked nothing before, by no node, about no number.
#[tokio::test(start_paused = true)]
async fn a_source_that_wants_a_rest_gets_it() {
    let scene = Scene::new(1, 3600).await;
    let other = scene.world.another_node();
    scene.poll(&other);
    scene.enrol_many(300).await;
    pass(Duration::from_mins(20)).await;
    let before = scene.source.take_asked().len();
    scene.source.will([Word::Busy(Duration::from_mins(15))]);
    pass(Duration::from_mins(20)).await;
    let asked = scene.source.take_asked();
    // One question on each node may have been under way.
    let refused = asked.iter().position(|one| one.at > asked[0].at + Duration::from_secs(2)).unwrap();
    let rest = asked[refused].at.duration_since(asked[0].at).as_secs();
    assert!(refused <= 4 && (890..=910).contains(&rest), "{refused} questions, then {rest} s");
    pass(Duration::from_mins(25)).await;
    let mut all = asked;
    all.extend(scene.source.take_asked());
    // Whoever met the refusal was asked about again.
    assert!(by_number(&all)[all[0].number.as_str()].len() >= 2);
    assert!(before + all.len() >= 300);
}

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_is_asked_again_after_growing_pauses() {
    for word in [Word::Silence, Word::BusyForNow] {
        let scene = Scene::new(6, 3600).await;
        let one = scene.enrol(1, "", Some("Alpha")).await;
        scene.source.knows(&number(1), at_carrier("Beta"));
        scene.source.will(vec![word.clone(); 3]);
        pass(HOUR * 6).await;
        let asked = scene.source.take_asked();
        let gaps: Vec<_> =
            asked.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_mins()).collect();
        assert_eq!(gaps, [1, 4, 16], "{word:?}");
        assert!(asked.iter().all(|question| question.since == one.verified_at));
        assert_eq!(scene.told().await.len(), 1);
    }
}

/// The next round comes in any case.
#[tokio::test(start_paused = true)]
async fn a_refused_or_unknown_number_waits_for_its_next_turn() {
    for word in [Word::Refusal, Word::NotCovered] {
        let scene = Scene::new(2, 3600).await;
        let one = scene.enrol(1, "", Some("Alpha")).await;
        scene.source.knows(&number(1), at_carrier("Beta"));
        scene.source.will([word.clone()]);
        pass(HOUR * 4).await;
        let asked = scene.source.take_asked();
        assert_eq!(asked.len(), 2, "{word:?}");
        assert!(asked.iter().all(|question| question.since == one.verified_at));
        assert_eq!(scene.told().await.len(), 1);
    }
}

/// A source that fails is asked one question at a time until it answers.
#[tokio::test(start_paused = true)]
async fn a_source_in_trouble_is_asked_one_by_one() {
    let scene = Scene::idle(1, 100_000).await;
    scene.enrol_many(200).await;
    scene.poll(&scene.world.node());
    pass(Duration::from_secs(2)).await;
    scene.stop();
    // A backlog of half a round, so that there is always somebody to ask about.
    pass(Duration::from_mins(30)).await;
    scene.source.take_asked();
    scene.source.will(vec![Word::Silence; 40]);
    scene.poll(&scene.world.node());
    pass(Duration::from_secs(20)).await;
    let asked = scene.source.take_asked();
    let at_once = |from: usize| asked[from..].iter().filter(|one| one.at == asked[from].at).count();
    assert!(at_once(0) <= 16, "{}", at_once(0));
    for later in 17..39 {
        assert_eq!(at_once(later), 1, "question {later}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_for_a_moment_loses_nothing() {
    let scene = Scene::new(1, 3600).await;
    for ending in 0..30 {
        scene.enrol(ending, "", Some("Alpha")).await;
        scene.source.knows(&number(ending), at_carrier("Beta"));
    }
    for minute in 0..65 {
        scene.world.node().store.fail_next_commits(minute % 3);
        pass(Duration::from_mins(1)).await;
    }
    pass(Duration::from_mins(2)).await;
    let told = scene.told().await;
    let mut people: Vec<_> = told.iter().map(|(identity, _)| *identity).collect();
    people.sort_unstable();
    people.dedup();
    assert_eq!((told.len(), people.len()), (30, 30));
}

/// Nothing is left of a number once the hand came by and nobody watches it.
#[tokio::test(start_paused = true)]
async fn what_is_known_of_polls_goes_with_those_who_watch() {
    let scene = Scene::new(1, 3600).await;
    let one = scene.enrol(1, "", None).await;
    let store = Arc::clone(&scene.world.node().store);
    let watched = store.watched_numbers(NumberHash::START, NumberHash::END, 9).await.unwrap();
    pass(HOUR).await;
    assert!(store.poll("test", watched[0]).await.unwrap().is_some());
    let remove = Change::RemoveIdentity { scope: scene.scope(), id: one.id, expect: 1 };
    store.commit(Unit::new().with(remove)).await.unwrap();
    pass(HOUR + Duration::from_mins(2)).await;
    assert_eq!(store.poll("test", watched[0]).await.unwrap(), None);
}
