//! `ringtrue healthcheck`, for containers and scripts that have no other client.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use super::{Place, output};
use crate::listen::reachable;

/// How long the answer may take, from the connection on.
const LIMIT: Duration = Duration::from_secs(2);
/// More than any answer of ours to it.
const LONGEST_ANSWER_BYTES: usize = 4096;

/// Options of `healthcheck`.
#[derive(Args)]
pub(super) struct Healthcheck {
    #[command(flatten)]
    place: Place,
    /// Where to ask instead of the configured operations.listen, such as <http://127.0.0.1:8080/readyz>
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Healthcheck {
    /// Asks once. Opens neither the store nor the keys.
    pub(super) fn run(&self) -> ExitCode {
        match self.ask() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                output::note(&format!("not ready: {error:#}"));
                ExitCode::FAILURE
            }
        }
    }

    fn ask(&self) -> anyhow::Result<()> {
        let (address, host, path) = if let Some(url) = &self.url {
            place_of(url).context("--url")?
        } else {
            let listen = self.place.config()?.operations.address()?;
            let (address, _) = listen.context("operations.listen is off: give --url")?;
            let address = reachable(address);
            (address, address.to_string(), "/readyz".to_owned())
        };
        let answer = get(address, &host, &path).with_context(|| format!("{address}{path}"))?;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        let words = answer.split("\r\n\r\n").nth(1).and_then(|body| body.lines().next()).unwrap_or_default();
        ensure!(status == "200", "{address}{path} answers {status} {words}");
        Ok(())
    }
}

/// The address, the `host` header and the path of a URL.
fn place_of(url: &str) -> anyhow::Result<(SocketAddr, String, String)> {
    let url = url::Url::parse(url).context("must be such as http://127.0.0.1:9464/readyz")?;
    ensure!(url.scheme() == "http", "must begin with http://");
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        bail!("must name a host")
    };
    let address = (host.trim_matches(['[', ']']), port).to_socket_addrs()?.next();
    let address = address.with_context(|| format!("{host} has no address"))?;
    let path = if url.path() == "/" { "/readyz" } else { url.path() };
    Ok((address, format!("{host}:{port}"), path.to_owned()))
}

/// The whole answer.
fn get(address: SocketAddr, host: &str, path: &str) -> anyhow::Result<String> {
    let until = Instant::now() + LIMIT;
    let late = || format!("no answer within {} seconds", LIMIT.as_secs());
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).context("nobody listens")?;
    stream.set_write_timeout(Some(LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").with_context(late)?;
    let (mut answer, mut bytes) = (Vec::new(), [0; 1024]);
    while answer.len() < LONGEST_ANSWER_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        ensure!(!left.is_zero(), late());
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut bytes).with_context(late)? {
            0 => break,
            n => answer.extend_from_slice(&bytes[..n]),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
