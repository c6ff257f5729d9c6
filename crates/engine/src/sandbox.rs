//! What only sandbox has: its clock, its outbox, its virtual handset.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{FieldError, PhoneNumber, ProjectId, member::Permission};

use crate::{
    Engine, Error,
    idempotency::{self, Key, Replay},
    model::{By, Deed, OutboxMessage, Project},
    ports::{Change, CommitError, Note, Unit},
};

/// Seconds that a sandbox clock can be moved at once: ten years, enough for any scripted timeline.
const MAX_ADVANCE_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;
/// Messages that are shown at most.
const OUTBOX_MAX: usize = 100;
/// Messages that are shown when nobody says how many: a flow has five at most.
const OUTBOX_SHOWN: usize = 20;

/// A project's sandbox clock.
#[derive(Debug)]
pub struct ClockReading {
    /// What it shows.
    pub now: Timestamp,
    /// Seconds that it is ahead of the wall clock.
    pub advanced_seconds: i64,
}

/// A number of the virtual handset.
#[derive(Debug)]
pub struct HandsetNumber {
    /// The number.
    pub phone: PhoneNumber,
    /// Whose it is.
    pub name: String,
    /// One line for people.
    pub outcome: String,
    /// Whether silent network authentication is on.
    pub network: bool,
}

impl Engine {
    /// What a project's sandbox clock shows.
    pub async fn sandbox_clock(&self, project: ProjectId) -> Result<ClockReading, Error> {
        let ahead = self.store().clock_ahead(project).await?;
        Ok(ClockReading { now: self.now(ahead), advanced_seconds: ahead / 1_000_000 })
    }

    /// Moves a project's sandbox clock forward; with a key, once. `render` makes the answer's body.
    pub async fn advance_sandbox_clock(
        &self,
        by: impl Into<By<'_>>,
        project: ProjectId,
        seconds: i64,
        key: Option<&Key>,
        render: impl Fn(&ClockReading) -> String + Send,
    ) -> Result<String, Error> {
        let by = by.into();
        by.must(Permission::UseSandbox)?;
        if let Some(key) = key
            && let Some(Replay::Answer(first)) = self.replay(key).await?
        {
            return Ok(first);
        }
        let wrong = || FieldError::new("advanceSeconds", format!("must be 0 to {MAX_ADVANCE_SECONDS}"));
        if !(0..=MAX_ADVANCE_SECONDS).contains(&seconds) {
            return Err(wrong().into());
        }
        let ahead = SignedDuration::from_micros(self.store().clock_ahead(project).await?);
        let total = ahead.as_secs().saturating_add(seconds);
        if total > 10 * MAX_ADVANCE_SECONDS {
            return Err(wrong().into());
        }
        let answer =
            render(&ClockReading { now: self.now(total.saturating_mul(1_000_000)), advanced_seconds: total });
        let mut unit = Unit::new().with(Change::AdvanceClock { project, by_micros: seconds * 1_000_000 });
        unit.changes.extend(self.deed(by, Deed::ClockMoved { project, seconds }));
        unit.changes.extend(key.map(|key| self.remember_change(key, None, Some(answer.clone()))));
        match (self.store().commit(unit).await, key) {
            (Ok(()), _) => {}
            (Err(CommitError::Duplicate(record)), Some(key)) => {
                return match idempotency::read(key, *record)? {
                    Replay::Answer(first) => Ok(first),
                    Replay::Flow(_) => Ok(answer),
                };
            }
            (Err(other), _) => return Err(other.into()),
        }
        self.bus().publish(Note::ClockMoved(project));
        Ok(answer)
    }

    /// What sandbox would have sent, newest first; to one number when given; 1 to 100 messages, default 20.
    pub async fn outbox(
        &self,
        project: ProjectId,
        to: Option<&str>,
        limit: Option<usize>,
    ) -> Result<Vec<OutboxMessage>, Error> {
        let limit = limit.unwrap_or(OUTBOX_SHOWN);
        if !(1..=OUTBOX_MAX).contains(&limit) {
            return Err(FieldError::new("limit", "must be 1 to 100").into());
        }
        // In a query a bare `+` reads as a space; no number begins with one.
        let to =
            to.map(|text| if text.starts_with(' ') { text.replacen(' ', "+", 1) } else { text.to_owned() });
        let to = to.map(|text| PhoneNumber::normalize("to", &text)).transpose()?;
        Ok(self.store().outbox(project, to.as_ref(), limit).await?)
    }

    /// The numbers that a project's virtual handset can be.
    pub async fn handset_numbers(&self, project: &Project) -> Result<Vec<HandsetNumber>, Error> {
        let mut numbers = Vec::new();
        for persona in self.parts.personas.all(project) {
            let switched = self.store().handset(project.id, &persona.phone).await?;
            numbers.push(HandsetNumber {
                phone: persona.phone.clone(),
                name: format!("{} {}", persona.first_name, persona.last_name),
                outcome: persona.outcome.clone(),
                network: switched.unwrap_or(persona.network.is_some()),
            });
        }
        Ok(numbers)
    }

    /// Switches silent network authentication of a persona's number.
    pub async fn set_handset(
        &self,
        project: &Project,
        to: &str,
        network: bool,
    ) -> Result<PhoneNumber, Error> {
        let phone = PhoneNumber::normalize("to", to)?;
        if self.parts.personas.find(project, &phone).is_none() {
            return Err(Error::NoPersona);
        }
        let change = Change::SetHandset { project: project.id, phone: phone.clone(), network };
        self.store().commit(Unit::new().with(change)).await?;
        Ok(phone)
    }
}
