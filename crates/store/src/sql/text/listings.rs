//! Statements about lists and counts of verifications.

/// Up to `$5` verifications from `$3` to before `$4`, newest first: those that are looked at, whether or not they are
/// wanted. `$whose` is the project, or the hash of whom they are about: that holds the project's key, so it needs no
/// project, whose list would tempt SQLite to walk it.
macro_rules! looked {
    ($columns:literal, $whose:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM verifications WHERE ",
            $whose,
            " AND sandbox = $2 AND flow >= $3 AND flow < $4 ORDER BY flow DESC LIMIT $5"
        )
    };
}

/// Those of them that are wanted: a bit of `$6` for each way to stand, open ones before `$7` having timed out (7);
/// method `$8`, or any if it is negative; at most `$9`. In the order in which they are looked at: another `ORDER BY`
/// would let SQLite look at all of them for the first few.
macro_rules! wanted {
    ($whose:literal) => {
        concat!(
            "SELECT flow, method, country, outcome, proof, ended_at, messages, segments FROM (",
            looked!("project, flow, method, country, outcome, proof, ended_at, messages, segments", $whose),
            ") AS looked WHERE project = $1 AND (CAST($6 AS BIGINT) >> CAST( \
             CASE WHEN outcome = 0 AND flow < $7 THEN 7 ELSE outcome END AS INTEGER)) & 1 = 1 \
             AND (method = $8 OR $8 < 0) LIMIT $9"
        )
    };
}

/// The last one that is looked at, and how many there are.
macro_rules! last_looked {
    ($whose:literal) => {
        concat!(
            "SELECT flow, count(*) OVER () FROM (",
            looked!("project, flow", $whose),
            ") AS looked WHERE project = $1 ORDER BY flow LIMIT 1"
        )
    };
}

pub(crate) const LISTINGS: &str = wanted!("project = $1");
pub(crate) const OF_NUMBER: &str = wanted!("number_hash = $10");
pub(crate) const OF_CUSTOMER: &str = wanted!("customer_hash = $10");
pub(crate) const OF_REQUEST: &str = wanted!("request_hash = $10");
pub(crate) const LAST: &str = last_looked!("project = $1");
pub(crate) const LAST_OF_NUMBER: &str = last_looked!("number_hash = $6");
pub(crate) const LAST_OF_CUSTOMER: &str = last_looked!("customer_hash = $6");
pub(crate) const LAST_OF_REQUEST: &str = last_looked!("request_hash = $6");

/// The newest `$5` of a number from `$3` on without `$4`, present or former. Each is looked up by its index alone.
pub(crate) const RECENT_OF_NUMBER: &str = "SELECT flow FROM ( \
    SELECT flow FROM (SELECT flow FROM verifications WHERE number_hash = $1 AND sandbox = $2 \
      AND flow >= $3 AND flow <> $4 ORDER BY flow DESC LIMIT $5) AS present \
    UNION SELECT flow FROM (SELECT flow FROM former_numbers WHERE number_hash = $1 AND sandbox = $2 \
      AND flow >= $3 AND flow <> $4 ORDER BY flow DESC LIMIT $5) AS former) AS recent \
    ORDER BY flow DESC LIMIT $5";

/// Behind `$3` and before `$4`, oldest first.
pub(crate) const BEHIND_HAND: &str = "SELECT flow, method, country, outcome, proof, ended_at, messages, segments \
    FROM verifications WHERE project = $1 AND sandbox = $2 AND flow > $3 AND flow < $4 ORDER BY flow LIMIT $5";

pub(crate) const ADD: &str = "INSERT INTO verifications (project, sandbox, flow, method, country, number_hash, \
    customer_hash, request_hash, outcome, proof, ended_at, messages, segments) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (project, sandbox, flow) DO NOTHING";
/// Before [`RENUMBER`].
pub(crate) const KEEP_FORMER: &str = "INSERT INTO former_numbers (number_hash, sandbox, flow) \
    SELECT number_hash, sandbox, flow FROM verifications WHERE project = $1 AND sandbox = $2 AND flow = $3 \
    ON CONFLICT (number_hash, sandbox, flow) DO NOTHING";
