//! Opening: schema, keys, what cannot be reached.

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, put},
    ports::Store,
};
use ringtrue_store::{PostgresError, PostgresOptions, PostgresStore, StoreKeys};

use super::{open, server::Server, unit};

#[tokio::test]
async fn data_survives_close_and_open() {
    let url = Server::shared().database();
    let flow = Sample::default().flow(PRODUCTION);
    let store = open(&url).await.unwrap();
    store.commit(unit([put(0, &flow)])).await.unwrap();
    store.close().await;
    let store = open(&url).await.unwrap();
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_make_the_schema_at_once() {
    let url = Server::shared().database();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(Server::shared().sql(&url, "SELECT count(*) FROM data_keys"), "1");
}

#[tokio::test]
async fn wrong_keys_are_refused() {
    let url = Server::shared().database();
    open(&url).await.unwrap().close().await;
    for (master, lookup) in [(9, 2), (1, 9)] {
        let wrong = StoreKeys::new(&[master; 32], &[lookup; 32]);
        let error = PostgresStore::open(&url.parse().unwrap(), &wrong, PostgresOptions::default()).await;
        let error = error.unwrap_err();
        assert!(matches!(error, PostgresError::WrongKeys), "{error}");
        assert_eq!(error.to_string(), "the keys do not belong to this database");
    }
    open(&url).await.unwrap();
}

#[tokio::test]
async fn an_older_program_refuses() {
    let url = Server::shared().database();
    open(&url).await.unwrap().close().await;
    Server::shared().sql(&url, "INSERT INTO schema_steps VALUES (9999, 'future', '\\x00')");
    let error = open(&url).await.unwrap_err();
    assert!(matches!(error, PostgresError::Newer { found: 9999, .. }), "{error}");
    assert!(error.to_string().ends_with("use a newer program"), "{error}");
}

#[tokio::test]
async fn an_altered_step_is_refused() {
    let url = Server::shared().database();
    open(&url).await.unwrap().close().await;
    Server::shared().sql(&url, "UPDATE schema_steps SET checksum = '\\x00'");
    let error = open(&url).await.unwrap_err();
    assert!(matches!(error, PostgresError::Altered { step: 1 }), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_said_without_the_password() {
    let dir = Server::shared().url("nowhere").split_once("host=").unwrap().1.to_owned();
    for url in [
        format!("postgres://ringtrue:geheim@/nowhere?host={dir}"),
        "postgres://ringtrue:geheim@/x?host=/no/such/directory".to_owned(),
        "postgres://ringtrue:geheim@127.0.0.1:1/x".to_owned(),
        format!("postgres://ringtrue:geheim@/postgres?host={dir}&sslmode=require"),
    ] {
        let error = open(&url).await.unwrap_err();
        assert!(matches!(error, PostgresError::Connect(_)), "{error}");
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(!text.contains("geheim"), "{text}");
    }
}
