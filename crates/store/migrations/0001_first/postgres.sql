-- Ids are 16-byte UUIDv7, digests 32 bytes, keyed hashes 16 bytes; instants are microseconds since 1970.
-- `body` is a sealed JSON text. Plain columns are those that are searched or joined by.
-- Rows that are written again change no indexed column but those of jobs, so that the update stays within its page:
-- a little room is left for it.

CREATE TABLE data_keys (
  owner   BYTEA NOT NULL PRIMARY KEY, -- a project; zeros: the server itself
  wrapped BYTEA NOT NULL
);

CREATE TABLE projects (
  id         BYTEA    NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  body       BYTEA    NOT NULL
);

CREATE TABLE clocks (
  project      BYTEA    NOT NULL PRIMARY KEY,
  ahead_micros BIGINT NOT NULL CHECK (ahead_micros >= 0)
);

CREATE TABLE credentials (
  id         BYTEA    NOT NULL PRIMARY KEY,
  project    BYTEA    NOT NULL,
  sandbox    BIGINT NOT NULL,
  secret     BYTEA    NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE tokens (
  digest     BYTEA    NOT NULL PRIMARY KEY,
  credential BYTEA    NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE flows (
  id          BYTEA    NOT NULL PRIMARY KEY,
  project     BYTEA    NOT NULL,
  sandbox     BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  purge_after BIGINT NOT NULL,
  body        BYTEA    NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX flows_purge ON flows (purge_after);
CREATE INDEX flows_purge_sandbox ON flows (project, purge_after) WHERE sandbox = 1;

CREATE TABLE links (
  digest BYTEA NOT NULL PRIMARY KEY,
  flow   BYTEA NOT NULL
);
CREATE INDEX links_flow ON links (flow);

CREATE TABLE audit (
  flow    BYTEA    NOT NULL,
  seq     BIGINT NOT NULL,
  project BYTEA    NOT NULL,
  at      BIGINT NOT NULL,
  events  TEXT    NOT NULL, -- JSON, not sealed: it holds no personal data
  PRIMARY KEY (flow, seq)
);

CREATE TABLE identities (
  id            BYTEA    NOT NULL PRIMARY KEY,
  project       BYTEA    NOT NULL,
  sandbox       BIGINT NOT NULL,
  number_hash   BYTEA    NOT NULL,
  customer_hash BYTEA    NOT NULL, -- empty: no clientCustomerId
  created_at    BIGINT NOT NULL,
  verified_at   BIGINT NOT NULL,
  body          BYTEA    NOT NULL
);
CREATE UNIQUE INDEX identities_person ON identities (project, sandbox, number_hash, customer_hash);

CREATE TABLE jobs (
  id          BYTEA    NOT NULL PRIMARY KEY,
  project     BYTEA    NOT NULL,
  sandbox     BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  lease_id    BYTEA,
  lease_until BIGINT,
  body        BYTEA    NOT NULL
);
-- A claim looks at free jobs by due time and at leased ones by the lease's end, so it never walks over busy jobs.
CREATE INDEX jobs_free ON jobs (due_at) WHERE lease_until IS NULL;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX jobs_next_sandbox ON jobs (project, due_at) WHERE sandbox = 1 AND lease_until IS NULL;

CREATE TABLE idempotency (
  project    BYTEA    NOT NULL,
  sandbox    BIGINT NOT NULL,
  key        BYTEA    NOT NULL,
  request    BYTEA    NOT NULL,
  flow       BYTEA,
  answer     BYTEA, -- sealed
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (project, sandbox, key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE outbox (
  id          BYTEA    NOT NULL PRIMARY KEY,
  project     BYTEA    NOT NULL,
  number_hash BYTEA    NOT NULL,
  sent_at     BIGINT NOT NULL,
  body        BYTEA    NOT NULL
);
CREATE INDEX outbox_project ON outbox (project, sent_at);
CREATE INDEX outbox_number ON outbox (project, number_hash, sent_at);

CREATE TABLE subscribers (
  number_hash BYTEA NOT NULL PRIMARY KEY,
  body        BYTEA NOT NULL
);

CREATE TABLE handsets (
  project     BYTEA    NOT NULL,
  number_hash BYTEA    NOT NULL,
  network     BIGINT NOT NULL,
  PRIMARY KEY (project, number_hash)
);
