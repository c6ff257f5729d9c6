//! What people and their pages do after a verification began, second by second, as far as their session and the present
//! go.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId,
    flow::{Nudge, Reply, ReportedStep},
    secret::Digest,
};

use super::{dice::Dice, people::Country, world::Actor};

/// Codes and links that a person asks for at most.
const MESSAGES: usize = 5;

/// Browsers that wait for a phone.
const BROWSERS: [(&str, u32); 5] = [
    ("Chrome on Windows", 44),
    ("Safari on macOS", 24),
    ("Edge on Windows", 16),
    ("Chrome on macOS", 10),
    ("Firefox on Windows", 6),
];

/// One verification's device and person.
pub(super) struct Walk<'a> {
    pub(super) actor: &'a Actor,
    pub(super) dice: &'a mut Dice,
    pub(super) flow: FlowId,
    /// When it is there.
    pub(super) at: Timestamp,
    /// The session's end, or the present: nothing has happened yet behind it.
    pub(super) until: Timestamp,
    pub(super) country: &'static Country,
    /// Whether messages take minutes at this hour.
    pub(super) slow: bool,
}

impl Walk<'_> {
    /// Lets time pass. False: what comes then is still to come.
    fn pass(&mut self, span: SignedDuration) -> bool {
        self.at = self.at.checked_add(span).unwrap_or(self.at);
        self.actor.clock.set(self.at);
        self.at < self.until
    }

    /// A message is on its way.
    fn wait_for_message(&mut self) -> bool {
        let median = if self.slow { 150.0 } else { 5.0 };
        let span = self.dice.about(median);
        self.pass(span)
    }

    /// A person does something that takes most of them so many seconds.
    fn dawdle(&mut self, median_seconds: f64) -> bool {
        let span = self.dice.about(median_seconds);
        self.pass(span)
    }

    /// A code is asked for, sent and typed.
    pub(super) async fn with_code(mut self, may_change: bool) -> anyhow::Result<()> {
        // Some never come from the caller's page to the one that asks for the code.
        if self.dice.chance(0.025) || !self.dawdle(2.0) {
            return Ok(());
        }
        let engine = &self.actor.engine;
        let mut reply = engine.start_code(self.flow, None).await?.reply;
        if reply == Reply::TryAgain(Nudge::NumberNotAcceptable) || (may_change && self.dice.chance(0.012)) {
            if !self.dawdle(20.0) {
                return Ok(());
            }
            if !may_change || self.dice.chance(0.4) {
                engine.report(self.flow, ReportedStep::Code, true).await?;
                return Ok(());
            }
            let other = self.country.number(self.dice)?;
            reply = engine.start_code(self.flow, Some(other.expose())).await?.reply;
        }
        for _ in 0..MESSAGES {
            if reply != Reply::Sent || !self.wait_for_message() {
                return Ok(());
            }
            let Some(code) = self.actor.carrier.take() else { return Ok(()) };
            // A message that takes too long is asked for again, or given up.
            let late = self.slow || self.dice.chance(0.03);
            if late && !self.pass(SignedDuration::from_secs(45)) {
                return Ok(());
            }
            if late && self.dice.chance(0.6) {
                reply = engine.start_code(self.flow, None).await?.reply;
                continue;
            }
            if self.dice.chance(0.035) {
                // Walks away.
                return Ok(());
            }
            if !self.dawdle(13.0) {
                return Ok(());
            }
            if self.dice.chance(0.012) {
                engine.report(self.flow, ReportedStep::Code, true).await?;
                return Ok(());
            }
            reply = match self.type_code(code).await? {
                Reply::TryAgain(Nudge::CodeExpired) => engine.start_code(self.flow, None).await?.reply,
                _ => return Ok(()),
            };
        }
        Ok(())
    }

    /// The code is typed, by some not at the first try.
    async fn type_code(&mut self, code: String) -> anyhow::Result<Reply> {
        let engine = &self.actor.engine;
        let mut slips = self.dice.weighted(&[(0, 935), (1, 50), (2, 8), (3, 7)]);
        loop {
            let typed = if slips > 0 { self.dice.digits(code.len()) } else { code.clone() };
            slips = (slips - 1).max(0);
            let reply = engine.enter_code(self.flow, typed).await?.reply;
            if reply != Reply::TryAgain(Nudge::WrongCode) || !self.dawdle(9.0) {
                return Ok(reply);
            }
        }
    }

    /// A link is asked for, sent and opened, while a desktop waits.
    pub(super) async fn with_link(mut self) -> anyhow::Result<()> {
        if self.dice.chance(0.03) || !self.dawdle(2.0) {
            return Ok(());
        }
        let engine = &self.actor.engine;
        let browser = self.dice.weighted(&BROWSERS);
        let mut reply = engine.start_link(self.flow, None, Some(browser.to_owned())).await?.reply;
        for _ in 0..MESSAGES {
            if reply != Reply::Sent || !self.wait_for_message() {
                return Ok(());
            }
            let Some(token) = self.actor.carrier.take() else { return Ok(()) };
            if self.dice.chance(0.02) {
                engine.report(self.flow, ReportedStep::Link, true).await?;
                return Ok(());
            }
            if self.dice.chance(0.03) {
                // The socket breaks, the page comes back and waits on.
                let told = engine.report(self.flow, ReportedStep::Link, false).await?.reply;
                if told == Reply::ResumeLink {
                    engine.start_link(self.flow, None, Some(browser.to_owned())).await?;
                }
            }
            if self.dice.chance(0.07) {
                // Nobody opens it; some ask for another one.
                if self.dice.chance(0.5) || !self.dawdle(70.0) {
                    return Ok(());
                }
                reply = engine.start_link(self.flow, None, Some(browser.to_owned())).await?.reply;
                continue;
            }
            if !self.dawdle(11.0) {
                return Ok(());
            }
            let mut cookie = [0; 16];
            self.dice.fill(&mut cookie);
            engine.use_link(&token, Digest::of(&cookie)).await?;
            return Ok(());
        }
        Ok(())
    }

    /// A program asks for messages, and nobody reads them.
    pub(super) async fn pumped(mut self) -> anyhow::Result<()> {
        for _ in 0..self.dice.weighted(&[(1, 30), (2, 25), (3, 45)]) {
            if !self.pass(SignedDuration::from_secs(11)) {
                break;
            }
            self.actor.engine.start_code(self.flow, None).await?;
        }
        Ok(())
    }
}
