//! Where PostgreSQL's statements differ from the common text.

use crate::sql::{
    CLAIM, OUTLIVED, PURGE_OUTBOX, UNSETTLED,
    watch::{PURGE_ATTEMPTS, PURGE_DELIVERIES, PURGE_EVENTS},
};

/// The common text, and PostgreSQL's.
const SPELLED: &[(&str, &str)] = &[
    (CLAIM, CLAIM_SKIPPING),
    (PURGE_OUTBOX, PURGE_OUTBOX_BY_PROJECT),
    (PURGE_ATTEMPTS, PURGE_ATTEMPTS_BY_LANE),
    (PURGE_DELIVERIES, PURGE_DELIVERIES_BY_LANE),
    (PURGE_EVENTS, PURGE_EVENTS_BY_LANE),
    (UNSETTLED, UNSETTLED_BY_ID),
    (OUTLIVED, OUTLIVED_BY_ID),
];

/// The statement as PostgreSQL should get it.
pub(super) fn spelled(sql: &'static str) -> &'static str {
    SPELLED.iter().find(|(common, _)| *common == sql).map_or(sql, |(_, ours)| ours)
}

/// [`CLAIM`], for nodes that claim at the same time: each passes over the rows that another one is taking, instead of
/// waiting for it only to find them taken. Each branch may lock as many rows as are asked for; those that are not
/// chosen are free again when the transaction ends, a moment later.
const CLAIM_SKIPPING: &str = "WITH due_jobs AS MATERIALIZED ( \
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

// The purges ask each project or lane (both are few) for its oldest rows: a join would read whole tables. `LATERAL` with
// a limit leaves the planner no other way than the index, and an array of what was found none other than to look just
// that up. A row that somebody writes meanwhile has another `ctid` then, and stays for the next time.

const PURGE_OUTBOX_BY_PROJECT: &str = "DELETE FROM outbox WHERE id = ANY (ARRAY( \
    SELECT old.id FROM data_keys k LEFT JOIN clocks c ON c.project = k.owner CROSS JOIN LATERAL ( \
      SELECT o.id FROM outbox o WHERE o.project = k.owner AND o.sent_at <= $1 + coalesce(c.ahead_micros, 0) \
      ORDER BY o.sent_at LIMIT $2) AS old LIMIT $2))";

macro_rules! outlived_deliveries {
    ($column:literal) => {
        concat!(
            "SELECT old.",
            $column,
            " FROM lanes l CROSS JOIN LATERAL ( \
              SELECT d.id, d.ctid AS place FROM deliveries d \
              WHERE d.project = l.project AND d.sandbox = l.sandbox \
              AND d.created_at <= $1 AND (d.state <> 0 OR l.open = 0) \
              ORDER BY d.created_at, d.id LIMIT $2) AS old ORDER BY l.project, l.sandbox LIMIT $2"
        )
    };
}

const PURGE_ATTEMPTS_BY_LANE: &str =
    concat!("DELETE FROM attempts WHERE delivery = ANY (ARRAY(", outlived_deliveries!("id"), "))");

/// With the attempts once more: another node may have purged since [`PURGE_ATTEMPTS_BY_LANE`] chose, so that these are
/// other deliveries, whose attempts nobody would find again.
const PURGE_DELIVERIES_BY_LANE: &str = concat!(
    "WITH answers AS (",
    "DELETE FROM attempts WHERE delivery = ANY (ARRAY(",
    outlived_deliveries!("id"),
    "))) DELETE FROM deliveries WHERE ctid = ANY (ARRAY(",
    outlived_deliveries!("place"),
    "))"
);

/// Of a lane with much that waits, only the oldest events are looked at.
const PURGE_EVENTS_BY_LANE: &str = "DELETE FROM events WHERE ctid = ANY (ARRAY( \
    SELECT old.place FROM lanes l CROSS JOIN LATERAL ( \
      SELECT e.cursor, e.ctid AS place FROM events e WHERE e.project = l.project AND e.sandbox = l.sandbox \
      AND e.at <= $1 ORDER BY e.at LIMIT $2) AS old \
    WHERE l.open = 0 OR (old.cursor <= l.packed AND old.cursor < coalesce( \
      (SELECT d.first FROM deliveries d WHERE d.project = l.project AND d.sandbox = l.sandbox \
       AND d.state = 0 AND d.kind = 0 ORDER BY d.first LIMIT 1), old.cursor + 1)) LIMIT $2))";

/// The flows that one purge looks at, those of moved clocks by project too.
macro_rules! outlived_flows {
    ($settled:literal) => {
        concat!(
            "SELECT id FROM ( \
              SELECT id, settled FROM (SELECT id, settled FROM flows WHERE purge_after <= $1 \
                ORDER BY purge_after, id LIMIT $2) AS on_wall \
              UNION ALL SELECT id, settled FROM ( \
                SELECT old.id, old.settled FROM clocks c CROSS JOIN LATERAL ( \
                  SELECT f.id, f.settled FROM flows f WHERE f.project = c.project AND f.sandbox = 1 \
                  AND f.purge_after > $1 AND f.purge_after <= $1 + c.ahead_micros \
                  ORDER BY f.purge_after, f.id LIMIT $2) AS old ORDER BY c.project LIMIT $2) AS on_moved_clock \
            ) AS outlived WHERE ",
            $settled,
            " ORDER BY id LIMIT $2"
        )
    };
}

const UNSETTLED_BY_ID: &str = concat!(
    "SELECT id, project, version, body FROM flows WHERE id = ANY (ARRAY(",
    outlived_flows!("settled = 0"),
    "))"
);
const OUTLIVED_BY_ID: &str = concat!(
    "SELECT id, project, sandbox FROM flows WHERE id = ANY (ARRAY(",
    outlived_flows!("settled >= $3"),
    "))"
);
