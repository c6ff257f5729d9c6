//! The live console: what it shows of which calls, to whom, and for how long.

use base64::Engine as _;
use http::{Method, StatusCode};
use jiff::Timestamp;
use ringtrue_domain::{flow::Environment, member::Role, secret::Digest};
use ringtrue_engine::{
    By,
    model::AccessToken,
    ports::{Change, MAX_CONSOLES, Unit},
};
use serde_json::{Value, json};

use super::{browser::Browser, sandbox_of};
use crate::client::{
    Answer, Follower, LANEY, LORANT, Process, ROZELLA, Sandbox, Socket, World, form, ringtrue,
};

async fn calls_of(world: &World) -> String {
    format!("{}/integrate/console/calls", sandbox_of(world).await)
}

/// The console of the sandbox project, open in the browser of somebody who may only look.
async fn open(world: &World) -> Follower {
    let cookie = world.sign_in(Role::ReadOnly).await;
    world.follow(&calls_of(world).await, &cookie).await.unwrap()
}

/// Method, path and status of the call that is shown next, and all of it.
async fn next(console: &mut Follower) -> (String, Value) {
    let call = console.call().await;
    let words = ["method", "path"].map(|name| call[name].as_str().unwrap());
    (format!("{} {}", words.join(" "), call["status"]), call)
}

