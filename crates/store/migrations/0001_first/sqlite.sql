-- Ids are 16-byte UUIDv7, digests 32 bytes, keyed hashes 16 bytes; instants are microseconds since 1970.
-- `body` is a sealed JSON text. Plain columns are those that are searched or joined by.
-- Tables with bodies of a kilobyte keep their rowid: without it, SQLite moves all beyond a quarter page to overflow pages.

CREATE TABLE data_keys (
  owner   BLOB NOT NULL PRIMARY KEY, -- a project; zeros: the server itself
  wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  id         BLOB    NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL,
  body       BLOB    NOT NULL
) STRICT;

CREATE TABLE clocks (
  project      BLOB    NOT NULL PRIMARY KEY,
  ahead_micros INTEGER NOT NULL CHECK (ahead_micros >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
  id         BLOB    NOT NULL PRIMARY KEY,
  project    BLOB    NOT NULL,
  sandbox    INTEGER NOT NULL,
  secret     BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  digest     BLOB    NOT NULL PRIMARY KEY,
  credential BLOB    NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE flows (
  id          BLOB    NOT NULL PRIMARY KEY,
  project     BLOB    NOT NULL,
  sandbox     INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  purge_after INTEGER NOT NULL,
  body        BLOB    NOT NULL
) STRICT;
CREATE INDEX flows_purge ON flows (purge_after);
CREATE INDEX flows_purge_sandbox ON flows (project, purge_after) WHERE sandbox = 1;

CREATE TABLE links (
  digest BLOB NOT NULL PRIMARY KEY,
  flow   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_flow ON links (flow);

CREATE TABLE audit (
  flow    BLOB    NOT NULL,
  seq     INTEGER NOT NULL,
  project BLOB    NOT NULL,
  at      INTEGER NOT NULL,
  events  TEXT    NOT NULL, -- JSON, not sealed: it holds no personal data
  PRIMARY KEY (flow, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
  id            BLOB    NOT NULL PRIMARY KEY,
  project       BLOB    NOT NULL,
  sandbox       INTEGER NOT NULL,
  number_hash   BLOB    NOT NULL,
  customer_hash BLOB    NOT NULL, -- empty: no clientCustomerId
  created_at    INTEGER NOT NULL,
  verified_at   INTEGER NOT NULL,
  body          BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX identities_person ON identities (project, sandbox, number_hash, customer_hash);

CREATE TABLE jobs (
  id          BLOB    NOT NULL PRIMARY KEY,
  project     BLOB    NOT NULL,
  sandbox     INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  lease_id    BLOB,
  lease_until INTEGER,
  body        BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
-- A claim looks at free jobs by due time and at leased ones by the lease's end, so it never walks over busy jobs.
CREATE INDEX jobs_next ON jobs (lease_until, due_at);
CREATE INDEX jobs_next_sandbox ON jobs (project, due_at) WHERE sandbox = 1 AND lease_until IS NULL;

CREATE TABLE idempotency (
  project    BLOB    NOT NULL,
  sandbox    INTEGER NOT NULL,
  key        BLOB    NOT NULL,
  request    BLOB    NOT NULL,
  flow       BLOB,
  answer     BLOB, -- sealed
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (project, sandbox, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE outbox (
  id          BLOB    NOT NULL PRIMARY KEY,
  project     BLOB    NOT NULL,
  number_hash BLOB    NOT NULL,
  sent_at     INTEGER NOT NULL,
  body        BLOB    NOT NULL
) STRICT;
CREATE INDEX outbox_project ON outbox (project, sent_at);
CREATE INDEX outbox_number ON outbox (project, number_hash, sent_at);

CREATE TABLE subscribers (
  number_hash BLOB NOT NULL PRIMARY KEY,
  body        BLOB NOT NULL
) STRICT;

CREATE TABLE handsets (
  project     BLOB    NOT NULL,
  number_hash BLOB    NOT NULL,
  network     INTEGER NOT NULL,
  PRIMARY KEY (project, number_hash)
) STRICT, WITHOUT ROWID;
