//! Every SQL statement, in the common ground of SQLite and PostgreSQL.
//!
//! `$1` is always the same value within a statement; instants are microseconds. A sandbox clock is never behind the
//! wall clock, so what is due on the wall is due on every clock: scans over all rows use the wall and an index, and only
//! projects whose clock was moved are looked at separately.

pub(crate) mod erasure;
pub(crate) mod listings;
pub(crate) mod people;
pub(crate) mod polls;
pub(crate) mod watch;

pub(super) const DATA_KEY: &str = "SELECT wrapped FROM data_keys WHERE owner = $1";
pub(super) const ADD_DATA_KEY: &str =
    "INSERT INTO data_keys (owner, wrapped) VALUES ($1, $2) ON CONFLICT (owner) DO NOTHING";

/// `$2` is the mark of a body that is at hand: the same one does not travel. 13 bytes are a mark's.
pub(super) const FLOW: &str = "SELECT f.project, f.sandbox, f.version, \
    CASE WHEN substr(f.body, 1, 13) = $2 THEN NULL ELSE f.body END, coalesce(c.ahead_micros, 0) \
    FROM flows f LEFT JOIN clocks c ON c.project = f.project WHERE f.id = $1";
pub(super) const ADD_FLOW: &str = "INSERT INTO flows (id, project, sandbox, version, purge_after, body, listed) \
    VALUES ($1, $2, $3, 1, $4, $5, 1) ON CONFLICT (id) DO NOTHING";
pub(super) const SET_FLOW: &str =
    "UPDATE flows SET version = version + 1, body = $4 WHERE id = $1 AND project = $2 AND version = $3";

pub(super) const LINK: &str = "SELECT flow FROM links WHERE digest = $1";
pub(super) const ADD_LINK: &str = "INSERT INTO links (digest, flow) VALUES ($1, $2)";

/// `$2` is the mark of the project's body that is at hand.
pub(super) const CALLER: &str = "SELECT t.expires_at, c.id, c.sandbox, p.id, \
    CASE WHEN substr(p.body, 1, 13) = $2 THEN NULL ELSE p.body END, coalesce(k.ahead_micros, 0) FROM tokens t \
    JOIN credentials c ON c.id = t.credential JOIN projects p ON p.id = c.project \
    LEFT JOIN clocks k ON k.project = c.project \
    WHERE t.digest = $1 AND c.revoked_at IS NULL";
pub(super) const ADD_TOKEN: &str = "INSERT INTO tokens (digest, credential, expires_at) VALUES ($1, $2, $3)";

pub(super) const CREDENTIAL: &str =
    "SELECT project, sandbox, secret, created_at, revoked_at, used_at, name FROM credentials WHERE id = $1";
pub(crate) const CREDENTIALS: &str = "SELECT id, project, sandbox, secret, created_at, revoked_at, used_at, name \
    FROM credentials WHERE project = $1 AND sandbox = $2 ORDER BY created_at, id";
pub(super) const ADD_CREDENTIAL: &str = "INSERT INTO credentials \
    (id, project, sandbox, secret, created_at, revoked_at, used_at, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(super) const NAME_CREDENTIAL: &str = "UPDATE credentials SET name = $2 WHERE id = $1";
pub(super) const USE_CREDENTIAL: &str =
    "UPDATE credentials SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)";
pub(super) const REVOKE_CREDENTIAL: &str =
    "UPDATE credentials SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// `$2` is the mark of the body that is at hand.
pub(super) const PROJECT: &str = "SELECT version, CASE WHEN substr(body, 1, 13) = $2 THEN NULL ELSE body END \
    FROM projects WHERE id = $1";
pub(super) const PROJECTS: &str = "SELECT id, body FROM projects ORDER BY created_at, id";
pub(super) const ADD_PROJECT: &str = "INSERT INTO projects (id, created_at, body, version) VALUES ($1, $2, $3, 1) \
    ON CONFLICT (id) DO NOTHING";
pub(super) const SET_PROJECT: &str =
    "UPDATE projects SET version = version + 1, body = $3 WHERE id = $1 AND version = $2";

pub(super) const CLOCK: &str = "SELECT ahead_micros FROM clocks WHERE project = $1";
pub(super) const ADVANCE_CLOCK: &str = "INSERT INTO clocks (project, ahead_micros) VALUES ($1, $2) \
    ON CONFLICT (project) DO UPDATE SET ahead_micros = clocks.ahead_micros + excluded.ahead_micros";

pub(super) const ADD_JOB: &str = "INSERT INTO jobs \
    (id, project, sandbox, due_at, attempts, lease_id, lease_until, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(super) const FINISH_JOB: &str = "DELETE FROM jobs WHERE id = $1 AND lease_id = $2";
pub(super) const RETRY_JOB: &str =
    "UPDATE jobs SET due_at = $3, lease_id = NULL, lease_until = NULL WHERE id = $1 AND lease_id = $2";
