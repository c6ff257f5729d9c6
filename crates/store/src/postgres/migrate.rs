//! Schema steps: numbered, embedded, checksummed, applied at open under a lock that all nodes share.

use tokio_postgres::{Client, Error};

use super::{PostgresError, fault};
use crate::schema::{Step, Unfit, checksum, compare, newest, steps};

pub(super) const STEPS: &[Step] = steps!("postgres.sql");

/// The oldest server that has what the statements and the schema need.
const OLDEST: i32 = 15;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_steps \
    (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum BYTEA NOT NULL)";

/// Held until the transaction ends. The number is "ringtrue" in ASCII, so that nobody else's is the same by accident.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8244241983492748645)";

/// Brings the schema up to date, or refuses one that is newer or not ours.
pub(super) async fn run(client: &mut Client) -> Result<(), PostgresError> {
    let failed = |source| PostgresError::server("version", &source);
    let version: i32 = client
        .query_one("SELECT current_setting('server_version_num')::int / 10000", &[])
        .await
        .map_err(failed)?
        .get(0);
    if version < OLDEST {
        return Err(PostgresError::OldServer { found: version, oldest: OLDEST });
    }
    run_steps(client, STEPS).await
}

async fn run_steps(client: &mut Client, steps: &[Step]) -> Result<(), PostgresError> {
    let newest = newest(steps);
    // The usual case first, without a lock.
    if check(client, steps).await? == newest {
        return Ok(());
    }
    let failed = |step: &'static str| move |source: Error| PostgresError::server(step, &source);
    let transaction = client.transaction().await.map_err(failed("begin"))?;
    // Another node may be at it, and a step may take its time.
    transaction
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        .await
        .map_err(failed("begin"))?;
    transaction.batch_execute(LOCK).await.map_err(failed("lock"))?;
    transaction.batch_execute(TABLE).await.map_err(failed("schema_steps"))?;
    let applied = check(transaction.client(), steps).await?;
    for step in steps.iter().filter(|step| step.version > applied) {
        transaction.batch_execute(step.sql).await.map_err(failed(step.name))?;
        let record = "INSERT INTO schema_steps (version, name, checksum) VALUES ($1, $2, $3)";
        transaction
            .execute(record, &[&step.version, &step.name, &checksum(step.sql)])
            .await
            .map_err(failed(step.name))?;
    }
    transaction.commit().await.map_err(failed("commit"))
}

/// Whether keys belong to the database already.
pub(super) async fn holds_keys(client: &Client) -> Result<bool, PostgresError> {
    let ask = async |sql| Ok::<bool, Error>(client.query_one(sql, &[]).await?.get(0));
    let held = async {
        Ok(ask("SELECT to_regclass('data_keys') IS NOT NULL").await?
            && ask("SELECT EXISTS (SELECT 1 FROM data_keys)").await?)
    };
    held.await.map_err(|source| PostgresError::server("check", &source))
}

/// The newest step applied, after comparing all applied ones with ours.
async fn check(client: &Client, steps: &[Step]) -> Result<i64, PostgresError> {
    let failed = |source| PostgresError::server("check", &source);
    let there = "SELECT to_regclass('schema_steps') IS NOT NULL";
    if !client.query_one(there, &[]).await.map_err(failed)?.get::<_, bool>(0) {
        return Ok(0);
    }
    let rows = client.query("SELECT version, checksum FROM schema_steps ORDER BY version", &[]).await;
    let applied: Vec<_> = rows.map_err(failed)?.iter().map(|row| (row.get(0), row.get(1))).collect();
    compare(&applied, steps).map_err(|unfit| match unfit {
        Unfit::Newer { found, known } => PostgresError::Newer { found, known },
        Unfit::Altered { step } => PostgresError::Altered { step },
    })
}

impl PostgresError {
    pub(super) fn server(step: &'static str, source: &Error) -> Self {
        Self::Migrate { step: step.to_owned(), source: fault::text(source).into() }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// A step is for both databases, whether or not it does something on each.
    #[test]
    fn every_step_is_there_for_both_databases() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut names = Vec::new();
        for entry in fs::read_dir(root).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            names.push(entry.file_name().into_string().unwrap());
            for dialect in ["sqlite.sql", "postgres.sql"] {
                assert!(entry.path().join(dialect).exists(), "{}", entry.path().join(dialect).display());
            }
        }
        names.sort();
        assert_eq!(names, STEPS.iter().map(|step| step.name).collect::<Vec<_>>());
        assert!(STEPS.iter().map(|step| step.version).eq(1..=newest(STEPS)), "numbers without gaps, from 1");
        for step in STEPS {
            assert!(step.name.starts_with(&format!("{:04}_", step.version)), "{}", step.name);
        }
    }
}
