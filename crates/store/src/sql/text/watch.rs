//! Statements about watched numbers: identities, events, lanes, webhooks, deliveries.
//!
//! Whatever adds to a lane or sends from it locks the lane's row first, so that two of them wait for each other in that
//! order and never crosswise.

pub(crate) const IDENTITY: &str = "SELECT id, project, version, mark, body FROM identities \
    WHERE project = $1 AND sandbox = $2 AND number_hash = $3 AND customer_hash = $4";
pub(crate) const IDENTITY_BY_ID: &str =
    "SELECT id, project, version, mark, body FROM identities WHERE id = $3 AND project = $1 AND sandbox = $2";
/// `$3` is the id to go on after.
pub(crate) const IDENTITIES: &str = "SELECT id, project, version, mark, body FROM identities \
    WHERE project = $1 AND sandbox = $2 AND id > $3 ORDER BY id LIMIT $4";
pub(crate) const ACTIVE_IDENTITIES: &str = "SELECT id, project, version, mark, body FROM identities \
    WHERE project = $1 AND sandbox = $2 AND id > $3 AND active = 1 ORDER BY id LIMIT $4";
/// By the number's index; the order would tempt SQLite to walk the whole list.
pub(crate) const IDENTITIES_OF: &str = "SELECT id, project, version, mark, body FROM identities WHERE id IN ( \
    SELECT id FROM identities WHERE project = $1 AND sandbox = $2 AND number_hash = $3) ORDER BY id LIMIT $4";
/// `$2` is the id to go on after.
pub(crate) const WATCHERS: &str = "SELECT id, project, version, mark, body FROM identities WHERE watch_hash = $1 \
    AND id > $2 ORDER BY id LIMIT $3";
pub(crate) const ADD_IDENTITY: &str = "INSERT INTO identities \
    (id, project, sandbox, number_hash, customer_hash, created_at, verified_at, active, watch_hash, body, mark, version) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) ON CONFLICT (id) DO NOTHING";
/// `$13` is added to the version.
pub(crate) const SET_IDENTITY: &str = "UPDATE identities SET number_hash = $4, customer_hash = $5, \
    created_at = $6, verified_at = $7, active = $8, watch_hash = $9, body = $10, mark = $11, version = version + $13 \
    WHERE id = $1 AND project = $2 AND sandbox = $3 AND version = $12";
pub(crate) const REMOVE_IDENTITY: &str =
    "DELETE FROM identities WHERE id = $3 AND project = $1 AND sandbox = $2 AND version = $4";
/// Deliveries do not overlap: the one that an event is in is the first one that ends at or behind it, if any. `CROSS`
/// lets SQLite begin with the events.
pub(crate) const REMOVE_ANSWERS: &str = "DELETE FROM attempts WHERE delivery IN ( \
    SELECT d.id FROM events e CROSS JOIN deliveries d \
    WHERE e.project = $1 AND e.sandbox = $2 AND e.identity = $3 \
    AND d.project = e.project AND d.sandbox = e.sandbox AND d.kind = 0 AND d.first <= e.cursor AND d.last = ( \
      SELECT x.last FROM deliveries x WHERE x.project = e.project AND x.sandbox = e.sandbox AND x.kind = 0 \
      AND x.last >= e.cursor ORDER BY x.last LIMIT 1))";
/// By the identity's index.
pub(crate) const REMOVE_EVENTS: &str = "DELETE FROM events WHERE (project, sandbox, cursor) IN ( \
    SELECT project, sandbox, cursor FROM events WHERE project = $1 AND sandbox = $2 AND identity = $3)";
/// Rows that a program from before monitoring wrote, also over what a later one had written.
pub(crate) const BEHIND: &str =
    "SELECT id, project, body FROM identities WHERE mark <> substr(body, 1, 13) ORDER BY id LIMIT $1";
/// Such a program may write the row (and not its version) again at any moment: `$2` is the body that was read.
pub(crate) const CATCH_UP: &str = "UPDATE identities SET watch_hash = $3, active = $4, body = $5, mark = $6 \
    WHERE id = $1 AND body = $2";
