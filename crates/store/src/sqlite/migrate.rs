//! Schema steps: numbered, embedded, checksummed, applied at open.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::OpenError;
use crate::schema::{Step, Unfit, checksum, compare, newest, steps};

const STEPS: &[Step] = steps!("sqlite.sql");

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_steps \
    (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL) STRICT";

/// Brings the schema up to date, or refuses one that is newer or not ours.
pub(super) fn run(connection: &mut Connection) -> Result<(), OpenError> {
    run_steps(connection, STEPS)
}

/// The newest step of a database, after comparing its steps with ours; 0: none, or no database of ours.
pub(super) fn version(connection: &Connection) -> Result<i64, OpenError> {
    check(connection, STEPS)
}

fn run_steps(connection: &mut Connection, steps: &[Step]) -> Result<(), OpenError> {
    let newest = newest(steps);
    // The usual case first, without a lock: a command may open the database while the server writes.
    if check(connection, steps)? == newest {
        return Ok(());
    }
    let failed = |step: &str| {
        let step = step.to_owned();
        move |source| OpenError::Migrate { step, source }
    };
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(failed("begin"))?;
    transaction.execute_batch(TABLE).map_err(failed("schema_steps"))?;
    // Somebody else may have done it while we waited.
    let applied = check(&transaction, steps)?;
    for step in steps.iter().filter(|step| step.version > applied) {
        let apply = || {
            transaction.execute_batch(step.sql)?;
            let record = "INSERT INTO schema_steps (version, name, checksum) VALUES (?1, ?2, ?3)";
            transaction.execute(record, params![step.version, step.name, checksum(step.sql)])
        };
        apply().map_err(failed(step.name))?;
    }
    transaction.commit().map_err(failed("commit"))
}

