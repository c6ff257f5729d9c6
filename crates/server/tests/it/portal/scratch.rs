use super::{browser::Browser, sandbox_of};
use crate::client::{LORANT, World};
use serde_json::json;

#[tokio::test]
async fn dump() {
    let world = World::start().await;
    let sandbox = sandbox_of(&world).await;
    let owner = Browser::signed_in(&world, true);
    let dir = std::path::Path::new("/tmp/portal-shots");
    std::fs::create_dir_all(dir).unwrap();
    let save = |name: &str, text: String| {
        let text = text
            .replace("href=\"/static/", "href=\"file:///work/wt-portal/portal/static/")
            .replace("src=\"/static/", "src=\"file:///work/wt-portal/portal/static/");
        std::fs::write(dir.join(format!("{name}.html")), text).unwrap();
    };
    save("empty-webhook", owner.open(&format!("{sandbox}/webhook")).await.text());
    save("empty-identities", owner.open(&format!("{sandbox}/identities")).await.text());
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let mut id = String::new();
    for (n, who) in [LORANT, crate::client::LANEY, crate::client::SHEILA].iter().enumerate() {
        let body =
            json!({ "phoneNumber": who.number, "clientCustomerId": format!("customer-{n}@shop.example") });
        id = world.api.post("/v3/identity", &body).await.ok()["identityId"].as_str().unwrap().to_owned();
        for kind in ["PORT", "SIM_SWAP"] {
            owner
                .submit(
                    &format!("{sandbox}/outbox/changes"),
                    &[("identity", &id), ("eventType", kind), ("newCarrier", "Other Mobile")],
                )
                .await;
        }
    }
    owner.submit(&format!("{sandbox}/credentials"), &[]).await;
    let good = super::webhook::endpoint(http::StatusCode::OK).await;
    let bad = super::webhook::endpoint(http::StatusCode::UNAUTHORIZED).await;
    owner.submit(&format!("{sandbox}/webhook"), &[("url", &good)]).await;
    save("delivery", owner.submit(&format!("{sandbox}/webhook"), &[("url", &bad)]).await.text());
    for section in
        ["settings", "integrate", "credentials", "webhook", "deliveries", "identities", "events", "outbox"]
    {
        save(section, owner.open(&format!("{sandbox}/{section}")).await.text());
    }
    save("identity", owner.open(&format!("{sandbox}/identities/{id}")).await.text());
    save("projects", owner.open("/portal/projects").await.text());
    save("looks", owner.open("/portal/looks").await.text());
    save("trouble", owner.open("/portal/nothing").await.text());
    save(
        "settings-wrong",
        owner
            .submit(
                &format!("{sandbox}/settings"),
                &[("name", ""), ("boundHost", ""), ("numberChange", "yes"), ("resendPauseSeconds", "")],
            )
            .await
            .text(),
    );
}