/// Whose body cannot be read is not looked at again.
pub(crate) const SET_ASIDE: &str =
    "UPDATE identities SET mark = substr(body, 1, 13) WHERE id = $1 AND body = $2";

/// Gives out the next cursor. The row stays locked until the unit is committed, so whoever comes next waits, also on
/// another node: cursors have no gaps, and whoever sees one sees all before it. A lane that is held is not woken; when
/// its holder gives it back, the events tell whether there is more.
pub(crate) const NEXT_CURSOR: &str = "INSERT INTO lanes \
    (project, sandbox, last, packed, open, due_at, failures, warnings) VALUES ($1, $2, 1, 0, 0, $3, 0, 0) \
    ON CONFLICT (project, sandbox) DO UPDATE SET last = lanes.last + 1, due_at = CASE \
    WHEN lanes.lease_id IS NOT NULL OR lanes.due_at <= excluded.due_at THEN lanes.due_at ELSE excluded.due_at END";
/// Directly after [`NEXT_CURSOR`].
pub(crate) const ADD_EVENT: &str = "INSERT INTO events \
    (project, sandbox, cursor, id, identity, at, muted, body) VALUES ($1, $2, \
    (SELECT last FROM lanes WHERE project = $1 AND sandbox = $2), $3, $4, $5, 0, $6)";
/// By the identity's index.
pub(crate) const MUTE_EVENTS: &str = "UPDATE events SET muted = 1 WHERE (project, sandbox, cursor) IN ( \
    SELECT project, sandbox, cursor FROM events WHERE project = $1 AND sandbox = $2 AND identity = $3) AND muted = 0";
pub(crate) const EVENTS: &str = "SELECT cursor, muted, id, body FROM events \
    WHERE project = $1 AND sandbox = $2 AND cursor > $3 AND cursor <= $4 ORDER BY cursor LIMIT $5";
/// By the identity's index.
pub(crate) const EVENTS_OF: &str = "SELECT cursor, muted, id, body FROM events \
    WHERE project = $1 AND sandbox = $2 AND identity = $3 AND cursor < $4 ORDER BY cursor DESC LIMIT $5";

pub(crate) const LANE: &str = "SELECT project, sandbox, last, packed, failing_since, failures, warnings, \
    succeeded_at, lease_id, lease_until FROM lanes WHERE project = $1 AND sandbox = $2";
/// `$1` lease, `$2` its end, `$3` wall, `$4` limit. Free lanes due on the wall; free sandbox lanes due on their moved
/// clock only; lanes whose lease ran out. The last conditions hold for the row as it is when it is locked: a node that
/// waited for another one's claim must not take the same lane. It waits, instead of passing over locked rows, because a
/// lane with many new events is locked most of the time.
pub(crate) const CLAIM_LANES: &str = "UPDATE lanes SET lease_id = $1, lease_until = $2, due_at = NULL \
    WHERE (project, sandbox) IN (SELECT project, sandbox FROM ( \
      SELECT project, sandbox, due FROM ( \
        SELECT l.project, l.sandbox, l.due_at - coalesce(c.ahead_micros, 0) AS due FROM lanes l \
        LEFT JOIN clocks c ON c.project = l.project AND l.sandbox = 1 \
        WHERE l.open = 1 AND l.lease_id IS NULL AND l.due_at <= $3 ORDER BY l.due_at LIMIT $4) AS due_on_wall \
      UNION ALL SELECT project, sandbox, due FROM ( \
        SELECT l.project, l.sandbox, l.due_at - c.ahead_micros AS due \
        FROM clocks c JOIN lanes l ON l.project = c.project WHERE l.sandbox = 1 AND l.open = 1 \
        AND l.lease_id IS NULL AND l.due_at > $3 AND l.due_at <= $3 + c.ahead_micros \
        ORDER BY due LIMIT $4) AS due_on_moved_clock \
      UNION ALL SELECT project, sandbox, due FROM ( \
        SELECT l.project, l.sandbox, l.lease_until AS due FROM lanes l \
        WHERE l.open = 1 AND l.lease_id IS NOT NULL AND l.lease_until <= $3 \
        ORDER BY l.lease_until LIMIT $4) AS dropped \
    ) AS due_lanes ORDER BY due, project, sandbox LIMIT $4) \
    AND open = 1 AND (lease_id IS NULL OR lease_until <= $3) \
    RETURNING project, sandbox, last, packed, failing_since, failures, warnings, succeeded_at, lease_id, lease_until";
