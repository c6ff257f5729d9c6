//! The bus over NATS. It carries ids only: nothing is kept there, and what is lost costs a poll.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, Message, Subscriber, connection::State};
use futures_util::StreamExt as _;
use metrics::counter;
use ringtrue_engine::ports::{BusBetween, Carried, Channel, between};
use secrecy::ExposeSecret as _;
use tokio::{sync::mpsc, time::timeout};

use super::NatsConfig;
use crate::tls;

/// How long connecting, or one question to the server, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between questions whether the server is still there.
const QUIET: Duration = Duration::from_secs(10);

/// Texts of others that may wait for this node, and texts of ours that may wait for the connection.
const WAITING: usize = 1024;

/// Before the first attempt to connect again, and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Why the bus could not be started.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The connections' encryption cannot be set up.
    #[error("encryption cannot be set up")]
    Tls(#[source] anyhow::Error),
    /// It cannot be reached, or refuses us.
    #[error("cannot connect to the NATS server")]
    Connect(#[source] async_nats::ConnectError),
    /// It does not let us listen.
    #[error("the NATS server does not answer")]
    Silent,
}

/// A bus over a NATS server that the nodes share.
#[derive(Debug)]
pub struct NatsBus;

impl NatsBus {
    /// Connects, and listens from then on. The connection is made again whenever it is lost, until the bus is dropped.
    pub async fn start(config: &NatsConfig) -> Result<BusBetween, NatsError> {
        let (tell, events) = mpsc::channel(WAITING);
        let options = options(config)?.event_callback(move |event| {
            // When it is full, there is enough in it to look at everything.
            let _ = tell.try_send(event);
            std::future::ready(())
        });
        let client = options.connect(config.servers.clone()).await.map_err(NatsError::Connect)?;
        let consoles = format!("{}.consoles", config.subject);
        let listen = async |subject| client.subscribe(subject).await.map_err(|_| NatsError::Silent);
        let (notes, lines) = (listen(config.subject.clone()).await?, listen(consoles.clone()).await?);
        if !answers(&client, &config.subject).await {
            return Err(NatsError::Silent);
        }
        let (near, carried) = between();
        let subjects = Subjects { notes: config.subject.clone(), consoles };
        let task = Task { client, subjects, carried, events, has_begun: false };
        Ok(near.carried_by(task.run(notes, lines)))
    }
}

fn options(config: &NatsConfig) -> Result<ConnectOptions, NatsError> {
    let options = match (&config.user, &config.password, &config.token) {
        (Some(user), Some(password), _) => {
            ConnectOptions::with_user_and_password(user.clone(), password.expose_secret().to_owned())
        }
        (_, _, Some(token)) => ConnectOptions::with_token(token.expose_secret().to_owned()),
        _ => ConnectOptions::new(),
    };
    let options = if config.servers.iter().any(|server| server.starts_with("tls:")) {
        options.require_tls(true).tls_client_config(tls::client_config().map_err(NatsError::Tls)?)
    } else {
        options
    };
    let (first, longest) = BACKOFF;
    Ok(options
        .name("ringtrue")
        // Our own notes need not come back to us.
        .no_echo()
        .connection_timeout(PATIENCE)
        .ping_interval(QUIET)
        .subscription_capacity(WAITING)
        .client_capacity(WAITING)
        .reconnect_delay_callback(move |attempts| {
            let doublings = u32::try_from(attempts.min(10)).unwrap_or(10);
            (first * 2_u32.pow(doublings)).min(longest)
        }))
}

/// Whether the server has taken in everything that was sent to it before: it says at once that nobody answers to a
/// subject, in its turn. (Flushing only empties our own buffer.)
async fn answers(client: &Client, subject: &str) -> bool {
    let asked = client.request(format!("{subject}.anybody"), "".into());
    timeout(PATIENCE, asked).await.is_ok_and(|answer| match answer {
        Ok(_) => true,
        Err(error) => error.kind() == async_nats::RequestErrorKind::NoResponders,
    })
}

/// Where each channel goes.
struct Subjects {
    notes: String,
    consoles: String,
}

struct Task {
    client: Client,
    subjects: Subjects,
    carried: Carried,
    events: mpsc::Receiver<Event>,
    has_begun: bool,
}

impl Task {
    async fn run(mut self, mut notes: Subscriber, mut lines: Subscriber) {
        let ear = self.carried.ear();
        let hear = |channel, message: Message| ear.hear(channel, &String::from_utf8_lossy(&message.payload));
        loop {
            tokio::select! {
                (channel, texts) = self.carried.next() => self.send(channel, texts).await,
                Some(message) = notes.next() => hear(Channel::Notes, message),
                Some(message) = lines.next() => hear(Channel::Consoles, message),
                Some(event) = self.events.recv() => self.happened(event).await,
            }
        }
    }

    /// Hands texts to the client, which keeps them while the connection is being made again.
    async fn send(&self, channel: Channel, texts: Vec<String>) {
        let subject = match channel {
            Channel::Notes => &self.subjects.notes,
            Channel::Consoles => &self.subjects.consoles,
        };
        for text in texts {
            if let Err(error) = self.client.publish(subject.clone(), text.into()).await {
                tracing::warn!(error = %error, "the bus could not send");
                self.carried.lost();
            }
        }
    }

    /// Whatever the client tells is about something that may be lost: a connection that is there again, or texts that
    /// came faster than we could hear them. Until we can surely hear what comes next, notes gather.
    async fn happened(&mut self, mut event: Event) {
        loop {
            match event {
                // The one that the bus began with.
                Event::Connected if !self.has_begun => {
                    self.has_begun = true;
                    return;
                }
                Event::Connected => counter!("ringtrue_bus_reconnects_total").increment(1),
                other => tracing::warn!(event = %other, "the bus may have lost notes"),
            }
            let is_connected = self.client.connection_state() == State::Connected;
            tokio::select! {
                _ = answers(&self.client, &self.subjects.notes), if is_connected => break,
                Some(next) = self.events.recv() => event = next,
            }
        }
        tracing::info!("the bus listens again");
        self.carried.lost();
    }
}
