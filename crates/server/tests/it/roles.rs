//! Nodes that do only a part.

use serde_json::json;

use crate::client::{Process, free_address, probe, refusal};

const ORIGIN: (&str, &str) = ("RINGTRUE__SERVER__PUBLIC_ORIGIN", "https://verify.example.com");

/// One path of each role, and what the node answers that has the role.
const PATHS: [(&str, &str, &str, u16); 7] = [
    ("api", "POST", "/v3/verify", 401),
    ("api", "POST", "/token", 400),
    ("device", "POST", "/v1/client/mobile/otp/start", 401),
    ("device", "GET", "/l/unknown", 410),
    ("device", "GET", "/sdk/ringtrue.js", 200),
    ("portal", "GET", "/", 200),
    ("portal", "GET", "/v1/handset/messages", 401),
];

#[tokio::test]
async fn a_node_answers_what_its_roles_are_for() {
    for roles in ["api", "device", "portal", "api,worker"] {
        let directory = tempfile::tempdir().unwrap();
        let server = Process::serve(directory.path(), &[ORIGIN, ("RINGTRUE__SERVER__ROLES", roles)]).await;
        for (role, method, path, status) in PATHS {
            let answer = server.api.call(method.parse().unwrap(), path).json(&json!({})).send().await;
            if roles.split(',').any(|own| own == role) {
                assert_eq!(answer.status, status, "{path} on {roles}");
            } else {
                let text = format!("this node does not serve it: {role} is not among its roles");
                assert_eq!(answer.refused(404, 8404), text, "{path} on {roles}");
            }
        }
        // A wrong method of another node's path is not here either, and an unknown path is nobody's.
        if roles == "portal" {
            server.api.get("/v3/verify").await.refused(404, 8404);
        }
        assert_eq!(server.api.get("/nothing").await.refused(404, 8404), "no such path");
        for probe in ["/livez", "/readyz"] {
            assert_eq!(server.api.get(probe).await.status, 200, "{probe} on {roles}");
        }
    }
}

#[tokio::test]
async fn a_worker_alone_has_its_operations_listener_only() {
    let directory = tempfile::tempdir().unwrap();
    let operations = free_address();
    let listen = operations.to_string();
    let environment =
        [ORIGIN, ("RINGTRUE__SERVER__ROLES", "worker"), ("RINGTRUE__OPERATIONS__LISTEN", &listen)];
    let server = Process::serve_nobody(directory.path(), &environment).await;
    assert_eq!(probe(server.address, "/livez").await, None);
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(probe(operations, path).await, Some(200), "{path}");
    }
    server.terminate();
    assert!(server.ended().await.0.success());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |args: &[&str], environment: &[(&str, &str)]| {
        refusal(tempfile::tempdir().unwrap().path(), args, environment)
    };
    let roles = |names| [ORIGIN, ("RINGTRUE__SERVER__ROLES", names)];
    for (text, error) in [
        (refused(&["serve"], &roles("api,wroker")), "server.roles: unknown role \"wroker\""),
        (refused(&["serve"], &roles("[]")), "server.roles: must name one of api, device, portal, worker"),
        (refused(&["serve", "--roles", "nobody"], &[]), "'--roles <ROLES>': unknown role \"nobody\""),
        (refused(&["serve", "--roles", "api"], &[]), "server.public_origin: is needed where server.roles"),
        (
            refused(&["serve", "--roles", "worker"], &[ORIGIN, ("RINGTRUE__OPERATIONS__LISTEN", "off")]),
            "operations.listen: must be an address",
        ),
        (refused(&["demo"], &roles("api,device")), "server.roles: a demo needs all of them"),
    ] {
        assert!(text.contains(error), "{text}");
    }
}

#[tokio::test]
async fn a_lone_node_that_leaves_roles_to_others_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let environment = [ORIGIN, ("RINGTRUE__SERVER__ROLES", "api,device,portal")];
    let server = Process::serve(directory.path(), &environment).await;
    let log = server.log();
    assert!(log.contains("nobody else can share the embedded store"), "{log}");
}
