-- Identities that are watched, the events of their numbers, and where these go. Only additions: an older program goes on
-- writing identities without the new columns.

-- `watch_hash`: the number, hashed under the server's key so that it is found over all projects; only for production
-- identities that are watched. `mark`: how the body begins that the other new columns were written with, which is random
-- and new at each writing. Another one: a row as programs before this step write it, whose hash is not there yet; the
-- program brings such rows up to date, because it takes keys to do so. A great table's indexes can be built beforehand
-- (CONCURRENTLY, once the columns are there).
ALTER TABLE identities ADD COLUMN IF NOT EXISTS version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE identities ADD COLUMN IF NOT EXISTS active BIGINT NOT NULL DEFAULT 1;
ALTER TABLE identities ADD COLUMN IF NOT EXISTS watch_hash BYTEA;
ALTER TABLE identities ADD COLUMN IF NOT EXISTS mark BYTEA NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS identities_watch ON identities (watch_hash, id) WHERE watch_hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS identities_list ON identities (project, sandbox, id);
CREATE INDEX IF NOT EXISTS identities_active ON identities (project, sandbox, id) WHERE active = 1;
CREATE INDEX IF NOT EXISTS identities_behind ON identities (id) WHERE mark <> substr(body, 1, 13);

-- One row per environment of a project that has events or a webhook: its stream, and who sends it on. The columns from
-- `failing_since` on say how the endpoint has been doing. The rows are few and written all the time, so their pages have
-- room for it.
CREATE TABLE lanes (
  project       BYTEA   NOT NULL,
  sandbox       BIGINT NOT NULL,
  last          BIGINT NOT NULL, -- the newest event's cursor
  packed        BIGINT NOT NULL, -- up to here events are in deliveries, or will never be
  open          BIGINT NOT NULL, -- 1: there is a webhook, and it is not paused
  due_at        BIGINT,          -- on the project's clock; null: nothing to do, or claimed and not woken since
  lease_id      BYTEA,
  lease_until   BIGINT,          -- on the wall clock
  failing_since BIGINT,
  failures      BIGINT NOT NULL,
  warnings      BIGINT NOT NULL,
  succeeded_at  BIGINT,
  PRIMARY KEY (project, sandbox)
) WITH (fillfactor = 50);
-- No index has the column that the holder of a lane renews all the time.
CREATE INDEX lanes_due ON lanes (due_at) WHERE open = 1 AND lease_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX lanes_held ON lanes (project, sandbox) WHERE lease_id IS NOT NULL;

CREATE TABLE events (
  project  BYTEA   NOT NULL,
  sandbox  BIGINT NOT NULL,
  cursor   BIGINT NOT NULL, -- from 1, without gaps when they are given out
  id       BYTEA   NOT NULL,
  identity BYTEA   NOT NULL,
  at       BIGINT NOT NULL,
  muted    BIGINT NOT NULL, -- 1: not to be delivered any more
  body     BYTEA   NOT NULL,
  PRIMARY KEY (project, sandbox, cursor)
);
CREATE INDEX events_identity ON events (project, sandbox, identity);
CREATE INDEX events_age ON events (project, sandbox, at);

CREATE TABLE webhooks (
  project BYTEA   NOT NULL,
  sandbox BIGINT NOT NULL,
  version BIGINT NOT NULL,
  body    BYTEA   NOT NULL,
  PRIMARY KEY (project, sandbox)
);

CREATE TABLE deliveries (
  project             BYTEA   NOT NULL,
  sandbox             BIGINT NOT NULL,
  id                  BYTEA   NOT NULL,
  kind                BIGINT NOT NULL, -- 0: events, 1: a test
  first               BIGINT NOT NULL, -- the first event's cursor; of a test: where the lane was
  last                BIGINT NOT NULL, -- the last event's
  state               BIGINT NOT NULL, -- 0: open, 1: delivered, 2: failed, 3: empty
  created_at          BIGINT NOT NULL,
  due_at              BIGINT NOT NULL,
  give_up_at          BIGINT NOT NULL,
  attempts            BIGINT NOT NULL,
  replayed_at_attempt BIGINT NOT NULL,
  PRIMARY KEY (project, sandbox, id)
);
CREATE INDEX deliveries_open ON deliveries (project, sandbox, first, id) WHERE state = 0;
CREATE INDEX deliveries_state ON deliveries (project, sandbox, state, id, kind);
CREATE INDEX deliveries_age ON deliveries (project, sandbox, created_at, id);
CREATE INDEX deliveries_events ON deliveries (project, sandbox, last) WHERE kind = 0;

CREATE TABLE attempts (
  delivery    BYTEA   NOT NULL,
  number      BIGINT NOT NULL,
  project     BYTEA   NOT NULL,
  at          BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  body        BYTEA   NOT NULL,
  PRIMARY KEY (delivery, number)
);

-- Files of changes that were taken in, or begun. They stay, so that each is taken in once.
CREATE TABLE feed_files (
  digest   BYTEA   NOT NULL PRIMARY KEY,
  source   TEXT    NOT NULL, -- the feed's name
  begun_at BIGINT NOT NULL,
  done_at  BIGINT,
  taken    BIGINT NOT NULL, -- rows so far, bad ones too
  rejected BIGINT NOT NULL,
  events   BIGINT NOT NULL
);

-- How far the watched numbers were gone through for a source that is polled: once round per interval, by their hashes.
CREATE TABLE poll_hands (
  source  TEXT    NOT NULL PRIMARY KEY, -- its name
  version BIGINT  NOT NULL,
  place   BYTEA   NOT NULL, -- up to here numbers were taken up
  at      BIGINT  NOT NULL, -- when the hand should have been there
  free_at BIGINT  NOT NULL  -- before then the budget is used up
);

-- Numbers that a source was asked about. Those that are taken up, or to be tried again, have `due_at`; the others wait
-- for the hand.
CREATE TABLE polls (
  source    TEXT    NOT NULL,
  number    BYTEA   NOT NULL, -- as `identities.watch_hash`
  looked_at BIGINT,
  failures  BIGINT  NOT NULL,
  due_at    BIGINT, -- the lease's end, while it is taken up
  lease_id  BYTEA,
  PRIMARY KEY (source, number)
);
CREATE INDEX polls_due ON polls (source, due_at) WHERE due_at IS NOT NULL;