#[tokio::test]
async fn a_good_call_is_shown_with_the_verification_that_it_is_about() {
    let world = World::start().await;
    let mut console = open(&world).await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    world.results(&session.id).await;
    for path in ["/v3/verify", "/v1/client/mobile/otp/start", "/v3/verify-status"] {
        let (what, call) = next(&mut console).await;
        assert_eq!(what, format!("POST {path} 200"));
        assert_eq!((&call["correlationId"], &call["failed"]), (&json!(session.id), &json!(false)), "{call}");
        for nothing in ["code", "message", "mend"] {
            assert!(call[nothing].is_null(), "{call}");
        }
        assert!(call["took"].as_str().unwrap().ends_with(" ms"), "{call}");
        call["at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    }
}

/// What a call is shown as: method, path and status; code; the begin of the message; a part of the advice.
type Told = (&'static str, u16, &'static str, &'static str);

/// The call that is shown next is this one.
async fn tells(console: &mut Follower, answer: Answer, (what, code, message, advice): Told) {
    let (shown, call) = next(console).await;
    assert_eq!(shown, what, "{call}");
    assert_eq!((&call["code"], &call["failed"]), (&json!(code), &json!(true)), "{call}");
    let (said, mend) = (call["message"].as_str().unwrap(), call["mend"].as_str().unwrap());
    assert!(said.starts_with(message) && mend.contains(advice), "{call}");
    // The caller was told the same, in the same words.
    assert!(answer.text().contains(said), "{call}");
}

#[tokio::test]
async fn what_was_wrong_with_a_body_is_told_with_how_to_mend_it() {
    let world = World::start().await;
    let console = &mut open(&world).await;
    let verify =
        async |body: &str| world.api.call(Method::POST, "/v3/verify").raw_json(body.to_owned()).send().await;
    let answer = verify("{").await;
    let told = ("POST /v3/verify 400", 8001, "body: is not valid JSON", "quotes, commas");
    tells(console, answer, told).await;
    let answer = verify("[]").await;
    tells(console, answer, ("POST /v3/verify 400", 8001, "body: must be a JSON", "one JSON object")).await;
    let answer = verify(r#"{"possessionType": "mobile"}"#).await;
    tells(console, answer, ("POST /v3/verify 400", 8001, "phoneNumber: is required", "E.164")).await;
    let answer = verify(r#"{"firstName": 7}"#).await;
    let told =
        ("POST /v3/verify 400", 8001, "firstName: must be a string", "the field that the message names");
    tells(console, answer, told).await;
    let stranger = LORANT.verify_with("mobile", "phoneNumber", json!("+12025550123"));
    let answer = world.api.post("/v3/verify", &stranger).await;
    let told = ("POST /v3/verify 400", 8007, "phoneNumber: no sandbox persona", "personas only");
    tells(console, answer, told).await;
    let answer = verify(&"x".repeat(5000)).await;
    tells(console, answer, ("POST /v3/verify 413", 8001, "body: must be at most", "Send less")).await;
    let answer = world.api.post("/v3/verify-status", &json!({ "correlationId": "nonsense" })).await;
    let told =
        ("POST /v3/verify-status 400", 8008, "correlationId: unknown", "as POST /v3/verify answered it");
    tells(console, answer, told).await;
}

#[tokio::test]
async fn what_limits_refuse_is_told_with_the_way_out() {
    let world = World::start().await;
    world.limit(Some(1), None, &["DE"]).await;
    let session = world.begin(LORANT, "mobile").await;
    world.begin(LANEY, "mobile").await;
    let console = &mut open(&world).await;
    let answer = world.api.post("/v3/verify", &LORANT.verify("none")).await;
    let told = ("POST /v3/verify 429", 8429, "phoneNumber: at most 1", "as often as Settings allow");
    tells(console, answer, told).await;
    let answer = world.api.post("/v3/verify", &ROZELLA.verify("none")).await;
    let told =
        ("POST /v3/verify 400", 8001, "phoneNumber: must be of a country", "among them under Settings");
    tells(console, answer, told).await;
    for (number, message, advice) in [
        (LANEY.number, "this number was verified too often", "as often as Settings allow"),
        (ROZELLA.number, "numbers of this country", "Settings say which"),
    ] {
        let answer = session.device().call("mobile/otp/start", &json!({ "mobileNumber": number })).await;
        tells(console, answer, ("POST /v1/client/mobile/otp/start 200", 9203, message, advice)).await;
    }
    // All of them are counted.
    world.engine().write_refusals().await.unwrap();
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let file = reader.open(&format!("{}/overview/limits.csv?range=30d", sandbox_of(&world).await)).await;
    assert!(file.text().contains(",0,2,2\n"), "{}", file.text());
}

#[tokio::test]
async fn wrong_tokens_and_paths_are_told_to_those_whose_they_are() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let console = &mut open(&world).await;
    let answer = world.api.get("/v3/verify").await;
    tells(console, answer, ("GET /v3/verify 405", 8405, "the path has no", "its method")).await;
    let answer = world.api.get("/v3/verfy").await;
    tells(console, answer, ("GET /v3/… 404", 8404, "no such path", "OpenAPI document")).await;
    let old = AccessToken {
        digest: Digest::of(b"an-old-token"),
        credential: world.credentials().0.parse().unwrap(),
        expires_at: Timestamp::UNIX_EPOCH,
    };
    world.engine().store().commit(Unit::new().with(Change::PutToken(old))).await.unwrap();
    for token in ["an-old-token", session.device().token()] {
        let answer = world.api.bearing(token).get("/v3/sandbox/clock").await;
        let told = ("GET /v3/sandbox/clock 401", 8002, "the token is", "another access token");
        tells(console, answer, told).await;
    }
    let answer = world.api.post("/v1/client/status", &json!({})).await;
    let told = ("POST /v1/client/status 401", 8002, "the authToken is", "An access token does not do");
    tells(console, answer, told).await;
    let answer = session.device().call("mobile/otp/finish", &json!({ "otp": "no code" })).await;
    let told = ("POST /v1/client/mobile/otp/finish 200", 10003, "this step does not", "out of its order");
    tells(console, answer, told).await;
}

#[tokio::test]
async fn a_page_that_may_not_call_is_told_of_with_how_to_let_it() {
    let world = World::start().await;
    let project = world.engine().caller(world.api.token()).await.unwrap().project.id;
    world.engine().set_origins(By::Operator, project, &["https://shop.example".to_owned()]).await.unwrap();
    let session = world.begin(LORANT, "desktop").await;
    let console = &mut open(&world).await;
    let path = "/v1/client/mobile/instantlink/start";
    let call = world.api.bearing(session.device().token()).call(Method::POST, path).json(&json!({}));
    let answer = call.header("origin", "https://evil.example").send().await;
    let rule = "Origin: must be one of those that the project allows";
    tells(console, answer, ("POST /v1/client/mobile/instantlink/start 403", 8003, rule, "under Settings"))
        .await;
    let path = format!("/v1/client/status?token={}", session.device().token());
    let call = world.api.anonymous().call(Method::GET, &path).header("origin", "https://evil.example");
    let answer = call.send().await;
    tells(console, answer, ("GET /v1/client/status 403", 8003, rule, "under Settings")).await;
}

#[tokio::test]
async fn sign_ins_are_told_by_their_client_id() {
    let world = World::start().await;
    let console = &mut open(&world).await;
    let (id, secret) = world.credentials();
    let token =
        async |body: String| world.api.anonymous().call(Method::POST, "/token").form(body).send().await;
    let good = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    token(form(&good)).await.ok();
    assert_eq!(next(console).await.0, "POST /token 200");
    let answer = token(form(&[good[0], good[1], ("client_secret", "wrong")])).await;
    let told = ("POST /token 401", 8002, "client_id and client_secret do not", "the secret is not its own");
    tells(console, answer, told).await;
    let answer = token(form(&[("grant_type", "password"), good[1], good[2]])).await;
    let advice = "grant_type=client_credentials";
    tells(console, answer, ("POST /token 400", 8001, "grant_type: must be", advice)).await;
    // Says that it is a form, and is JSON.
    let answer = token(json!({ "grant_type": "client_credentials", "client_id": id }).to_string()).await;
    let advice = "Content-Type: application/json";
    tells(console, answer, ("POST /token 400", 8001, "grant_type: is required", advice)).await;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{id}:wrong"));
    let call = world.api.anonymous().call(Method::POST, "/token");
    let call = call.form(form(&good[..1])).header("authorization", &format!("Basic {basic}"));
    tells(console, call.send().await, ("POST /token 401", 8002, "client_id and", "not its own")).await;
}

#[tokio::test]
async fn wrong_codes_are_told_though_their_answer_is_a_success() {
    let world = World::start().await;
    let session = world.begin_patient(LORANT, "mobile").await;
    session.device().send_code().await;
    let mut console = open(&world).await;
    session.device().enter("000000").await;
    let (what, call) = next(&mut console).await;
    assert_eq!(what, "POST /v1/client/mobile/otp/finish 200");
    assert_eq!((&call["code"], &call["correlationId"]), (&json!(9201), &json!(session.id)), "{call}");
    assert!(call["mend"].as_str().unwrap().contains("outbox"), "{call}");
}

#[tokio::test]
async fn calls_of_others_and_of_nobody_are_not_shown() {
    let world = World::start().await;
    let (other, production) = (world.other_project(Environment::Sandbox).await, world.production().await);
    let mut console = open(&world).await;
    other.get("/v3/sandbox/clock").await.ok();
    other.post("/v3/verify", &LORANT.verify("mobile")).await.ok();
    let real =
        json!({ "possessionType": "mobile", "phoneNumber": "nonsense", "firstName": "A", "lastName": "B" });
    production.post("/v3/verify", &real).await.refused(400, 8001);
    production.get("/v3/verify").await.refused(405, 8405);
    let nobody = world.api.anonymous();
    nobody.get("/v3/sandbox/clock").await.refused(401, 8002);
    nobody.bearing("nonsense").get("/v3/sandbox/clock").await.refused(401, 8002);
    let unknown = form(&[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y")]);
    nobody.call(Method::POST, "/token").form(unknown).send().await.refused(401, 8002);
    nobody.get("/openapi.json").await.ok();
    world.api.get("/v3/sandbox/clock").await.ok();
    assert_eq!(next(&mut console).await.0, "GET /v3/sandbox/clock 200");
}

/// Whatever callers send: none of it comes back on a console but ids of verifications.
#[tokio::test]
async fn nothing_that_was_sent_is_shown() {
    const MARK: &str = "Zq7Marker";
    let world = World::start().await;
    let (id, secret) = world.credentials();
    let cookie = world.sign_in(Role::Owner).await;
    let mut console = world.follow(&calls_of(&world).await, &cookie).await.unwrap();
    let mut secrets = vec![MARK.to_owned(), secret.to_owned(), world.api.token().to_owned()];
    secrets.extend([LORANT.number[1..].to_owned(), LORANT.first.to_owned(), LORANT.last.to_owned()]);
    let mut calls = 0;
    for (field, value) in LORANT
        .verify_with("desktop", "smsMessage", json!("####"))
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .chain(
            ["emailAddress", "clientCustomerId", "clientRequestId", "allowOTPRetry", "x"]
                .map(|name| (name.to_owned(), json!(""))),
        )
    {
        let text = value.as_str().unwrap_or_default();
        for odd in
            [json!(format!("{MARK}{text}\u{7}")), json!(text.repeat(200)), json!({ MARK: [MARK] }), json!(7)]
        {
            world.api.post("/v3/verify", &LORANT.verify_with("desktop", &field, odd)).await;
            calls += 1;
        }
    }
    for raw in [format!("{{\"{MARK}\": {MARK}"), format!("{{\"firstName\":1,\"{MARK}\":1,\"{MARK}\":2}}")] {
        world.api.call(Method::POST, "/v3/verify").raw_json(raw).send().await;
        calls += 1;
    }
    for path in
        ["/v3/Zq7Marker/+12001004014?to=Zq7Marker", "/v3/sandbox/messages?to=Zq7Marker&limit=Zq7Marker"]
    {
        world.api.get(path).await;
        calls += 1;
    }
    let odd = world.api.call(Method::POST, "/v3/verify-status").header("idempotency-key", MARK);
    odd.header("x-request-id", MARK).json(&json!({ "correlationId": MARK })).send().await;
    let fields = [("grant_type", MARK), ("client_id", id), ("client_secret", secret)];
    world.api.call(Method::POST, "/token").form(form(&fields)).send().await;
    let by_code = world.begin(LORANT, "mobile").await;
    secrets.push(by_code.device().token().to_owned());
    by_code.device().send_code().await;
    let code = world.code(LORANT).await;
    by_code.device().call(&format!("{MARK}/{MARK}/error"), &json!({ "message": MARK })).await;
    by_code.device().enter(MARK).await;
    by_code.device().enter(&code).await;
    secrets.push(code);
    let by_link = world.begin(LORANT, "desktop").await;
    by_link.device().send_link().await;
    let link = world.link(LORANT).await;
    world.press(&link, "").await;
    secrets.push(link[3..].to_owned());
    secrets.push(by_link.device().token().to_owned());
    world.api.post("/v3/sandbox/handset", &json!({})).await;
    calls += 2 + 6 + 3 + 1;
    for number in 0..calls {
        let mut call = console.call().await;
        // Six digits of a moment or an id may be those of a code by chance.
        for chance in ["at", "time", "correlationId"] {
            call.as_object_mut().unwrap().remove(chance);
        }
        let data = call.to_string();
        for secret in &secrets {
            assert!(!data.contains(secret.as_str()), "{secret} is in call {number} of {calls}: {data}");
        }
    }
    world.api.get("/v3/sandbox/clock").await;
    assert_eq!(next(&mut console).await.0, "GET /v3/sandbox/clock 200", "all were counted");
}

#[tokio::test]
async fn everybody_of_the_team_may_look_and_nobody_else() {
    let world = World::start().await;
    let path = calls_of(&world).await;
    for role in Role::ALL {
        assert!(world.follow(&path, &world.sign_in(role).await).await.is_ok(), "{role:?}");
    }
    assert_eq!(world.follow(&path, "").await.err(), Some(StatusCode::SEE_OTHER));
    let page = Browser::signed_in(&world, Role::ReadOnly).await;
    let text = page.open(&format!("{}/integrate/console", sandbox_of(&world).await)).await.text();
    let (id, secret) = world.credentials();
    assert!(
        text.contains("needs JavaScript") && text.contains("Waiting for the first call") && text.contains(id)
    );
    assert!(!text.contains(secret));
    let integrate = page.open(&format!("{}/integrate", sandbox_of(&world).await)).await.text();
    assert!(integrate.contains("/sandbox/integrate/console\">live console</a>"), "{integrate}");
    let production = sandbox_of(&world).await.replace("/sandbox", "/production/integrate");
    assert!(!page.open(&production).await.text().contains("live console"));
}

#[tokio::test]
async fn a_node_has_so_many_consoles_and_a_closed_one_makes_room() {
    let world = World::start().await;
    let (path, cookie) = (calls_of(&world).await, world.sign_in(Role::Owner).await);
    let mut open = Vec::new();
    for _ in 0..MAX_CONSOLES {
        open.push(world.follow(&path, &cookie).await.unwrap());
    }
    assert_eq!(world.follow(&path, &cookie).await.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    open.pop();
    open.push(world.follow(&path, &cookie).await.unwrap());
    world.api.get("/v3/sandbox/clock").await.ok();
    for console in &mut open {
        assert_eq!(next(console).await.0, "GET /v3/sandbox/clock 200");
    }
}

#[tokio::test]
async fn a_session_that_ends_closes_its_console() {
    let world = World::start().await;
    let browser = Browser::signed_in(&world, Role::Developer).await;
    let path = calls_of(&world).await;
    let mut console = world.follow(&path, &browser.cookie_line()).await.unwrap();
    let mut other = open(&world).await;
    browser.submit("/portal/sign-out", &[]).await;
    let (name, text) = console.event().await.unwrap();
    assert_eq!((name.as_str(), text.as_str()), ("over", "Your session is over: sign in again."));
    assert_eq!(console.event().await, None);
    // Somebody else's goes on.
    world.api.get("/v3/sandbox/clock").await.ok();
    assert_eq!(next(&mut other).await.0, "GET /v3/sandbox/clock 200");
}

/// A node with a sandbox project, somebody's cookie, and the path of the project's calls.
async fn serve(
    directory: &std::path::Path,
    environment: &[(&str, &str)],
) -> (Process, Sandbox, String, String) {
    let project = ringtrue(directory, &["project", "create", "Shop"]);
    let id = project["projectId"].as_str().unwrap();
    let fresh = ringtrue(directory, &["credentials", "create", "--project", id, "--environment", "sandbox"]);
    let server = Process::serve(directory, environment).await;
    let (client, secret) = (fresh["clientId"].as_str().unwrap(), fresh["clientSecret"].as_str().unwrap());
    let api = server.api.signed_in(client, secret).await;
    let link = ringtrue(directory, &["sign-in-link"]);
    let cookie = server.sign_in(link["link"].as_str().unwrap()).await;
    (server, Sandbox { api }, cookie, format!("/portal/p/{id}/sandbox/integrate/console/calls"))
}

#[tokio::test]
async fn over_real_sockets_calls_are_shown_and_a_console_holds_up_no_end() {
    let directory = tempfile::tempdir().unwrap();
    let (server, sandbox, cookie, path) = serve(directory.path(), &[]).await;
    let mut console = Follower::over_tcp(server.address, &path, &cookie).await.unwrap();
    let session = sandbox.begin(LORANT, "desktop").await;
    let mut socket = Socket::open(&server, session.device().token()).await;
    socket.ping().await;
    assert_eq!(next(&mut console).await.0, "POST /v3/verify 200");
    let (what, call) = next(&mut console).await;
    assert_eq!((what.as_str(), &call["correlationId"]), ("GET /v1/client/status 101", &json!(session.id)));
    drop(socket);
    server.terminate();
    assert_eq!(console.event().await, None);
    let (status, log) = server.ended().await;
    assert!(status.success() && !log.contains("still open"), "{log}");
}

#[tokio::test]
async fn during_the_notice_a_console_is_sent_away_once() {
    let directory = tempfile::tempdir().unwrap();
    let notice = [("RINGTRUE__DRAIN__NOTICE_SECONDS", "600")];
    let (server, sandbox, cookie, path) = serve(directory.path(), &notice).await;
    let mut console = Follower::over_tcp(server.address, &path, &cookie).await.unwrap();
    server.terminate();
    assert_eq!(console.event().await, None);
    // A load balancer that has not noticed sends it here again: it stays.
    let mut again = Follower::over_tcp(server.address, &path, &cookie).await.unwrap();
    sandbox.api.get("/v3/sandbox/clock").await.ok();
    assert_eq!(next(&mut again).await.0, "GET /v3/sandbox/clock 200");
    server.terminate();
    assert_eq!(again.event().await, None);
    assert!(server.ended().await.0.success());
}
