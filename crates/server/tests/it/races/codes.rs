//! Thousands of codes at once.

use serde_json::json;

use super::{Answers, History, nodes, nodes_met};
use crate::client::{LORANT, Session, World};

const DONE: &str = r#"{"next":"done"}"#;
const WRONG: &str = r#"{"data":{"code":9201,"message":"the code is wrong"},"next":"mobile/otp"}"#;
const USED_UP: &str = r#"{"error":{"code":10000,"message":"all tries are used up"},"next":"done"}"#;
/// Nothing was half-done: the call lost against others too often.
const BUSY: &str = "503";

/// A flow with a sent code.
async fn begun(world: &World, patient: bool) -> (Session, String) {
    let request = LORANT.verify_with("mobile", "allowOTPRetry", json!(patient));
    let session = world.begin_with(&request).await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    (session, code)
}

/// Enters all codes at once, over all nodes in turn.
async fn enter(nodes: &[World], session: &Session, codes: Vec<String>) -> Answers {
    let calls: Vec<_> = (codes.into_iter().zip(nodes.iter().cycle()))
        .map(|(code, node)| {
            let api = node.api.bearing(session.device().token());
            tokio::spawn(async move {
                let answer = api.post("/v1/client/mobile/otp/finish", &json!({ "otp": code })).await;
                if answer.status == 503 { BUSY.to_owned() } else { answer.ok().to_string() }
            })
        })
        .collect();
    let mut answers = Answers::new();
    for call in calls {
        *answers.entry(call.await.unwrap()).or_default() += 1;
    }
    answers
}

/// Wrong codes, with the right one in the midst of them.
fn codes(count: usize, right: Option<(&str, usize)>) -> Vec<String> {
    let mut codes: Vec<String> = (0..count).map(|n| format!("wrong{n:06}")).collect();
    if let Some((code, at)) = right {
        code.clone_into(&mut codes[at]);
    }
    codes
}

/// What must hold however the race went.
async fn is_sound(world: &World, session: &Session, answers: &Answers, tries: usize) {
    let count = |answer: &str| answers.get(answer).copied().unwrap_or_default();
    let known = count(DONE) + count(WRONG) + count(USED_UP) + count(BUSY);
    assert_eq!(known, answers.values().sum::<usize>(), "{answers:?}");
    let history = History::of(world, &session.id).await;
    assert!(history.wrong_codes <= tries, "{history:?}");
    assert!(count(WRONG) < tries, "{answers:?}");
    assert_eq!(history.proven + history.failed, 1, "{history:?}");
    let results = world.results(&session.id).await;
    if history.proven == 1 {
        assert_eq!((count(USED_UP), history.enrolled), (0, 1), "{answers:?}");
        assert_eq!(results, ["true", "success", "success"]);
    } else {
        assert_eq!((count(DONE), history.enrolled, history.wrong_codes), (0, 0, tries), "{answers:?}");
        assert_eq!(results, ["false", "failed", "not_applicable"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_thousand_codes_of_which_one_is_right() {
    let nodes = nodes(1).await;
    let (session, code) = begun(&nodes[0], true).await;
    let answers = enter(&nodes, &session, codes(5000, Some((&code, 1)))).await;
    is_sound(&nodes[0], &session, &answers, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_thousand_wrong_codes() {
    let nodes = nodes(2).await;
    let (session, _) = begun(&nodes[0], true).await;
    let answers = enter(&nodes, &session, codes(5000, None)).await;
    is_sound(&nodes[0], &session, &answers, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_right_code_a_thousand_times() {
    let nodes = nodes(2).await;
    let (session, code) = begun(&nodes[0], false).await;
    let answers = enter(&nodes, &session, vec![code; 1000]).await;
    is_sound(&nodes[0], &session, &answers, 1).await;
    assert_eq!(History::of(&nodes[0], &session.id).await.proven, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wherever_the_right_code_stands() {
    let nodes = nodes(2).await;
    let mut proven = 0;
    for round in 0..40 {
        let patient = round % 2 == 0;
        let (session, code) = begun(&nodes[0], patient).await;
        let answers = enter(&nodes, &session, codes(20, Some((&code, round / 4)))).await;
        is_sound(&nodes[0], &session, &answers, if patient { 3 } else { 1 }).await;
        proven += History::of(&nodes[0], &session.id).await.proven;
    }
    // The race was one: it did not always end the same way.
    assert!((1..40).contains(&proven), "{proven} of 40");
    nodes_met();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn resends_in_between_bring_no_further_tries() {
    let nodes = nodes(2).await;
    for _ in 0..5 {
        let (session, code) = begun(&nodes[0], true).await;
        let resends: Vec<_> = (0..40)
            .map(|n| {
                let api = nodes[n % 2].api.bearing(session.device().token());
                tokio::spawn(async move { api.post("/v1/client/mobile/otp/start", &json!({})).await.status })
            })
            .collect();
        let answers = enter(&nodes, &session, codes(200, Some((&code, 100)))).await;
        for resend in resends {
            assert!(matches!(resend.await.unwrap().as_u16(), 200 | 503));
        }
        is_sound(&nodes[0], &session, &answers, 3).await;
        let history = History::of(&nodes[0], &session.id).await;
        assert!(history.sent <= 5, "{history:?}");
    }
    nodes_met();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_starts_send_five_messages() {
    let nodes = nodes(2).await;
    let session = nodes[0].begin(LORANT, "mobile").await;
    let starts: Vec<_> = (0..1000)
        .map(|n| {
            let api = nodes[n % 2].api.bearing(session.device().token());
            tokio::spawn(async move { api.post("/v1/client/mobile/otp/start", &json!({})).await })
        })
        .collect();
    let mut sent = 0;
    for start in starts {
        let answer = start.await.unwrap();
        sent += usize::from(answer.status == 200 && answer.ok() == json!({ "next": "" }));
    }
    assert_eq!(History::of(&nodes[0], &session.id).await.sent, sent);
    assert_eq!(nodes[0].messages(LORANT.number).await.len(), sent);
    assert!(sent <= 5, "{sent} messages");
    nodes_met();
}
