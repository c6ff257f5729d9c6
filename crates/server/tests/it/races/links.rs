//! One link, pressed by everybody at once.

use super::{History, nodes};
use crate::client::{LORANT, World};

/// Presses all links at once, each by a browser of its own, over all nodes in turn; the winners' addresses.
async fn press(nodes: &[World], links: &[String], presses: usize) -> Vec<String> {
    let calls: Vec<_> = (0..presses)
        .map(|n| {
            let (sandbox, link) =
                (crate::client::Sandbox::clone(&nodes[n % nodes.len()]), links[n % links.len()].clone());
            tokio::spawn(async move { sandbox.press(&link, &format!("ringtrue_link={n:0>22}")).await })
        })
        .collect();
    let mut winners = Vec::new();
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status.as_u16() {
            303 => winners.push(answer.location().to_owned()),
            410 | 503 => {}
            other => panic!("{other}: {}", answer.text()),
        }
    }
    winners
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_thousand_browsers_and_one_winner() {
    for count in [1, 2] {
        let nodes = nodes(count).await;
        let session = nodes[0].begin(LORANT, "desktop").await;
        session.device().send_link().await;
        let link = nodes[0].link(LORANT).await;
        let winners = press(&nodes, &[link], 2000).await;
        assert_eq!(winners.len(), 1, "{winners:?}");
        let history = History::of(&nodes[0], &session.id).await;
        assert_eq!((history.proven, history.failed, history.enrolled), (1, 0, 1), "{history:?}");
        assert_eq!(nodes[0].results(&session.id).await, ["true", "success", "success"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_links_and_one_winner() {
    let nodes = nodes(2).await;
    let session = nodes[0].begin_patient(LORANT, "desktop").await;
    let mut links = Vec::new();
    for _ in 0..5 {
        session.device().send_link().await;
        links.push(nodes[0].link(LORANT).await);
        nodes[0].advance(1).await;
    }
    let winners = press(&nodes, &links, 500).await;
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(History::of(&nodes[0], &session.id).await.proven, 1);
}
