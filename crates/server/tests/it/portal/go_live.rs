//! What is missing before real people can be verified.

use ringtrue_domain::{KnownName, LineType, member::Role};
use ringtrue_engine::model::{LineStatus, Subscriber};

use super::{browser::Browser, sandbox_of};
use crate::client::World;

#[tokio::test]
async fn it_tells_what_is_missing_and_tries_the_source() {
    let world = World::start().await;
    let path = format!("{}/go-live", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert_eq!(owner.open(&path).await.status, 404);
    let path = path.replace("/sandbox/", "/production/");
    let page = owner.open(&path).await.text();
    for said in ["5 of 5 things are missing", "No gateway is configured", "travel in the open"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let number = ("number", "+14155552671");
    let page = owner.submit(&format!("{path}/message"), &[number]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("no gateway is configured"), "{}", page.text());
    let page = owner.submit(&format!("{path}/arrived"), &[("code", "123456"), ("proof", "x")]).await;
    assert!(page.text().contains("not the code in the text"));

    let ask = async |last| {
        let fields = [("sourceNumber", number.1), ("firstName", "Ann"), ("lastName", last)];
        owner.submit(&format!("{path}/source"), &fields).await.text()
    };
    assert!(ask("Lee").await.contains("knows no such number"));
    let ann = Subscriber {
        phone: number.1.parse().unwrap(),
        name: KnownName { full: Some("Ann Lee".to_owned()), ..KnownName::default() },
        carrier: None,
        line_type: Some(LineType::Mobile),
        country: None,
        status: LineStatus::Active,
    };
    world.engine().register(&[ann]).await.unwrap();
    assert!(ask("Lee").await.contains("the name is its owner’s"));
    assert!(ask("Smith").await.contains("belongs to somebody else"));
    let page = owner.open(&path).await.text();
    assert!(page.contains("4 of 5 things are missing") && page.contains("It knew a number on"), "{page}");

    assert!(page.contains("name the origins of yours"), "{page}");
    let origins = path.replace("go-live", "settings/origins");
    owner.submit(&origins, &[("origins", "https://shop.example")]).await;
    assert!(!owner.open(&path).await.text().contains("name the origins of yours"));

    world.production().await;
    assert!(owner.open(&path).await.text().contains("It has. Those of sandbox do not work here."));
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    assert!(!reader.open(&path).await.text().contains("<button>Ask"));
    assert_eq!(reader.submit(&format!("{path}/source"), &[]).await.status, 403);
}