/// The newest step applied, after comparing all applied ones with ours.
fn check(connection: &Connection, steps: &[Step]) -> Result<i64, OpenError> {
    let failed = |source| OpenError::Migrate { step: "check".to_owned(), source };
    let table = "SELECT 1 FROM sqlite_schema WHERE name = 'schema_steps'";
    if connection.query_row(table, [], |_| Ok(())).optional().map_err(failed)?.is_none() {
        return Ok(0);
    }
    let mut statement =
        connection.prepare("SELECT version, checksum FROM schema_steps ORDER BY version").map_err(failed)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    let applied = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(failed)?;
    compare(&applied, steps).map_err(|unfit| match unfit {
        Unfit::Newer { found, known } => OpenError::Newer { found, known },
        Unfit::Altered { step } => OpenError::Altered { step },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_applied_once_and_refuses_what_it_does_not_know() {
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db).unwrap();
        run(&mut db).unwrap();

        let known = newest(STEPS);
        let more = "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT";
        let next = Step { version: known + 1, name: "more", sql: more };
        let newer: Vec<_> = STEPS.iter().copied().chain([next]).collect();
        run_steps(&mut db, &newer).unwrap();
        let refused = run(&mut db).unwrap_err();
        let found = known + 1;
        assert_eq!(
            refused.to_string(),
            format!("the database has schema {found}, this program knows up to {known}: use a newer program")
        );

        let altered = [Step { version: 1, name: "0001_first", sql: "SELECT 1" }];
        assert!(matches!(run_steps(&mut db, &altered), Err(OpenError::Altered { step: 1 })));
    }

    /// No statement walks over a table that grows: each one finds its rows by an index.
    #[test]
    fn every_statement_fits_the_schema_and_its_indexes() {
        // Projects (`p`), nodes, their keys (`k`), clocks (`c`), webhooks (`w`), lanes (`l`) and members are few; open jobs are
        // counted in an index, and others hold just the identities and flows that are behind; the rest are the results
        // of our own subqueries.
        const FINE: &[&str] = &[
            "projects",
            "p",
            "e",
            "nodes",
            "members",
            "k",
            "c",
            "w",
            "l",
            "jobs USING COVERING INDEX",
            "identities USING INDEX identities_behind",
            "flows USING INDEX flows_unlisted",
            "flows USING COVERING INDEX flows_unlisted",
            "oldest",
            "looked",
            "present",
            "former",
            "recent",
            "CONSTANT ROW",
            "due_on_wall",
            "due_on_moved_clock",
            "dropped",
            "due_jobs",
            "due_lanes",
            "on_wall",
            "on_moved_clock",
            "outlived",
        ];
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db).unwrap();
        let mut walks = Vec::new();
        for sql in crate::sql::ALL.into_iter().flatten() {
            let explain = format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"));
            let mut plan = db.prepare(&explain).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let steps = plan.raw_query().mapped(|row| row.get::<_, String>(3));
            for step in steps.map(Result::unwrap) {
                let Some(walked) = step.strip_prefix("SCAN ") else { continue };
                let fine = |fine: &&str| walked == *fine || walked.starts_with(&format!("{fine} "));
                if !FINE.iter().any(fine) && !walked.starts_with("(subquery-") {
                    walks.push(format!("{step} in {sql}"));
                }
            }
        }
        assert!(walks.is_empty(), "{}", walks.join("\n"));
    }

    /// Where SQLite knows several ways, the one that does not grow with the project.
    #[test]
    fn what_is_one_of_many_is_found_by_its_own_index() {
        use crate::sql::{CREDENTIALS, OUTLIVED, UNSETTLED, listings, people_text, poll_text, watch};
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db).unwrap();
        for (sql, index, sorted) in [
            (CREDENTIALS, "credentials_list", true),
            (OUTLIVED, "flows_purge_sandbox (project=? AND purge_after>? AND purge_after<?)", false),
            (UNSETTLED, "flows_purge_sandbox (project=? AND purge_after>? AND purge_after<?)", false),
            (watch::IDENTITIES, "identities_list", true),
            (watch::ACTIVE_IDENTITIES, "identities_active", true),
            (watch::IDENTITIES_OF, "identities_person", false),
            (watch::WATCHERS, "identities_watch", false),
            (watch::BEHIND, "identities_behind", true),
            (watch::REMOVE_ANSWERS, "deliveries_events", true),
            (watch::REMOVE_EVENTS, "events_identity", true),
            (watch::MUTE_EVENTS, "events_identity", true),
            (watch::OPEN_DELIVERIES, "deliveries_open", true),
            (watch::DELIVERIES_IN, "deliveries_state", false),
            (watch::FAILED, "deliveries_state", false),
            (watch::SETTLED_BETWEEN, "deliveries_age", true),
            (watch::PURGE_EVENTS, "events_age", true),
            (watch::PURGE_DELIVERIES, "deliveries_age", true),
            (watch::CLAIM_LANES, "lanes_due", false),
            (poll_text::WATCHED_NUMBERS, "identities_watch", true),
            (poll_text::DUE, "polls_due", true),
            (listings::LISTINGS, "PRIMARY KEY (project=? AND sandbox=? AND flow>? AND flow<?)", true),
            (listings::OF_NUMBER, "verifications_number", true),
            (listings::OF_CUSTOMER, "verifications_customer", true),
            (listings::OF_REQUEST, "verifications_request", true),
            (listings::LAST_OF_NUMBER, "verifications_number", false),
            (listings::LAST_OF_CUSTOMER, "verifications_customer", false),
            (listings::LAST_OF_REQUEST, "verifications_request", false),
            (listings::BEHIND_HAND, "PRIMARY KEY (project=? AND sandbox=? AND flow>? AND flow<?)", true),
            (listings::UNLISTED, "flows_unlisted", true),
            (listings::FIRST_UNLISTED, "flows_unlisted", true),
            (listings::WITH_STRAYS, "PRIMARY KEY (project=? AND sandbox=?)", true),
            (listings::STRAYS, "PRIMARY KEY (project=? AND sandbox=?)", true),
            (listings::UNCOUNTED, "PRIMARY KEY (project=? AND sandbox=? AND flow>?)", true),
            (listings::PURGE_TALLIES, "tallies_age", true),
            (listings::REFUSALS, "PRIMARY KEY (project=? AND sandbox=? AND hour>? AND hour<?)", true),
            (listings::PURGE_REFUSALS, "refusals_age", true),
            (
                listings::RECENT_OF_NUMBER,
                "COVERING INDEX verifications_number (number_hash=? AND sandbox=? AND flow>?)",
                false,
            ),
            (listings::RECENT_OF_NUMBER, "PRIMARY KEY (number_hash=? AND sandbox=? AND flow>?)", false),
            (listings::PURGE_FORMER, "former_numbers_flow", true),
            (people_text::SESSIONS, "sessions_member", true),
            (people_text::REMOVE_SESSIONS, "sessions_member", true),
            (people_text::REMOVE_LINKS, "sign_in_links_member", true),
            (people_text::PASSKEYS, "passkeys_member", true),
            (people_text::PURGE_SESSIONS, "sessions_end", true),
            (people_text::PURGE_INVITATIONS, "invitations_end", true),
            (people_text::PURGE_LINKS, "sign_in_links_end", true),
            (people_text::PURGE_TRIES, "sign_in_tries_end", true),
            (people_text::PURGE_CEREMONIES, "ceremonies_end", true),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"));
            let mut plan = db.prepare(&explain).unwrap();
            let steps: Vec<_> =
                plan.raw_query().mapped(|row| row.get::<_, String>(3)).map(Result::unwrap).collect();
            assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:?}");
            // Those that are not read in their order sort a few rows of one number or page.
            assert!(!sorted || !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{sql}: {steps:?}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let mut db = Connection::open_in_memory().unwrap();
        let broken =
            [Step { version: 1, name: "x", sql: "CREATE TABLE a (b INTEGER); CREATE TABLE nonsense" }];
        assert!(matches!(run_steps(&mut db, &broken), Err(OpenError::Migrate { .. })));
        let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