pub(crate) const WAKE_LANE: &str = "UPDATE lanes SET due_at = CASE WHEN due_at <= $3 THEN due_at ELSE $3 END \
    WHERE project = $1 AND sandbox = $2";
pub(crate) const HOLD_LANE: &str =
    "UPDATE lanes SET lease_until = $4 WHERE project = $1 AND sandbox = $2 AND lease_id = $3";
/// Before [`RELEASE_LANE`]: whoever adds an event waits for this lock, or is waited for, so that the next statement sees
/// every event there is.
pub(crate) const LOCK_LANE: &str =
    "UPDATE lanes SET lease_until = lease_until WHERE project = $1 AND sandbox = $2 AND lease_id = $3";
/// Whoever woke the lane while it was held is not forgotten: the claim had cleared `due_at`. The newest cursor does not
/// tell whether there is something new: the event may be erased.
pub(crate) const RELEASE_LANE: &str = "UPDATE lanes SET lease_id = NULL, lease_until = NULL, due_at = CASE \
    WHEN EXISTS (SELECT 1 FROM events WHERE project = $1 AND sandbox = $2 AND cursor > $4) THEN 0 WHEN due_at <= $5 OR $5 IS NULL THEN due_at ELSE $5 END \
    WHERE project = $1 AND sandbox = $2 AND lease_id = $3";
pub(crate) const LANE_HEALTH: &str = "UPDATE lanes SET failing_since = $3, failures = $4, warnings = $5, \
    succeeded_at = $6 WHERE project = $1 AND sandbox = $2";
/// For a new webhook: nothing from before goes to it.
pub(crate) const BEGIN_LANE: &str = "INSERT INTO lanes \
    (project, sandbox, last, packed, open, failures, warnings) VALUES ($1, $2, 0, 0, $3, 0, 0) \
    ON CONFLICT (project, sandbox) DO UPDATE SET packed = lanes.last, open = excluded.open, due_at = NULL, \
    lease_id = NULL, lease_until = NULL, failing_since = NULL, failures = 0, warnings = 0, succeeded_at = NULL";
/// One that is opened again may go on at once, and begins with a clean record.
pub(crate) const OPEN_LANE: &str = "UPDATE lanes \
    SET due_at = CASE WHEN open < $3 THEN 0 ELSE due_at END, \
    failing_since = CASE WHEN open < $3 THEN NULL ELSE failing_since END, \
    failures = CASE WHEN open < $3 THEN 0 ELSE failures END, \
    warnings = CASE WHEN open < $3 THEN 0 ELSE warnings END, open = $3 WHERE project = $1 AND sandbox = $2";
/// Another endpoint, another record.
pub(crate) const FORGIVE_LANE: &str = "UPDATE lanes SET failing_since = NULL, failures = 0, warnings = 0 \
    WHERE project = $1 AND sandbox = $2";
/// Its holder writes nothing more.
pub(crate) const CLOSE_LANE: &str = "UPDATE lanes \
    SET open = 0, due_at = NULL, lease_id = NULL, lease_until = NULL WHERE project = $1 AND sandbox = $2";

pub(crate) const WEBHOOK: &str = "SELECT w.project, w.sandbox, w.version, w.body, \
    coalesce(c.ahead_micros, 0) FROM webhooks w LEFT JOIN clocks c ON c.project = w.project \
    WHERE w.project = $1 AND w.sandbox = $2";
pub(crate) const ADD_WEBHOOK: &str = "INSERT INTO webhooks (project, sandbox, version, body) \
    VALUES ($1, $2, 1, $3) ON CONFLICT (project, sandbox) DO NOTHING";
