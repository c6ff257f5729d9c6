//! Trying what production relies on, before anybody does: that a message arrives, and that the identity source answers.

use ringtrue_domain::{
    FieldError, JobId, PersonName, PhoneNumber, ProjectId,
    flow::{OutgoingMessage, Payload},
    member::Permission,
    secret::Clear,
    time::after,
};

use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{By, Deed, Project, StoredProject, Trial},
    ports::{Change, CommitError, Dispatch, Fault, Lent, PeopleChange, Question},
};

/// Trials of a project within [`WINDOW_SECONDS`]: each costs money, and a text may reach anybody.
const TRIES: u32 = 10;
/// Trials of all projects together: a project is made with a click, so its own limit alone would hold nobody back.
const TRIES_OF_ALL: u32 = 30;
const WINDOW_SECONDS: u32 = 10 * 60;
/// Seconds after which a text of a trial is of no use to a sender that waits.
const TEXT_SECONDS: u32 = 5 * 60;

/// What came of asking the identity source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceAnswer {
    /// It knows the number; whether the name is that of its owner, as it says.
    Known {
        /// Whether the name fits.
        name_matches: bool,
    },
    /// It knows no such number.
    Unknown,
}

impl Engine {
    /// Whether production has a sender at all that reaches phones.
    pub fn reaches_phones(&self) -> bool {
        self.parts.production.sms.reaches_phones()
    }

    /// Sends a text with a code to a number, by the sender of production; answers the code. Whoever holds the phone
    /// tells by it that the text arrived.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `number` and what the sender said; [`Error::TooMany`] after ten trials of a project or
    /// thirty of all within ten minutes.
    pub async fn try_message(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        number: &str,
    ) -> Result<Clear, Error> {
        let by = by.into();
        let to = PhoneNumber::normalize("number", number)?;
        let project = self.to_try(by, id).await?;
        if !self.reaches_phones() {
            let rule = "cannot be reached: no gateway is configured (sms.kind)";
            return Err(FieldError::new("number", rule).into());
        }
        self.begin_trial(by, id, Trial::Message).await?;
        let now = self.wall();
        let code =
            Clear::new(self.random_array::<6>().iter().map(|byte| char::from(b'0' + byte % 10)).collect());
        let body = format!("{} is the code of a test of {}. Messages arrive.", code.expose(), project.name);
        let message = OutgoingMessage {
            id: JobId::new(now, &mut Lent(&*self.parts.entropy)),
            to,
            body: Clear::new(body),
            payload: Payload::Otp { code: code.clone() },
            expires_at: after(now, TEXT_SECONDS),
        };
        let sent = self.parts.production.sms.send(Dispatch { message: &message, project: id, now }).await;
        let deed = Deed::Tried { project: id, trial: Trial::Message, good: sent.is_ok() };
        self.write_down(by, deed).await?;
        sent.map_err(|fault| refused("number", &fault))?;
        Ok(code)
    }

    /// Asks the identity source of production about a number and a name.
    ///
    /// # Errors
    ///
    /// As [`Self::try_message`]; [`Error::Field`] names a name that cannot be one.
    pub async fn try_identity(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        number: &str,
        [first, last]: [&str; 2],
    ) -> Result<SourceAnswer, Error> {
        let by = by.into();
        let phone = PhoneNumber::normalize("number", number)?;
        let name = PersonName::parse(first, last)?;
        let project = self.to_try(by, id).await?;
        self.begin_trial(by, id, Trial::Source).await?;
        let question = Question { phone: &phone, name: &name, project: &project };
        let answer = self.parts.production.identity.owners(question).await;
        let good = answer.as_ref().is_ok_and(|findings| findings.number_known);
        let deed = Deed::Tried { project: id, trial: Trial::Source, good };
        if good {
            self.passed(by, id, Trial::Source, deed).await?;
        } else {
            self.write_down(by, deed).await?;
        }
        let findings = answer.map_err(|fault| refused("number", &fault))?;
        if !findings.number_known {
            return Ok(SourceAnswer::Unknown);
        }
        let name_matches = findings.name == ringtrue_domain::NameMatch::Match;
        Ok(SourceAnswer::Known { name_matches })
    }

    /// Writes down that a text of a trial arrived.
    pub async fn message_arrived(&self, by: impl Into<By<'_>>, id: ProjectId) -> Result<(), Error> {
        let by = by.into();
        let project = self.to_try(by, id).await?;
        let deed = Deed::Changed {
            project: Some(id),
            setting: "messageArrivedAt".to_owned(),
            before: project.settings.trials.message_arrived_at.map(|at| at.to_string()),
            after: Some(self.wall().to_string()),
        };
        self.passed(by, id, Trial::Message, deed).await
    }

    /// The project, for whoever may try what it relies on.
    async fn to_try(&self, by: By<'_>, id: ProjectId) -> Result<Project, Error> {
        by.must(Permission::ManageProjects)?;
        let project = self.store().project(id).await?;
        project.ok_or_else(|| FieldError::new("project", "does not exist").into())
    }

    /// Counts a trial, of its project and of the installation, and writes down that it begins, all before anything
    /// leaves: a node that dies in between has sent nothing that is neither counted nor in the log.
    async fn begin_trial(&self, by: By<'_>, id: ProjectId, trial: Trial) -> Result<(), Error> {
        let wall = self.wall();
        let resets_at = after(wall, WINDOW_SECONDS);
        let count = |of: String, limit| {
            Change::People(PeopleChange::CountTry { of: Clear::new(of), wall, resets_at, limit })
        };
        let mut unit = vec![count(format!("trial {id}"), TRIES), count("trials".to_owned(), TRIES_OF_ALL)];
        unit.extend(self.deed(by, Deed::TrialBegun { project: id, trial }));
        if self.is_written(unit).await? {
            return Ok(());
        }
        Err(Error::TooMany { retry_after: std::time::Duration::from_secs(u64::from(WINDOW_SECONDS)) })
    }

    /// Writes down that something works, with the deed that showed it; what was written in between stays.
    async fn passed(&self, by: By<'_>, id: ProjectId, trial: Trial, deed: Deed) -> Result<(), Error> {
        let at = Some(self.wall());
        for _ in 0..ROUNDS {
            let stored = self.store().stored_project(id).await?;
            let StoredProject { version, mut project } =
                stored.ok_or_else(|| FieldError::new("project", "does not exist"))?;
            match trial {
                Trial::Message => project.settings.trials.message_arrived_at = at,
                Trial::Source => project.settings.trials.source_answered_at = at,
            }
            let mut unit = vec![Change::PutProject { expect: version, project: Box::new(project) }];
            unit.extend(self.deed(by, deed.clone()));
            if self.is_written(unit).await? {
                return Ok(());
            }
        }
        Err(CommitError::Conflict.into())
    }
}

fn refused(field: &'static str, fault: &Fault) -> FieldError {
    let rule = match fault {
        Fault::Rejected { .. } => "was refused by the other side; its reason is in the log",
        Fault::Busy { .. } => "could not be tried: the other side is busy or away, try again in a moment",
        Fault::Unknown(_) => {
            "may not have been tried: the other side gave no clear answer; the cause is in the log"
        }
    };
    tracing::warn!(error = fault as &dyn std::error::Error, "a trial failed");
    FieldError::new(field, rule)
}
