//! §1 and §2: tokens that are no longer, or never were, good.

use http::Method;
use ringtrue_domain::{CredentialId, flow::Environment, secret::Digest, time::after};
use ringtrue_engine::{
    By,
    model::AccessToken,
    ports::{Change, Unit},
};
use serde_json::{Value, json};

use crate::client::{LORANT, Process, World, form, ringtrue};

#[tokio::test]
async fn without_a_good_token_everything_is_8002() {
    let world = World::start().await;
    let auth_token = world.begin(LORANT, "mobile").await.device().token().to_owned();
    let good = world.api.token().to_owned();
    let (id, secret) = world.credentials();
    let cut = &good[..good.len() - 1];
    let basic = "Basic Zm9vOmJhcg==";
    let long = format!("Bearer {}", "x".repeat(5000));
    let mut wrong =
        vec![None, Some("Bearer".to_owned()), Some("Bearer ".to_owned()), Some(basic.to_owned()), Some(long)];
    wrong.extend([&good, &format!("Token {good}")].map(|bare| Some(bare.clone())));
    let tokens = [cut, &auth_token, id, secret, "nonsense", &good.to_uppercase()];
    wrong.extend(tokens.map(|token| Some(format!("Bearer {token}"))));
    let calls = documented_calls();
    assert!(calls.len() >= 6, "{calls:?}");
    for (method, path) in calls {
        for authorization in &wrong {
            let mut call = world.api.anonymous().call(method.clone(), &path).raw_json("{}");
            if let Some(text) = authorization {
                call = call.header("authorization", text);
            }
            let answer = call.send().await;
            answer.refused(401, 8002);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    // The scheme's case does not matter (RFC 9110 §11.1).
    let call = world.api.anonymous().call(Method::GET, "/v3/sandbox/clock");
    call.header("authorization", &format!("bEARER {good}")).send().await.ok();
}

/// Every call of the server API but that for a token: who answers one of them without asking who calls is found out.
fn documented_calls() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_str(&ringtrue::testing::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/v3/"));
    let calls =
        paths.flat_map(|(path, calls)| calls.as_object().unwrap().keys().map(move |method| (method, path)));
    calls
        .map(|(method, path)| (method.to_uppercase().parse().unwrap(), path.replace(['{', '}'], "")))
        .collect()
}

#[tokio::test]
async fn an_expired_token_is_no_token() {
    let world = World::start().await;
    let (id, _) = world.credentials();
    let credential: CredentialId = id.parse().unwrap();
    let now = world.engine().wall();
    for (token, expires_at, good) in [("over", now, false), ("not-over", after(now, 60), true)] {
        let digest = Digest::of(token.as_bytes());
        let record = AccessToken { digest, credential, expires_at };
        world.engine().store().commit(Unit::new().with(Change::PutToken(record))).await.unwrap();
        let answer = world.api.bearing(token).get("/v3/sandbox/clock").await;
        if good {
            answer.ok();
        } else {
            answer.refused(401, 8002);
        }
    }
    // The sandbox clock ages flows, not the tokens of back ends.
    world.advance(7200).await;
    world.api.get("/v3/sandbox/clock").await.ok();
}

#[tokio::test]
async fn a_revoked_credential_stops_at_once() {
    let world = World::start().await;
    let project = world.engine().caller(world.api.token()).await.unwrap().project.id;
    let fresh =
        world.engine().create_credential(By::Operator, project, Environment::Sandbox, None).await.unwrap();
    let (id, secret) = (fresh.id.to_string(), fresh.secret.expose());
    let theirs = world.api.signed_in(&id, secret).await;
    theirs.get("/v3/sandbox/clock").await.ok();
    world.engine().revoke_credential(By::Operator, fresh.id).await.unwrap();
    theirs.get("/v3/sandbox/clock").await.refused(401, 8002);
    let again = form(&[("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", secret)]);
    world.api.anonymous().call(Method::POST, "/token").form(again).send().await.refused(401, 8002);
    // The project's other credential goes on.
    world.api.get("/v3/sandbox/clock").await.ok();
}

#[tokio::test]
async fn a_credential_is_revoked_from_the_command_line_while_the_server_runs() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::demo_on(directory.path()).await;
    let project = server.facts["projectId"].as_str().unwrap();
    let create = ["credentials", "create", "--project", project, "--environment", "sandbox"];
    let fresh = ringtrue(directory.path(), &create);
    let id = fresh["clientId"].as_str().unwrap();
    let theirs = server.api.signed_in(id, fresh["clientSecret"].as_str().unwrap()).await;
    theirs.post("/v3/verify", &LORANT.verify("none")).await.ok();
    let revoked = ringtrue(directory.path(), &["credentials", "revoke", id]);
    assert_eq!(revoked, json!({ "clientId": id, "revoked": true }));
    theirs.post("/v3/verify", &LORANT.verify("none")).await.refused(401, 8002);
    server.sandbox().await.api.post("/v3/verify", &LORANT.verify("none")).await.ok();
}