pub(crate) const SET_WEBHOOK: &str = "UPDATE webhooks SET version = version + 1, body = $3 \
    WHERE project = $1 AND sandbox = $2 AND version = $4";
pub(crate) const REMOVE_WEBHOOK: &str =
    "DELETE FROM webhooks WHERE project = $1 AND sandbox = $2 AND version = $3";

macro_rules! delivery {
    () => {
        "SELECT id, kind, first, last, state, created_at, due_at, give_up_at, attempts, replayed_at_attempt \
        FROM deliveries WHERE project = $1 AND sandbox = $2 "
    };
}

pub(crate) const DELIVERY: &str = concat!(delivery!(), "AND id = $3");
/// In the order of their events: ids are made by clocks, and those of two nodes may differ.
pub(crate) const OPEN_DELIVERIES: &str = concat!(delivery!(), "AND state = 0 ORDER BY first, id LIMIT $3");
pub(crate) const DELIVERIES: &str = concat!(delivery!(), "AND id < $3 ORDER BY id DESC LIMIT $4");
/// By the state's index.
pub(crate) const DELIVERIES_IN: &str = concat!(
    delivery!(),
    "AND id IN (SELECT id FROM deliveries WHERE project = $1 AND sandbox = $2 AND state = $5 AND id < $3 \
     ORDER BY id DESC LIMIT $4) ORDER BY id DESC"
);
pub(crate) const ADD_DELIVERY: &str = "INSERT INTO deliveries (project, sandbox, id, kind, first, last, \
    state, created_at, due_at, give_up_at, attempts, replayed_at_attempt) \
    VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11)";
pub(crate) const PACKED: &str =
    "UPDATE lanes SET packed = $3 WHERE project = $1 AND sandbox = $2 AND packed < $3";
/// A test has its place behind what is packed.
pub(crate) const ADD_TEST: &str = "INSERT INTO deliveries (project, sandbox, id, kind, first, last, \
    state, created_at, due_at, give_up_at, attempts, replayed_at_attempt) VALUES ($1, $2, $3, 1, \
    (SELECT coalesce(max(packed), 0) FROM lanes WHERE project = $1 AND sandbox = $2), \
    (SELECT coalesce(max(packed), 0) FROM lanes WHERE project = $1 AND sandbox = $2), $4, $5, $6, $7, $8, $9)";
pub(crate) const SET_DELIVERY: &str = "UPDATE deliveries SET state = $4, due_at = $5, give_up_at = $6, \
    attempts = $7, replayed_at_attempt = $8 WHERE project = $1 AND sandbox = $2 AND id = $3";
pub(crate) const FAIL_OPEN: &str =
    "UPDATE deliveries SET state = 2 WHERE project = $1 AND sandbox = $2 AND state = 0";

/// `$3` is the id to go on after. By the state's index.
pub(crate) const FAILED: &str = concat!(
    delivery!(),
    "AND id IN (SELECT id FROM deliveries WHERE project = $1 AND sandbox = $2 AND state = 2 AND kind = 0 \
     AND id > $3 ORDER BY id LIMIT $4) ORDER BY id"
);
/// `$3` and `$4` are instant and id to go on after, `$5` is the end.
pub(crate) const SETTLED_BETWEEN: &str = concat!(
    delivery!(),
    "AND (created_at, id) > ($3, $4) AND created_at < $5 AND state <> 0 AND kind = 0 \
     ORDER BY created_at, id LIMIT $6"
);
pub(crate) const REPLAY: &str = "UPDATE deliveries \
    SET state = 0, due_at = $3, give_up_at = $4, replayed_at_attempt = attempts \
    WHERE project = $1 AND sandbox = $2 AND id = $5 AND state <> 0";

pub(crate) const ATTEMPTS: &str = "SELECT number, at, duration_ms, body FROM attempts \
    WHERE delivery = $3 AND EXISTS \
    (SELECT 1 FROM deliveries WHERE project = $1 AND sandbox = $2 AND id = $3) ORDER BY number";
pub(crate) const ADD_ATTEMPT: &str = "INSERT INTO attempts \
    (delivery, number, project, at, duration_ms, body) VALUES ($1, $2, $3, $4, $5, $6)";