pub(super) const JOBS_OPEN: &str = "SELECT count(*) FROM jobs";
/// `$1` lease, `$2` its end, `$3` wall, `$4` limit. Free jobs due on the wall; free sandbox jobs due on their moved
/// clock only; jobs whose lease ran out.
pub(crate) const CLAIM: &str = "UPDATE jobs SET lease_id = $1, lease_until = $2, attempts = attempts + 1 \
    WHERE id IN (SELECT id FROM ( \
      SELECT id, due FROM ( \
        SELECT j.id, j.due_at - coalesce(c.ahead_micros, 0) AS due FROM jobs j \
        LEFT JOIN clocks c ON c.project = j.project AND j.sandbox = 1 \
        WHERE j.lease_until IS NULL AND j.due_at <= $3 ORDER BY j.due_at LIMIT $4) AS due_on_wall \
      UNION ALL SELECT id, due FROM ( \
        SELECT j.id, j.due_at - c.ahead_micros AS due FROM clocks c JOIN jobs j ON j.project = c.project \
        WHERE j.sandbox = 1 AND j.lease_until IS NULL AND j.due_at > $3 AND j.due_at <= $3 + c.ahead_micros \
        ORDER BY due LIMIT $4) AS due_on_moved_clock \
      UNION ALL SELECT id, due FROM ( \
        SELECT j.id, j.due_at - coalesce(c.ahead_micros, 0) AS due FROM jobs j \
        LEFT JOIN clocks c ON c.project = j.project AND j.sandbox = 1 \
        WHERE j.lease_until <= $3 AND j.due_at <= $3 + coalesce(c.ahead_micros, 0) \
        ORDER BY j.lease_until LIMIT $4) AS dropped \
    ) AS due_jobs ORDER BY due, id LIMIT $4) \
    RETURNING id, project, sandbox, due_at, attempts, body";

pub(super) const REMEMBERED: &str = "SELECT request, flow, answer, expires_at FROM idempotency \
    WHERE project = $1 AND sandbox = $2 AND key = $3 AND expires_at > $4";
pub(super) const REMEMBER: &str = "INSERT INTO idempotency \
    (project, sandbox, key, request, flow, answer, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (project, sandbox, key) DO UPDATE SET request = excluded.request, flow = excluded.flow, \
    answer = excluded.answer, expires_at = excluded.expires_at WHERE idempotency.expires_at <= $8";
pub(super) const ANSWER: &str =
    "UPDATE idempotency SET answer = $4 WHERE project = $1 AND sandbox = $2 AND key = $3";

pub(super) const AUDIT: &str = "SELECT project, at, events FROM audit WHERE flow = $1 ORDER BY seq";
pub(super) const ADD_AUDIT: &str = "INSERT INTO audit (flow, seq, project, at, events) \
    VALUES ($1, (SELECT coalesce(max(seq), 0) + 1 FROM audit WHERE flow = $1), $2, $3, $4)";

pub(super) const OUTBOX: &str =
    "SELECT id, body FROM outbox WHERE project = $1 ORDER BY sent_at DESC, id DESC LIMIT $2";
pub(super) const OUTBOX_OF_NUMBER: &str = "SELECT id, body FROM outbox WHERE project = $1 AND number_hash = $3 \
    ORDER BY sent_at DESC, id DESC LIMIT $2";
pub(super) const ADD_OUTBOX: &str = "INSERT INTO outbox (id, project, number_hash, sent_at, body) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";

pub(super) const SUBSCRIBER: &str = "SELECT body FROM subscribers WHERE number_hash = $1";
pub(super) const PUT_SUBSCRIBER: &str = "INSERT INTO subscribers (number_hash, body) VALUES ($1, $2) \
    ON CONFLICT (number_hash) DO UPDATE SET body = excluded.body";

pub(super) const LOGO: &str = "SELECT body FROM logos WHERE project = $1";
pub(super) const PUT_LOGO: &str = "INSERT INTO logos (project, body) VALUES ($1, $2) \
    ON CONFLICT (project) DO UPDATE SET body = excluded.body";
pub(super) const REMOVE_LOGO: &str = "DELETE FROM logos WHERE project = $1";

pub(super) const HANDSET: &str = "SELECT network FROM handsets WHERE project = $1 AND number_hash = $2";
pub(super) const SET_HANDSET: &str = "INSERT INTO handsets (project, number_hash, network) VALUES ($1, $2, $3) \
    ON CONFLICT (project, number_hash) DO UPDATE SET network = excluded.network";

pub(super) const NODES: &str = "SELECT id, seen_at, share FROM nodes";
pub(super) const PUT_NODE: &str = "INSERT INTO nodes (id, seen_at, share) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, share = excluded.share";
pub(super) const REMOVE_NODE: &str = "DELETE FROM nodes WHERE id = $1";

pub(super) const PING: &str = "SELECT 1";