pub(crate) const RENUMBER: &str = "UPDATE verifications SET number_hash = $4, country = $5 \
    WHERE project = $1 AND sandbox = $2 AND flow = $3";
pub(crate) const CONCLUDE: &str = "UPDATE verifications SET outcome = $4, proof = $5, ended_at = $6, \
    messages = $7, segments = $8 WHERE project = $1 AND sandbox = $2 AND flow = $3";

/// Flows that a program from before lists wrote.
pub(crate) const UNLISTED: &str = "SELECT id, project, body FROM flows WHERE listed = 0 ORDER BY id LIMIT $1";
pub(crate) const LISTED: &str = "UPDATE flows SET listed = 1 WHERE id = $1";
pub(crate) const FIRST_UNLISTED: &str = "SELECT id FROM flows WHERE listed = 0 ORDER BY id LIMIT 1";

/// Environments of projects (these are few), each with its first verification behind its hand; `$1` is before every flow.
pub(crate) const UNCOUNTED: &str = "SELECT p.id, e.sandbox, coalesce(h.version, 0), coalesce(h.place, $1), \
    (SELECT v.flow FROM verifications v WHERE v.project = p.id AND v.sandbox = e.sandbox \
     AND v.flow > coalesce(h.place, $1) ORDER BY v.flow LIMIT 1), coalesce(c.ahead_micros, 0) \
    FROM projects p CROSS JOIN (SELECT CAST(0 AS BIGINT) AS sandbox UNION ALL SELECT CAST(1 AS BIGINT)) AS e \
    LEFT JOIN tally_hands h ON h.project = p.id AND h.sandbox = e.sandbox \
    LEFT JOIN clocks c ON c.project = p.id";

pub(crate) const HAND: &str = "SELECT version, place FROM tally_hands WHERE project = $1 AND sandbox = $2";
pub(crate) const ADD_HAND: &str = "INSERT INTO tally_hands (project, sandbox, place, version) \
    VALUES ($1, $2, $3, 1) ON CONFLICT (project, sandbox) DO NOTHING";
pub(crate) const SET_HAND: &str = "UPDATE tally_hands SET place = $3, version = version + 1 \
    WHERE project = $1 AND sandbox = $2 AND version = $4";

macro_rules! counts {
    () => {
        "started, messaged, proven, verified, number_unknown, name_unknown, name_mismatch, exhausted, cancelled, \
         timed_out, too_many_steps, refused, unanswered, messages, segments, took_10, took_20, took_30, took_60, \
         took_120, took_300, took_600, took_more"
    };
}

/// From the hour `$3` to before `$4`.
pub(crate) const TALLIES: &str = concat!(
    "SELECT hour, method, country, ",
    counts!(),
    " FROM tallies WHERE project = $1 AND sandbox = $2 AND hour >= $3 AND hour < $4"
);
pub(crate) const ADD_TALLY: &str = concat!(
    "INSERT INTO tallies (project, sandbox, hour, method, country, ",
    counts!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
     $23, $24, $25, $26, $27, $28) \
     ON CONFLICT (project, sandbox, hour, method, country) DO UPDATE SET \
     started = tallies.started + excluded.started, messaged = tallies.messaged + excluded.messaged, \
     proven = tallies.proven + excluded.proven, verified = tallies.verified + excluded.verified, \
     number_unknown = tallies.number_unknown + excluded.number_unknown, \
     name_unknown = tallies.name_unknown + excluded.name_unknown, \
     name_mismatch = tallies.name_mismatch + excluded.name_mismatch, \
     exhausted = tallies.exhausted + excluded.exhausted, cancelled = tallies.cancelled + excluded.cancelled, \
     timed_out = tallies.timed_out + excluded.timed_out, \
     too_many_steps = tallies.too_many_steps + excluded.too_many_steps, \
     refused = tallies.refused + excluded.refused, unanswered = tallies.unanswered + excluded.unanswered, \
     messages = tallies.messages + excluded.messages, segments = tallies.segments + excluded.segments, \
     took_10 = tallies.took_10 + excluded.took_10, took_20 = tallies.took_20 + excluded.took_20, \
     took_30 = tallies.took_30 + excluded.took_30, took_60 = tallies.took_60 + excluded.took_60, \
     took_120 = tallies.took_120 + excluded.took_120, took_300 = tallies.took_300 + excluded.took_300, \
     took_600 = tallies.took_600 + excluded.took_600, took_more = tallies.took_more + excluded.took_more"
);

