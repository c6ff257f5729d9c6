//! What the company's developers try in sandbox.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    CredentialId, PersonName, TargetUrl,
    flow::{Environment, PossessionType, ReportedStep},
    identity::LineChange,
    secret::Digest,
    text::CallerText,
};
use ringtrue_engine::{
    SimulatedStep, StartVerification, Started,
    model::{By, Caller, Expect, KeyScope, Project, SignedIn},
};

use super::{
    days::{Days, instant},
    dice::Dice,
    endpoint::LOCAL,
    world::{Actor, LINK_BASE, World},
};

/// Personas as they are built in, and how often developers take them.
const PERSONAS: [(usize, u32); 7] = [(0, 30), (1, 20), (2, 10), (3, 10), (4, 10), (5, 10), (6, 10)];
const PEOPLE: [(&str, &str, &str); 7] = [
    ("+12001004014", "Lorant", "Nerger"),
    ("+12001004015", "Laney", "Dyball"),
    ("+12001004012", "Kurt", "Mathen"),
    ("+12001004013", "Janek", "Ambrogio"),
    ("+12001004018", "Barbaraanne", "Canet"),
    ("+12001004041", "Penny", "Jowers"),
    ("+12001004031", "Merla", "Schumacher"),
];
/// Tries of a day and project at most.
const MOST: usize = 14;

/// Developers at their sandboxes.
pub(super) struct Sandbox {
    actor: Actor,
    dice: Dice,
    days: Days,
    callers: Vec<Caller>,
}

impl Sandbox {
    pub(super) async fn begin(
        world: &World,
        owner: &SignedIn,
        seed: u64,
        days: Days,
        projects: &[(Project, CredentialId)],
    ) -> anyhow::Result<Self> {
        let actor = world.actor(5);
        actor.clock.set(days.bounds(0).0);
        let caller = |(project, credential): &(Project, CredentialId)| Caller {
            credential: *credential,
            environment: Environment::Sandbox,
            project: Arc::new(project.clone()),
            clock_ahead_micros: 0,
        };
        let callers: Vec<_> = projects.iter().map(caller).collect();
        if let Some(first) = callers.first() {
            actor.engine.save_webhook(owner, first.scope(), LOCAL, Expect::Any).await?;
        }
        Ok(Self { actor, dice: Dice::new(seed, 5), days, callers })
    }

    /// Lives through a day.
    pub(super) async fn day(&mut self, day: u16) -> anyhow::Result<()> {
        let (from, to) = self.days.bounds(day);
        for project in 0..self.callers.len() {
            let tries = self.dice.below(MOST + 1);
            let mut times: Vec<_> = (0..tries).map(|_| instant(from, to, 1, &mut self.dice)).collect();
            times.sort_unstable();
            for at in times {
                self.try_out(project, at).await?;
            }
        }
        if day + 1 == self.days.count {
            self.try_webhook(from).await?;
        }
        Ok(())
    }

    async fn try_out(&mut self, project: usize, at: Timestamp) -> anyhow::Result<()> {
        let caller = &self.callers[project];
        let (number, first, last) = PEOPLE[self.dice.weighted(&PERSONAS)];
        let desktop = self.dice.chance(0.4);
        let possession = if desktop { PossessionType::Desktop } else { PossessionType::Mobile };
        let back = format!("http://localhost:{}/back", 3000 + project);
        let request = StartVerification {
            possession,
            phone: number.to_owned(),
            name: PersonName::parse(first, last)?,
            target_url: desktop.then(|| TargetUrl::parse(&back, true)).transpose()?,
            message: None,
            email: None,
            client_customer_id: CallerText::parse(
                "clientCustomerId",
                &format!("test-{}", first.to_lowercase()),
            )?,
            client_request_id: None,
            allow_otp_retry: true,
        };
        let (engine, clock) = (&self.actor.engine, &self.actor.clock);
        clock.set(at);
        let Started::Flow { flow, .. } = engine.start(caller, request, None).await? else { return Ok(()) };
        let id = flow.id();
        clock.set(at.checked_add(self.dice.about(3.0))?);
        if desktop {
            engine.start_link(id, None, Some("Firefox on Linux".to_owned())).await?;
        } else {
            engine.start_code(id, None).await?;
        }
        if self.dice.chance(0.2) {
            return Ok(());
        }
        clock.set(at.checked_add(self.dice.about(12.0))?);
        if self.dice.chance(0.1) {
            engine.report(id, ReportedStep::Code, true).await?;
            return Ok(());
        }
        let kept = engine.outbox(caller.project.id, Some(number), Some(1)).await?;
        let message = kept.first().context("sandbox kept no message")?;
        if let Some(link) = &message.link {
            let token = link.expose().strip_prefix(LINK_BASE).unwrap_or_default();
            engine.use_link(token, Digest::of(id.as_bytes())).await?;
        } else if let Some(code) = &message.code {
            let typed = if self.dice.chance(0.15) { "000000".to_owned() } else { code.expose().to_owned() };
            engine.enter_code(id, typed).await?;
        }
        Ok(())
    }

    /// The webhook is tried while nobody listens, then with a receiver, and something is let happen.
    async fn try_webhook(&self, from: Timestamp) -> anyhow::Result<()> {
        let (engine, clock) = (&self.actor.engine, &self.actor.clock);
        let Some(caller) = self.callers.first() else { return Ok(()) };
        let scope: KeyScope = caller.scope();
        for minutes in [1, 3] {
            clock.set(from.checked_add(SignedDuration::from_mins(minutes))?);
            engine.test_webhook(By::Operator, scope).await?;
        }
        let enrolled = engine.identities(caller, None, None, true).await?;
        for (id, change) in enrolled.ids.iter().zip([
            LineChange::SimSwapped,
            LineChange::Ported { from: None, to: Some("EE".to_owned()) },
            LineChange::Disconnected,
        ]) {
            let step = SimulatedStep { after_seconds: 0, change };
            engine.simulate(By::Nobody, scope, &id.to_string(), &[step], None, |_| String::new()).await?;
        }
        Ok(())
    }
}
