//! Setting up a webhook, and what was sent to it.

use axum::{Router, routing::post};
use http::StatusCode;
use ringtrue_domain::member::Role;

use super::{
    browser::{Browser, between},
    sandbox_of,
};
use crate::client::World;

/// An endpoint that answers everything with one status; its address.
async fn endpoint(status: StatusCode) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move || async move { (status, "what it says <b>") };
    let router = Router::new().route("/hook", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/hook")
}

#[tokio::test]
async fn save_and_test_tells_what_came_back() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let path = format!("{sandbox}/webhook");
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert!(owner.open(&path).await.text().contains("No webhook in this environment"));
    let wrong = owner.submit(&path, &[("url", "ftp://x")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Url must be an absolute https URL") && wrong.text().contains("ftp://x"));
    let good = owner.submit(&path, &[("url", &endpoint(StatusCode::OK).await)]).await.text();
    assert!(good.contains("The test event was taken: answered 200"), "{good}");
    // The page of a failed test is the delivery's, with the answer and what to do.
    let bad = owner.submit(&path, &[("url", &endpoint(StatusCode::UNAUTHORIZED).await)]).await.text();
    assert!(bad.contains("answered 401") && bad.contains("check that it verifies"), "{bad}");
    assert!(bad.contains("what it says &#60;b&#62;"), "{bad}");
    let list = owner.open(&format!("{sandbox}/deliveries")).await.text();
    assert_eq!(list.matches("Test</td>").count(), 2, "{list}");
    let failed = owner.open(&format!("{sandbox}/deliveries?state=failed")).await.text();
    assert_eq!(failed.matches("Test</td>").count(), 1, "{failed}");
    assert!(
        owner.open(&format!("{sandbox}/deliveries?state=open")).await.text().contains("None in this state")
    );
    // Whoever may only look sees neither the path nor what the endpoint says.
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let id = between(&failed, "/deliveries/", "\"").to_owned();
    assert!(!reader.open(&format!("{sandbox}/deliveries/{id}")).await.text().contains("what it says"));
    assert!(!reader.open(&path).await.text().contains("/hook\""));
}

#[tokio::test]
async fn a_secret_is_rotated_with_overlap_and_a_pause_says_why() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let path = format!("{sandbox}/webhook");
    let (change, secrets) = (format!("{path}/change"), format!("{path}/secrets"));
    let owner = Browser::signed_in(&world, Role::Owner).await;
    owner.submit(&path, &[("url", &endpoint(StatusCode::OK).await)]).await;
    assert!(!owner.open(&path).await.text().contains("whsec_"));
    let shown = async || owner.submit(&secrets, &[]).await.text().matches("<code>whsec_").count();
    assert_eq!(shown().await, 1);
    let page = owner.submit(&change, &[("deed", "rotate"), ("overlap_hours", "24")]).await.text();
    assert!(
        page.contains("Both sign until the overlap ends") && page.contains("Finish the rotation"),
        "{page}"
    );
    assert_eq!(shown().await, 2);
    let page = owner.submit(&change, &[("deed", "rotate"), ("overlap_hours", "24")]).await.text();
    assert!(page.contains("being rotated"), "{page}");
    assert!(owner.submit(&change, &[("deed", "finish")]).await.text().contains("only the new secret signs"));
    assert_eq!(shown().await, 1);
    let page = owner.submit(&change, &[("deed", "pause")]).await.text();
    assert!(
        page.contains("<strong>Paused</strong>") && page.contains("somebody of your team wanted it"),
        "{page}"
    );
    assert!(!owner.submit(&change, &[("deed", "resume")]).await.text().contains("<strong>Paused</strong>"));
    let page = owner.submit(&change, &[("deed", "remove")]).await.text();
    assert!(
        page.contains("The webhook was removed") && page.contains("No webhook in this environment"),
        "{page}"
    );
    let page = owner.submit(&change, &[("deed", "pause")]).await.text();
    assert!(page.contains("Webhook is not set for this project and environment."), "{page}");
}

#[tokio::test]
async fn a_delivery_is_sent_again_from_its_page() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    owner.submit(&format!("{sandbox}/webhook"), &[("url", &endpoint(StatusCode::OK).await)]).await;
    let replay = format!("{sandbox}/deliveries/replay");
    let page = owner.submit(&replay, &[]).await.text();
    assert!(page.contains("Nothing had to be opened again"), "{page}");
    let list = owner.open(&format!("{sandbox}/deliveries")).await.text();
    let id = between(&list, "/deliveries/", "\"").to_owned();
    let page = owner.submit(&replay, &[("id", &id)]).await.text();
    assert!(page.contains("1 delivery will be sent again"), "{page}");
    let csv = owner.open(&format!("{sandbox}/deliveries/{id}/attempts.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.text().starts_with("Attempt,Duration (ms)\n1,"), "{}", csv.text());
    assert_eq!(owner.submit(&replay, &[("id", "0")]).await.status, 404);
}