/// The flows that one purge looks at: `$1` wall, `$2` limit. What is settled or not is told of the oldest
/// ones only: else each bite would walk over all of the other kind. `CROSS JOIN` lets SQLite begin with the clocks, which
/// are few, not with all flows that are not due. PostgreSQL has other texts (`postgres/dialect`).
macro_rules! outlived_flows {
    ($settled:literal) => {
        concat!(
            "SELECT id FROM ( \
              SELECT id, settled FROM (SELECT id, settled FROM flows WHERE purge_after <= $1 \
                ORDER BY purge_after, id LIMIT $2) AS on_wall \
              UNION ALL SELECT id, settled FROM ( \
                SELECT f.id, f.settled FROM clocks c CROSS JOIN flows f \
                WHERE f.project = c.project AND f.sandbox = 1 \
                AND f.purge_after > $1 AND f.purge_after <= $1 + c.ahead_micros \
                ORDER BY f.purge_after, f.id LIMIT $2) AS on_moved_clock \
            ) AS outlived WHERE ",
            $settled,
            " ORDER BY id LIMIT $2"
        )
    };
}

/// Flows whose time to answer is over.
pub(crate) const UNSETTLED: &str = concat!(
    "SELECT id, project, version, body FROM flows WHERE id IN (",
    outlived_flows!("settled = 0"),
    ")"
);
/// Somebody else may have settled it, or an older program written it again.
pub(super) const SETTLE: &str = "UPDATE flows SET settled = 1, version = version + 1, body = $3, \
    purge_after = purge_after + $4 WHERE id = $1 AND version = $2 AND settled = 0";
/// Whose body cannot be read stays as it is.
pub(super) const SETTLE_UNREAD: &str =
    "UPDATE flows SET settled = 1, purge_after = purge_after + $2 WHERE id = $1 AND settled = 0";
pub(super) const REMOVE_LINKS: &str = "DELETE FROM links WHERE flow = $1";

/// Flows that go: `$3` is 1 for settled ones only, else 0.
pub(crate) const OUTLIVED: &str =
    concat!("SELECT id, project, sandbox FROM flows WHERE id IN (", outlived_flows!("settled >= $3"), ")");
pub(super) const PURGE_TOKENS: &str =
    "DELETE FROM tokens WHERE digest IN (SELECT digest FROM tokens WHERE expires_at <= $1 LIMIT $2)";
pub(super) const PURGE_IDEMPOTENCY: &str = "DELETE FROM idempotency WHERE (project, sandbox, key) IN \
    (SELECT project, sandbox, key FROM idempotency WHERE expires_at <= $1 LIMIT $2)";
/// `$1` is the wall less the time that messages are kept. Every project with messages has a data key. PostgreSQL has
/// another text (`postgres/dialect`).
pub(crate) const PURGE_OUTBOX: &str = "DELETE FROM outbox WHERE id IN (SELECT o.id FROM data_keys k \
    LEFT JOIN clocks c ON c.project = k.owner CROSS JOIN outbox o \
    WHERE o.project = k.owner AND o.sent_at <= $1 + coalesce(c.ahead_micros, 0) LIMIT $2)";

/// `$1` is the wall less the time that dead nodes are kept.
pub(super) const PURGE_NODES: &str =
    "DELETE FROM nodes WHERE id IN (SELECT id FROM nodes WHERE seen_at <= $1 LIMIT $2)";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(crate) const ALL: [&[&str]; 6] =
    [OTHERS, watch::ALL, polls::ALL, listings::ALL, people::ALL, erasure::ALL];

#[cfg(test)]
const OTHERS: &[&str] = &[
    DATA_KEY,
    ADD_DATA_KEY,
    FLOW,
    ADD_FLOW,
    SET_FLOW,
    LINK,
    ADD_LINK,
    CALLER,
    ADD_TOKEN,
    CREDENTIAL,
    CREDENTIALS,
    ADD_CREDENTIAL,
    NAME_CREDENTIAL,
    USE_CREDENTIAL,
    REVOKE_CREDENTIAL,
    PROJECT,
    PROJECTS,
    ADD_PROJECT,
    SET_PROJECT,
    CLOCK,
    ADVANCE_CLOCK,
    ADD_JOB,
    FINISH_JOB,
    RETRY_JOB,
    JOBS_OPEN,
    CLAIM,
    REMEMBERED,
    REMEMBER,
    ANSWER,
    AUDIT,
    ADD_AUDIT,
    OUTBOX,
    OUTBOX_OF_NUMBER,
    ADD_OUTBOX,
    SUBSCRIBER,
    PUT_SUBSCRIBER,
    LOGO,
    PUT_LOGO,
    REMOVE_LOGO,
    HANDSET,
    SET_HANDSET,
    NODES,
    PUT_NODE,
    REMOVE_NODE,
    PING,
    UNSETTLED,
    SETTLE,
    SETTLE_UNREAD,
    REMOVE_LINKS,
    OUTLIVED,
    PURGE_TOKENS,
    PURGE_IDEMPOTENCY,
    PURGE_OUTBOX,
    PURGE_NODES,
];
