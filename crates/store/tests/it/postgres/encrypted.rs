//! A server that lets in over TLS and with a password only, as those on other machines should.

use std::{fs, net::TcpListener, path::Path, process::Command};

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, put},
    ports::Store,
};
use ringtrue_store::PostgresError;

use super::{open, server::Server, unit};

/// Ourselves by the socket; everybody else with SCRAM over TLS.
const RULES: &str = "local all ringtrue trust\nhostssl all app all scram-sha-256\n";

/// Makes a certificate that its own key has signed, for a name.
fn certificate(directory: &Path, file: &str, name: &str) {
    let output = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", &format!("/CN={name}"), "-addext", &format!("subjectAltName=DNS:{name}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(directory.join(format!("{file}.crt")))
        .arg("-keyout")
        .arg(directory.join(format!("{file}.key")))
        .output()
        .expect("openssl is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

struct Encrypted {
    server: Server,
    port: u16,
    /// The server's own certificate, and another one of the same name.
    roots: tempfile::TempDir,
}

impl Encrypted {
    fn start() -> Self {
        let roots = tempfile::tempdir().unwrap();
        certificate(roots.path(), "server", "localhost");
        certificate(roots.path(), "other", "localhost");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Server::start_with(port, |data| {
            fs::write(data.join("pg_hba.conf"), RULES).unwrap();
            for file in ["server.crt", "server.key"] {
                fs::copy(roots.path().join(file), data.join(file)).unwrap();
            }
            let options = ["ssl=on", "listen_addresses=127.0.0.1", "password_encryption=scram-sha-256"]
                .map(str::to_owned);
            options.into()
        });
        Self { server, port, roots }
    }

    /// The address of the database `app`, with a password and the rest of a URL.
    fn url(&self, host: &str, password: &str, rest: &str) -> String {
        format!("postgres://app:{password}@{host}:{}/app?{rest}", self.port)
    }

    fn root(&self, file: &str) -> String {
        format!("sslmode=verify-full&sslrootcert={}", self.roots.path().join(file).display())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_and_a_certificate_are_checked() {
    let all = Encrypted::start();
    all.server.sql("postgres", "CREATE ROLE app LOGIN PASSWORD 'geheim'");
    all.server.sql("postgres", "CREATE DATABASE app OWNER app");
    let stored =
        all.server.sql("postgres", "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'app'");
    assert_eq!(stored, "SCRAM-SHA-256");

    let own = all.root("server.crt");
    for rest in ["sslmode=require", "", own.as_str()] {
        let store = open(&all.url("localhost", "geheim", rest)).await.unwrap();
        let flow = Sample::default().flow(PRODUCTION);
        let _ = store.commit(unit([put(0, &flow)])).await;
        assert!(store.flow(flow.id()).await.unwrap().is_some());
        let plain = "SELECT count(*) FILTER (WHERE NOT ssl) || '/' || (count(*) > 1) \
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'app'";
        assert_eq!(all.server.sql("app", plain), "0/true");
        store.close().await;
    }
    let other = all.root("other.crt");
    for (url, why) in [
        (all.url("localhost", "falsch", &own), "password authentication failed"),
        (all.url("localhost", "geheim", "sslmode=disable"), "no pg_hba.conf entry"),
        (all.url("localhost", "geheim", &other), "certificate"),
        // The certificate is for the name.
        (all.url("127.0.0.1", "geheim", &own), "certificate"),
    ] {
        let error = open(&url).await.unwrap_err();
        assert!(matches!(error, PostgresError::Connect(_)), "{error}");
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(text.contains(why), "{url}: {text}");
        assert!(!text.contains("geheim") && !text.contains("falsch"), "{text}");
    }
}