/// From the hour `$3` to before `$4`.
pub(crate) const REFUSALS: &str = "SELECT hour, kind, refused FROM refusals \
    WHERE project = $1 AND sandbox = $2 AND hour >= $3 AND hour < $4 ORDER BY hour, kind";
pub(crate) const ADD_REFUSALS: &str = "INSERT INTO refusals (project, sandbox, hour, kind, refused) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (project, sandbox, hour, kind) DO UPDATE SET refused = refusals.refused + excluded.refused";

/// Environments of projects (these are few) whose oldest verification has no flow.
pub(crate) const WITH_STRAYS: &str = "SELECT oldest.project, oldest.sandbox FROM \
    (SELECT p.id AS project, e.sandbox AS sandbox, (SELECT v.flow FROM verifications v \
     WHERE v.project = p.id AND v.sandbox = e.sandbox ORDER BY v.flow LIMIT 1) AS flow \
     FROM projects p CROSS JOIN (SELECT CAST(0 AS BIGINT) AS sandbox UNION ALL SELECT CAST(1 AS BIGINT)) AS e) \
    AS oldest WHERE oldest.flow IS NOT NULL AND NOT EXISTS (SELECT 1 FROM flows f WHERE f.id = oldest.flow)";
/// Those of an environment's `$3` oldest verifications that have no flow.
pub(crate) const STRAYS: &str = "SELECT oldest.flow FROM (SELECT flow FROM verifications \
    WHERE project = $1 AND sandbox = $2 ORDER BY flow LIMIT $3) AS oldest \
    WHERE NOT EXISTS (SELECT 1 FROM flows f WHERE f.id = oldest.flow)";
pub(crate) const REMOVE: &str = "DELETE FROM verifications WHERE project = $1 AND sandbox = $2 AND flow = $3";
/// Up to the hour `$1`.
pub(crate) const PURGE_TALLIES: &str = "DELETE FROM tallies WHERE (project, sandbox, hour, method, country) IN \
    (SELECT project, sandbox, hour, method, country FROM tallies WHERE hour <= $1 ORDER BY hour LIMIT $2)";

/// Up to the hour `$1`.
pub(crate) const PURGE_REFUSALS: &str = "DELETE FROM refusals WHERE (project, sandbox, hour, kind) IN \
    (SELECT project, sandbox, hour, kind FROM refusals WHERE hour <= $1 ORDER BY hour LIMIT $2)";

/// Before the flow `$1`.
pub(crate) const PURGE_FORMER: &str = "DELETE FROM former_numbers WHERE (number_hash, sandbox, flow) IN \
    (SELECT number_hash, sandbox, flow FROM former_numbers WHERE flow < $1 ORDER BY flow LIMIT $2)";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(super) const ALL: &[&str] = &[
    LISTINGS,
    OF_NUMBER,
    OF_CUSTOMER,
    OF_REQUEST,
    LAST,
    LAST_OF_NUMBER,
    LAST_OF_CUSTOMER,
    LAST_OF_REQUEST,
    BEHIND_HAND,
    ADD,
    RENUMBER,
    CONCLUDE,
    UNLISTED,
    LISTED,
    FIRST_UNLISTED,
    UNCOUNTED,
    HAND,
    ADD_HAND,
    SET_HAND,
    TALLIES,
    ADD_TALLY,
    WITH_STRAYS,
    STRAYS,
    REMOVE,
    PURGE_TALLIES,
    REFUSALS,
    ADD_REFUSALS,
    PURGE_REFUSALS,
    RECENT_OF_NUMBER,
    KEEP_FORMER,
    PURGE_FORMER,
];
