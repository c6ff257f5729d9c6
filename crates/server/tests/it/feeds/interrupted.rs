//! A node is killed while it takes a file in; two nodes are sent the same one.

use super::{Post, configure, credentials, events, swaps, watching};
use crate::{
    client::{Api, Process},
    shared_store::server::Server,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_goes_on_at_its_row() {
    const ROWS: usize = 20_000;
    let directory = tempfile::tempdir().unwrap();
    configure(directory.path(), "[limits]\nrequests_per_second = 0");
    let credentials = credentials(directory.path(), &[]);
    let mut server = Process::serve(directory.path(), &[]).await;
    let api = watching(&server, &credentials).await;
    let post = Post::csv(swaps(ROWS));
    let mut cursor = String::new();
    for _ in 0..2 {
        let sending = tokio::spawn({
            let (post, api) = (post.clone(), server.api.clone());
            async move { post.send_without(&api, "").await }
        });
        let one_more = format!("/v3/events?limit=1&waitSeconds=30&after={cursor}");
        let page = server.api.bearing(api.token()).get(&one_more).await.ok();
        assert_eq!(page["events"].as_array().unwrap().len(), 1);
        server.kill();
        assert!(sending.await.unwrap().is_none(), "the file was taken in before the node was killed");
        server = Process::serve(directory.path(), &[]).await;
        cursor = end_of(&server, &api).await;
    }
    let answer = post.send(&server).await.ok();
    assert_eq!(
        (&answer["rows"], &answer["events"], &answer["alreadyTaken"]),
        (&ROWS.into(), &ROWS.into(), &false.into())
    );
    assert_eq!(events_of(&server, &api).await.len(), ROWS);
    assert_eq!(post.send(&server).await.ok()["alreadyTaken"], true);
}

/// The cursor behind all events so far.
async fn end_of(server: &Process, api: &Api) -> String {
    let (api, mut cursor) = (server.api.bearing(api.token()), String::new());
    loop {
        let page = api.get(&format!("/v3/events?after={cursor}")).await.ok();
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        if page["more"] != true {
            return cursor;
        }
    }
}

async fn events_of(server: &Process, api: &Api) -> Vec<String> {
    events(&server.api.bearing(api.token())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_are_sent_the_same_file_take_it_in_once() {
    const ROWS: usize = 3_000;
    let url = Server::shared().database();
    let directory = tempfile::tempdir().unwrap();
    configure(directory.path(), "[limits]\nrequests_per_second = 0");
    let credentials = credentials(directory.path(), &["--store", &url]);
    let environment = [("RINGTRUE__STORE", url.as_str())];
    let (one, other) = tokio::join!(
        Process::serve(directory.path(), &environment),
        Process::serve(directory.path(), &environment)
    );
    let api = watching(&one, &credentials).await;
    let post = Post::csv(swaps(ROWS));
    let (first, second) = tokio::join!(post.send(&one), post.send(&other));
    for answer in [first.ok(), second.ok()] {
        assert_eq!((&answer["rows"], &answer["events"]), (&ROWS.into(), &ROWS.into()));
    }
    assert_eq!(events(&api).await.len(), ROWS);
}
