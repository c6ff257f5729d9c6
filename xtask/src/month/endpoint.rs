//! The company's receivers of events, with their bad days.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::{
    model::{Answer, NoAnswer, Outcome},
    ports::{Post, WebhookSender},
};

use super::{company::PRODUCTS, days::Days, dice::Dice};

/// Where a developer listens on their own machine.
pub(super) const LOCAL: &str = "http://localhost:4000/ringtrue";

/// All receivers.
pub(super) struct Endpoints {
    days: Days,
    dice: Mutex<Dice>,
}

impl Endpoints {
    pub(super) fn new(days: Days, seed: u64) -> Self {
        Self { days, dice: Mutex::new(Dice::new(seed, 3)) }
    }

    fn is_between(&self, wall: Timestamp, hours_before: i64, hours: i64) -> bool {
        let before = |hours| self.days.before(SignedDuration::from_hours(hours));
        (before(hours_before)..before(hours_before - hours)).contains(&wall)
    }

    /// What an endpoint says at an instant.
    fn answer(&self, url: &str, wall: Timestamp, hiccup: bool) -> Outcome {
        // Nobody listens while their laptop is closed.
        if url == LOCAL && !self.is_between(wall, 31, 9) {
            let detail = "the connection was refused".to_owned();
            return Outcome::NoAnswer { why: NoAnswer::Unconnected, detail };
        }
        let is = |product: usize| PRODUCTS[product].webhook == Some(url);
        // A data centre's bad night.
        if is(0) && self.is_between(wall, 12 * 24 + 7, 5) {
            let mut answer =
                told(503, "text/plain", "upstream connect error or disconnect/reset before headers");
            answer.headers.push(("retry-after".to_owned(), Clear::new("120".to_owned())));
            answer.retry_after_seconds = Some(120);
            return Outcome::Answered(answer);
        }
        // A deployment that lost the secret, and is never mended.
        if is(1) && self.is_between(wall, 6 * 24 + 2, 10_000) {
            return Outcome::Answered(told(
                401,
                "application/json",
                "{\"error\":\"signature does not verify\"}",
            ));
        }
        if hiccup {
            let page = "<html><head><title>502 Bad Gateway</title></head></html>";
            return Outcome::Answered(told(502, "text/html", page));
        }
        Outcome::Answered(told(204, "", ""))
    }
}

fn told(status: u16, content_type: &str, body: &str) -> Answer {
    let kind =
        (!content_type.is_empty()).then(|| ("content-type".to_owned(), Clear::new(content_type.to_owned())));
    let server = ("server".to_owned(), Clear::new("envoy".to_owned()));
    Answer {
        status,
        headers: kind.into_iter().chain([server]).collect(),
        body: Clear::new(body.to_owned()),
        retry_after_seconds: None,
    }
}

#[async_trait]
impl WebhookSender for Endpoints {
    async fn post(&self, post: Post<'_>) -> Outcome {
        let (millis, hiccup) = {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            (4 + dice.below(20), dice.chance(0.012))
        };
        tokio::time::sleep(Duration::from_millis(millis as u64)).await;
        self.answer(post.url.expose(), post.wall, hiccup)
    }
}
