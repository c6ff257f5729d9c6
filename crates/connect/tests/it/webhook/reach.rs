//! Where nothing is posted to, whatever way an address is named (SSRF).

use std::time::Duration;

use ringtrue_domain::flow::Environment;
use ringtrue_engine::model::{NoAnswer, Outcome};

use tokio::{net::TcpListener, time::timeout};

use super::{OLD, knowing, post, post_from, refusal, secret};
use crate::support::receiver::{Manner, Receiver, answer};

const FORBIDDEN: (NoAnswer, &str) = (NoAnswer::Forbidden, "the host's address is not allowed");

/// Addresses at both ends of every network that is not the public internet, and next to metadata services.
const INSIDE: [&str; 46] = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.0",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
];

fn literal(address: &str) -> String {
    if address.contains(':') { format!("http://[{address}]:9/") } else { format!("http://{address}:9/") }
}

#[tokio::test]
async fn nothing_goes_inside_by_address() {
    let sender = knowing(&[], &[]);
    for address in INSIDE {
        let outcome = post_from(&sender, Environment::Production, &literal(address), &[secret(OLD)]).await;
        assert_eq!(refusal(&outcome), FORBIDDEN, "{address}");
    }
    // Spellings of 127.0.0.1 and 169.254.169.254 that an address parser knows.
    for host in ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0xa9fea9fe", "[::ffff:7f00:1]"] {
        let url = format!("http://{host}:9/");
        let outcome = post_from(&sender, Environment::Production, &url, &[secret(OLD)]).await;
        assert_eq!(refusal(&outcome), FORBIDDEN, "{host}");
    }
}

#[tokio::test]
async fn nothing_goes_inside_by_name_in_either_environment() {
    for address in INSIDE {
        let sender = knowing(&[("hook.example", &[&[address]])], &[]);
        for environment in [Environment::Sandbox, Environment::Production] {
            let outcome = post_from(&sender, environment, "http://hook.example:9/", &[secret(OLD)]).await;
            assert_eq!(refusal(&outcome), FORBIDDEN, "{address}");
        }
    }
}

#[tokio::test]
async fn sandbox_may_name_this_machine_and_production_may_not() {
    let receiver = Receiver::answering("200 OK", &[], b"").await;
    let port = receiver.port();
    let sender = knowing(&[("localhost", &[&["127.0.0.1"]]), ("a.localhost", &[&["127.0.0.1"]])], &[]);
    for host in ["127.0.0.1", "localhost", "a.localhost", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/");
        let outcome = post(&sender, &url, &[secret(OLD)]).await;
        assert!(matches!(outcome, Outcome::Answered(_)), "{host}: {outcome:?}");
        // Not even over the connection that sandbox has kept open.
        let outcome = post_from(&sender, Environment::Production, &url, &[secret(OLD)]).await;
        assert_eq!(refusal(&outcome), FORBIDDEN, "{host}");
    }
    // A private address is none of this machine, even for a name that should be.
    let sender = knowing(&[("localhost", &[&["10.0.0.1"]])], &[]);
    assert_eq!(refusal(&post(&sender, "http://localhost:9/", &[secret(OLD)]).await), FORBIDDEN);
}

#[tokio::test]
async fn the_operator_may_allow_a_network() {
    let receiver = Receiver::answering("200 OK", &[], b"").await;
    let port = receiver.port();
    let names: &[(&str, &[&[&str]])] = &[("hook.internal", &[&["127.0.0.1"]])];
    let sender = knowing(names, &["127.0.0.0/31"]);
    for host in ["hook.internal", "127.0.0.1", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/");
        let outcome = post_from(&sender, Environment::Production, &url, &[secret(OLD)]).await;
        assert!(matches!(outcome, Outcome::Answered(_)), "{host}: {outcome:?}");
    }
    let outcome = post_from(&sender, Environment::Production, "http://127.0.0.2:9/", &[secret(OLD)]).await;
    assert_eq!(refusal(&outcome), FORBIDDEN);
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_are_tried() {
    let receiver = Receiver::answering("200 OK", &[], b"").await;
    let port = receiver.port();
    // Somebody listens at the forbidden address too, and comes first.
    let forbidden = TcpListener::bind(("127.0.0.5", port)).await.unwrap();
    let names: &[(&str, &[&[&str]])] =
        &[("hook.example", &[&["127.0.0.5", "10.0.0.1", "127.0.0.1", "fe80::1"]])];
    let sender = knowing(names, &["127.0.0.1/32"]);
    let url = format!("http://hook.example:{port}/");
    let outcome = post_from(&sender, Environment::Production, &url, &[secret(OLD)]).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome:?}");
    // A connection that was made would be waiting already.
    assert!(timeout(Duration::ZERO, forbidden.accept()).await.is_err());
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_refused_at_its_next_connection() {
    let closing = answer("200 OK", &[("connection", "close")], b"");
    let receiver = Receiver::start(Manner::Close(closing)).await;
    let url = format!("http://hook.example:{}/", receiver.port());
    let names: &[(&str, &[&[&str]])] = &[("hook.example", &[&["127.0.0.1"], &["127.0.0.2"]])];
    let sender = knowing(names, &["127.0.0.1/32"]);
    assert!(matches!(post(&sender, &url, &[secret(OLD)]).await, Outcome::Answered(_)));
    assert_eq!(refusal(&post(&sender, &url, &[secret(OLD)]).await), FORBIDDEN);
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn an_unknown_name_is_told_from_a_forbidden_one() {
    let sender = knowing(&[("empty.example", &[&[]])], &[]);
    for url in ["https://unknown.example/", "https://empty.example/"] {
        let outcome = post(&sender, url, &[secret(OLD)]).await;
        assert_eq!(refusal(&outcome), (NoAnswer::Unresolved, "the host name has no address"));
    }
}

#[tokio::test]
async fn the_systems_resolver_is_filtered_too() {
    let sender = super::sender();
    let url = "http://localhost:9/";
    let outcome = post_from(&sender, Environment::Production, url, &[secret(OLD)]).await;
    assert_eq!(refusal(&outcome), FORBIDDEN);
    let outcome = post(&sender, "http://name.invalid:9/", &[secret(OLD)]).await;
    assert_eq!(refusal(&outcome).0, NoAnswer::Unresolved);
}
