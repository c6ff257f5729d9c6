//! Where PostgreSQL's statements differ from the common text: in one.

use crate::sql::CLAIM;

/// The statement as PostgreSQL should get it.
pub(super) fn spelled(sql: &'static str) -> &'static str {
    if sql == CLAIM { CLAIM_SKIPPING } else { sql }
}

/// [`CLAIM`], for nodes that claim at the same time: each passes over the rows that another one is taking, instead of
/// waiting for it only to find them taken. Each branch may lock as many rows as are asked for; those that are not
/// chosen are free again when the transaction ends, a moment later.
pub(super) const CLAIM_SKIPPING: &str = "WITH due_jobs AS MATERIALIZED ( \
      SELECT id, due FROM ( \
        SELECT j.id, j.due_at - coalesce(c.ahead_micros, 0) AS due FROM jobs j \
        LEFT JOIN clocks c ON c.project = j.project AND j.sandbox = 1 \
        WHERE j.lease_until IS NULL AND j.due_at <= $3 ORDER BY j.due_at LIMIT $4 \
        FOR UPDATE OF j SKIP LOCKED) AS due_on_wall \
      UNION ALL SELECT id, due FROM ( \
        SELECT j.id, j.due_at - c.ahead_micros AS due FROM clocks c JOIN jobs j ON j.project = c.project \
        WHERE j.sandbox = 1 AND j.lease_until IS NULL AND j.due_at > $3 AND j.due_at <= $3 + c.ahead_micros \
        ORDER BY due LIMIT $4 FOR UPDATE OF j SKIP LOCKED) AS due_on_moved_clock \
      UNION ALL SELECT id, due FROM ( \
        SELECT j.id, j.due_at - coalesce(c.ahead_micros, 0) AS due FROM jobs j \
        LEFT JOIN clocks c ON c.project = j.project AND j.sandbox = 1 \
        WHERE j.lease_until <= $3 AND j.due_at <= $3 + coalesce(c.ahead_micros, 0) \
        ORDER BY j.lease_until LIMIT $4 FOR UPDATE OF j SKIP LOCKED) AS dropped \
      ORDER BY due, id LIMIT $4) \
    UPDATE jobs SET lease_id = $1, lease_until = $2, attempts = attempts + 1 \
    FROM due_jobs WHERE jobs.id = due_jobs.id \
    RETURNING jobs.id, jobs.project, jobs.sandbox, jobs.due_at, jobs.attempts, jobs.body";
