//! The bus over NATS, on a real server.

mod server;

use std::sync::Arc;

use async_trait::async_trait;
use ringtrue_connect::{NatsBus, NatsConfig};
use ringtrue_domain::{FlowId, ProjectId};
use ringtrue_engine::{
    conformance::bus::Nodes,
    ports::{Bus, BusBetween, Note},
};
use server::{Server, Wire};

/// Two nodes, each on a wire of its own to one server.
struct Two {
    here: Arc<BusBetween>,
    there: Arc<BusBetween>,
    wires: [Wire; 2],
}

#[async_trait]
impl Nodes for Two {
    fn here(&self) -> Arc<dyn Bus> {
        self.here.clone()
    }

    fn there(&self) -> Arc<dyn Bus> {
        self.there.clone()
    }

    async fn cut(&self) {
        self.wires.iter().for_each(Wire::cut);
    }
}

fn config(text: &str) -> NatsConfig {
    let config: NatsConfig = toml::from_str(text).unwrap();
    config.validate().unwrap();
    config
}

async fn make() -> (Arc<dyn Nodes>, Server) {
    let server = Server::start(&[]).await;
    let wires = [Wire::open(server.address).await, Wire::open(server.address).await];
    // A client that was told of a server's own address would go around the wire.
    let start = async |wire: &Wire| {
        let config = config(&format!("servers = [\"nats://{}\"]", wire.address));
        Arc::new(NatsBus::start(&config).await.unwrap())
    };
    let (here, there) = (start(&wires[0]).await, start(&wires[1]).await);
    (Arc::new(Two { here, there, wires }), server)
}

ringtrue_engine::bus_conformance!(make);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_in_and_says_when_it_may_not() {
    let server = Server::start(&["--user", "ringtrue", "--pass", "geheim"]).await;
    let address = format!("servers = [\"nats://{}\"]\n", server.address);
    let good = config(&format!("{address}user = \"ringtrue\"\npassword = \"geheim\""));
    NatsBus::start(&good).await.unwrap();
    for bad in ["", "token = \"geheim\"", "user = \"ringtrue\"\npassword = \"falsch\""] {
        let error = NatsBus::start(&config(&format!("{address}{bad}"))).await.unwrap_err();
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(text.starts_with("cannot connect to the NATS server"), "{text}");
        assert!(!text.contains("geheim") && !text.contains("falsch"), "{text}");
    }
}

/// Two installations on one server do not wake each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subjects_are_apart() {
    let server = Server::start(&[]).await;
    let start = async |subject: &str| {
        let text = format!("servers = [\"nats://{}\"]\nsubject = \"{subject}\"", server.address);
        NatsBus::start(&config(&text)).await.unwrap()
    };
    let (here, there, other) = (start("one").await, start("one").await, start("two").await);
    let (project, flow) = (ProjectId::from_bytes([1; 16]), FlowId::from_bytes([2; 16]));
    let (meant, not_meant) = (there.watch(project, flow), other.watch(project, flow));
    here.publish(Note::FlowChanged(flow));
    meant.changed().await;
    let woken = tokio::time::timeout(std::time::Duration::ZERO, not_meant.changed()).await;
    assert!(woken.is_err());
}
