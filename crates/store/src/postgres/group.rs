//! Units in one transaction.

use std::{future::Future, pin::Pin};

use super::{
    fault::Fault,
    pipeline::pipelined,
    session::{Done, Session},
};
use crate::sql::{Stmt, WriteError, Written};

pub(super) type Answer = Result<Written, WriteError>;

/// Why a group was not written.
#[derive(Debug)]
pub(super) enum Stop {
    /// One of its units failed and nothing was written: again, with a savepoint for each.
    Guard,
    /// Nothing was written, and the connection can be used again (unless the fault is [`Fault::Lost`]).
    Failed(Fault),
    /// The connection ended while the transaction was being committed: all of it is written, or none.
    Unknown,
}

/// Writes the units in one transaction, which `begin` begins, in this order; one answer per unit. `guarded` gives each
/// a savepoint and a round trip of its own; without, all statements of all units are sent at once, and the first one
/// that is refused stops everything.
pub(super) async fn write(
    session: &mut Session,
    units: &[Vec<Stmt>],
    guarded: bool,
    begin: &str,
) -> Result<Vec<Answer>, Stop> {
    session.prepare(units.iter().flatten()).await.map_err(Stop::Failed)?;
    let session = &*session;
    let written =
        if guarded { one_by_one(session, units, begin).await } else { at_once(session, units, begin).await };
    let answers = match written {
        Ok(answers) => answers,
        Err(stop) => {
            if !matches!(stop, Stop::Failed(Fault::Lost)) {
                session.command("ROLLBACK").await.map_err(Stop::Failed)?;
            }
            return Err(stop);
        }
    };
    match session.command("COMMIT").await {
        Ok(()) => Ok(answers),
        // The server says so itself: it was rolled back.
        Err(Fault::Again) => Err(Stop::Failed(Fault::Again)),
        // Even an orderly shutdown may reach us between the commit and its answer.
        Err(Fault::Lost) => Err(Stop::Unknown),
        Err(fault) => Err(Stop::Failed(fault)),
    }
}

type Request<'a> = Pin<Box<dyn Future<Output = Result<Done, Fault>> + Send + 'a>>;

fn command<'a>(session: &'a Session, sql: &'a str) -> Request<'a> {
    Box::pin(async move { session.command(sql).await.map(|()| Done { changed: 0, rows: Vec::new() }) })
}

async fn at_once<'a>(
    session: &'a Session,
    units: &'a [Vec<Stmt>],
    begin: &'a str,
) -> Result<Vec<Answer>, Stop> {
    let mut requests: Vec<Request<'_>> = vec![command(session, begin)];
    for stmt in units.iter().flatten() {
        requests.push(Box::pin(session.run(stmt)));
    }
    let mut done = pipelined(requests).await.into_iter();
    begun(done.next())?;
    let mut answers = Vec::with_capacity(units.len());
    for unit in units {
        match outcome(unit, &mut done) {
            Ok(written) => answers.push(Ok(written)),
            Err(fault @ Undone::Failed(Fault::Again | Fault::Lost | Fault::Away)) => {
                return Err(fault.into());
            }
            // A unit that is alone needs no guard to tell who failed.
            Err(undone) if units.len() == 1 => return Ok(vec![Err(undone.answer(session).await?)]),
            Err(_) => return Err(Stop::Guard),
        }
    }
    Ok(answers)
}

async fn one_by_one(session: &Session, units: &[Vec<Stmt>], begin: &str) -> Result<Vec<Answer>, Stop> {
    let begin = format!("{begin}; SAVEPOINT unit");
    let mut opening = begin.as_str();
    let mut answers = Vec::with_capacity(units.len());
    for unit in units {
        let mut requests = vec![command(session, opening)];
        for stmt in unit {
            requests.push(Box::pin(session.run(stmt)));
        }
        let mut done = pipelined(requests).await.into_iter();
        begun(done.next())?;
        match outcome(unit, &mut done) {
            Ok(written) => {
                answers.push(Ok(written));
                opening = "RELEASE unit; SAVEPOINT unit";
            }
            Err(fault @ Undone::Failed(Fault::Again | Fault::Lost | Fault::Away)) => {
                return Err(fault.into());
            }
            Err(undone) => {
                answers.push(Err(undone.into()));
                opening = "ROLLBACK TO unit; RELEASE unit; SAVEPOINT unit";
            }
        }
    }
    if answers.last().is_some_and(Result::is_err) {
        session.command("ROLLBACK TO unit").await.map_err(Stop::Failed)?;
    }
    Ok(answers)
}

fn begun(answer: Option<Result<Done, Fault>>) -> Result<(), Stop> {
    match answer {
        Some(Err(fault)) => Err(Stop::Failed(fault)),
        _ => Ok(()),
    }
}

/// Why a unit was not written.
enum Undone {
    Refused { statement: usize },
    Failed(Fault),
}

impl Undone {
    /// The answer to the only unit of a transaction, which is emptied.
    async fn answer(self, session: &Session) -> Result<WriteError, Stop> {
        session.command("ROLLBACK; BEGIN").await.map_err(Stop::Failed)?;
        Ok(self.into())
    }
}

impl From<Undone> for Stop {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused { .. } => Self::Guard,
            Undone::Failed(fault) => Self::Failed(fault),
        }
    }
}

impl From<Undone> for WriteError {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused { statement } => Self::Refused { statement },
            Undone::Failed(fault) => Self::Failed(fault.into()),
        }
    }
}

/// What a unit did, from the answers to its statements. Takes exactly those, unless the unit failed.
fn outcome(unit: &[Stmt], done: &mut impl Iterator<Item = Result<Done, Fault>>) -> Result<Written, Undone> {
    let mut written = Written::default();
    for ((statement, stmt), done) in unit.iter().enumerate().zip(done) {
        let done = match done {
            Ok(done) => done,
            Err(Fault::Refused) => return Err(Undone::Refused { statement }),
            Err(fault) => return Err(Undone::Failed(fault)),
        };
        if stmt.expect.is_some_and(|expected| expected != done.changed) {
            return Err(Undone::Refused { statement });
        }
        written.changed += done.changed;
        written.rows.extend(done.rows);
    }
    Ok(written)
}
