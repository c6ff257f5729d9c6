//! The connection: sends what gathers, hears what others send, comes back when it is lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use metrics::counter;
use ringtrue_engine::ports::{Carried, Channel, Ear};
use tokio::{task::JoinHandle, time};
use tokio_postgres::{AsyncMessage, Client, Error, Statement};

use super::super::{connect::Connector, fault, pipeline::pipelined};

/// Our channels. Notifications stay within their database.
const NOTES: &str = "ringtrue";
const CONSOLES: &str = "ringtrue_consoles";

/// Between questions whether the other side is still there.
const QUIET: Duration = Duration::from_secs(10);

/// Before the first attempt to connect again, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// A connection that listens. Dropping it ends it.
pub(super) struct Link {
    client: Client,
    notify: Statement,
    connection: JoinHandle<()>,
}

impl Link {
    /// `None` as error: it took too long.
    pub(super) async fn open(
        connector: &Connector,
        ear: Ear,
        patience: Duration,
    ) -> Result<Self, Option<Error>> {
        // Unknown until we ask; a backend has a number above zero. Our own notes need not come back to us.
        let own = Arc::new(AtomicI32::new(0));
        let known = Arc::clone(&own);
        let opening = async {
            let (client, connection) = connector
                .open_listening(move |message| hear(&message, known.load(Ordering::Acquire), &ear))
                .await?;
            let mut link = Unready(Some(connection));
            own.store(client.query_one("SELECT pg_backend_pid()", &[]).await?.get(0), Ordering::Release);
            let notify = client.prepare("SELECT pg_notify($1, $2)").await?;
            client.batch_execute(&format!("LISTEN {NOTES}; LISTEN {CONSOLES}")).await?;
            let connection = link.0.take();
            Ok((client, notify, connection))
        };
        match time::timeout(patience * 2, opening).await {
            Ok(Ok((client, notify, Some(connection)))) => Ok(Self { client, notify, connection }),
            Ok(Ok(_)) | Err(_) => Err(None),
            Ok(Err(error)) => Err(Some(error)),
        }
    }

    async fn send(&self, channel: Channel, texts: &[String]) -> Result<(), Error> {
        let name = match channel {
            Channel::Notes => NOTES,
            Channel::Consoles => CONSOLES,
        };
        let mut requests = Vec::with_capacity(texts.len());
        for text in texts {
            requests.push(async move { self.client.execute(&self.notify, &[&name, text]).await });
        }
        pipelined(requests).await.into_iter().collect::<Result<Vec<_>, _>>().map(drop)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Ends a connection that did not get as far as listening.
struct Unready(Option<JoinHandle<()>>);

impl Drop for Unready {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.abort();
        }
    }
}

fn hear(message: &AsyncMessage, own: i32, ear: &Ear) {
    let AsyncMessage::Notification(said) = message else { return };
    if said.process_id() == own {
        return;
    }
    match said.channel() {
        NOTES => ear.hear(Channel::Notes, said.payload()),
        CONSOLES => ear.hear(Channel::Consoles, said.payload()),
        _ => {}
    }
}

pub(super) struct Task {
    pub(super) connector: Connector,
    pub(super) carried: Carried,
    /// For one notification.
    pub(super) patience: Duration,
}

impl Task {
    pub(super) async fn run(mut self, mut link: Link) {
        loop {
            self.serve(&mut link).await;
            drop(link);
            counter!("ringtrue_bus_reconnects_total").increment(1);
            link = self.connect_again().await;
            // What was on its way may or may not have arrived, and notes of others were lost in between.
            self.carried.lost();
        }
    }

    /// Sends and hears until the connection is lost.
    async fn serve(&mut self, link: &mut Link) {
        loop {
            let (channel, texts) = tokio::select! {
                told = self.carried.next() => told,
                _ = &mut link.connection => return,
                // An empty text asks whether the other side is there, and says nothing.
                () = time::sleep(QUIET) => (Channel::Notes, vec![String::new()]),
            };
            match time::timeout(self.patience, link.send(channel, &texts)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(error = %fault::text(&error), "the bus could not send");
                    return;
                }
                Err(_) => {
                    tracing::warn!("the bus could not send in time");
                    return;
                }
            }
        }
    }

    async fn connect_again(&mut self) -> Link {
        let (mut pause, longest) = BACKOFF;
        loop {
            match Link::open(&self.connector, self.carried.ear(), self.patience).await {
                Ok(link) => {
                    tracing::info!("the bus listens again");
                    return link;
                }
                Err(error) => {
                    tracing::warn!(error = %fault::text_of(error), "the bus cannot listen");
                }
            }
            time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }
}