pub(crate) const FEED_FILE: &str =
    "SELECT source, begun_at, done_at, taken, rejected, events FROM feed_files WHERE digest = $1";
pub(crate) const ADD_FEED_FILE: &str = "INSERT INTO feed_files \
    (digest, source, begun_at, done_at, taken, rejected, events) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (digest) DO NOTHING";
pub(crate) const SET_FEED_FILE: &str = "UPDATE feed_files SET source = $2, begun_at = $3, done_at = $4, \
    taken = $5, rejected = $6, events = $7 WHERE digest = $1 AND taken = $8";

/// `$1` is the wall less the time that it is kept: whoever moves a sandbox clock by months wants to see what happened
/// meanwhile. Every environment with deliveries or events has a lane. What waits to be delivered stays, unless nothing is
/// sent there. PostgreSQL has another text (`postgres/dialect`).
macro_rules! outlived_deliveries {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM lanes l CROSS JOIN deliveries d WHERE d.project = l.project AND d.sandbox = l.sandbox \
            AND d.created_at <= $1 AND (d.state <> 0 OR l.open = 0) \
            ORDER BY l.project, l.sandbox, d.created_at, d.id LIMIT $2"
        )
    };
}

/// Before [`PURGE_DELIVERIES`], which chooses the same.
pub(crate) const PURGE_ATTEMPTS: &str =
    concat!("DELETE FROM attempts WHERE delivery IN (", outlived_deliveries!("d.id"), ")");
pub(crate) const PURGE_DELIVERIES: &str = concat!(
    "DELETE FROM deliveries WHERE (project, sandbox, id) IN (",
    outlived_deliveries!("d.project, d.sandbox, d.id"),
    ")"
);
pub(crate) const PURGE_EVENTS: &str = "DELETE FROM events WHERE (project, sandbox, cursor) IN ( \
    SELECT e.project, e.sandbox, e.cursor FROM lanes l CROSS JOIN events e \
    WHERE e.project = l.project AND e.sandbox = l.sandbox AND e.at <= $1 \
    AND (l.open = 0 OR (e.cursor <= l.packed AND e.cursor < coalesce( \
      (SELECT d.first FROM deliveries d WHERE d.project = l.project AND d.sandbox = l.sandbox \
       AND d.state = 0 AND d.kind = 0 ORDER BY d.first LIMIT 1), e.cursor + 1))) LIMIT $2)";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(super) const ALL: &[&str] = &[
    IDENTITY,
    IDENTITY_BY_ID,
    IDENTITIES,
    ACTIVE_IDENTITIES,
    IDENTITIES_OF,
    WATCHERS,
    ADD_IDENTITY,
    SET_IDENTITY,
    REMOVE_IDENTITY,
    REMOVE_ANSWERS,
    REMOVE_EVENTS,
    BEHIND,
    CATCH_UP,
    SET_ASIDE,
    NEXT_CURSOR,
    ADD_EVENT,
    MUTE_EVENTS,
    EVENTS,
    EVENTS_OF,
    LANE,
    CLAIM_LANES,
    WAKE_LANE,
    HOLD_LANE,
    LOCK_LANE,
    RELEASE_LANE,
    LANE_HEALTH,
    BEGIN_LANE,
    OPEN_LANE,
    FORGIVE_LANE,
    CLOSE_LANE,
    WEBHOOK,
    ADD_WEBHOOK,
    SET_WEBHOOK,
    REMOVE_WEBHOOK,
    DELIVERY,
    OPEN_DELIVERIES,
    DELIVERIES,
    DELIVERIES_IN,
    ADD_DELIVERY,
    PACKED,
    ADD_TEST,
    SET_DELIVERY,
    FAIL_OPEN,
    FAILED,
    SETTLED_BETWEEN,
    REPLAY,
    ATTEMPTS,
    ADD_ATTEMPT,
    FEED_FILE,
    ADD_FEED_FILE,
    SET_FEED_FILE,
    PURGE_ATTEMPTS,
    PURGE_DELIVERIES,
    PURGE_EVENTS,
];
