-- Identities that are watched, the events of their numbers, and where these go. Only additions: an older program goes on
-- writing identities without the new columns.

-- `watch_hash`: the number, hashed under the server's key so that it is found over all projects; only for production
-- identities that are watched. `mark`: how the body begins that the other new columns were written with, which is random
-- and new at each writing. Another one: a row as programs before this step write it, whose hash is not there yet; the
-- program brings such rows up to date, because it takes keys to do so.
ALTER TABLE identities ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE identities ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE identities ADD COLUMN watch_hash BLOB;
ALTER TABLE identities ADD COLUMN mark BLOB NOT NULL DEFAULT x'';
CREATE INDEX identities_watch ON identities (watch_hash, id) WHERE watch_hash IS NOT NULL;
CREATE INDEX identities_list ON identities (project, sandbox, id);
CREATE INDEX identities_active ON identities (project, sandbox, id) WHERE active = 1;
CREATE INDEX identities_behind ON identities (id) WHERE mark <> substr(body, 1, 13);

-- One row per environment of a project that has events or a webhook: its stream, and who sends it on. The columns from
-- `failing_since` on say how the endpoint has been doing.
CREATE TABLE lanes (
  project       BLOB    NOT NULL,
  sandbox       INTEGER NOT NULL,
  last          INTEGER NOT NULL, -- the newest event's cursor
  packed        INTEGER NOT NULL, -- up to here events are in deliveries, or will never be
  open          INTEGER NOT NULL, -- 1: there is a webhook, and it is not paused
  due_at        INTEGER,          -- on the project's clock; null: nothing to do, or claimed and not woken since
  lease_id      BLOB,
  lease_until   INTEGER,          -- on the wall clock
  failing_since INTEGER,
  failures      INTEGER NOT NULL,
  warnings      INTEGER NOT NULL,
  succeeded_at  INTEGER,
  PRIMARY KEY (project, sandbox)
) STRICT, WITHOUT ROWID;
-- No index has the column that the holder of a lane renews all the time.
CREATE INDEX lanes_due ON lanes (due_at) WHERE open = 1 AND lease_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX lanes_held ON lanes (project, sandbox) WHERE lease_id IS NOT NULL;

-- Bodies are well below the quarter page beyond which a table without rowid moves them to overflow pages.
CREATE TABLE events (
  project  BLOB    NOT NULL,
  sandbox  INTEGER NOT NULL,
  cursor   INTEGER NOT NULL, -- from 1, without gaps when they are given out
  id       BLOB    NOT NULL,
  identity BLOB    NOT NULL,
  at       INTEGER NOT NULL,
  muted    INTEGER NOT NULL, -- 1: not to be delivered any more
  body     BLOB    NOT NULL,
  PRIMARY KEY (project, sandbox, cursor)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_identity ON events (project, sandbox, identity);
CREATE INDEX events_age ON events (project, sandbox, at);

CREATE TABLE webhooks (
  project BLOB    NOT NULL,
  sandbox INTEGER NOT NULL,
  version INTEGER NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (project, sandbox)
) STRICT;

CREATE TABLE deliveries (
  project             BLOB    NOT NULL,
  sandbox             INTEGER NOT NULL,
  id                  BLOB    NOT NULL,
  kind                INTEGER NOT NULL, -- 0: events, 1: a test
  first               INTEGER NOT NULL, -- the first event's cursor; of a test: where the lane was
  last                INTEGER NOT NULL, -- the last event's
  state               INTEGER NOT NULL, -- 0: open, 1: delivered, 2: failed, 3: empty
  created_at          INTEGER NOT NULL,
  due_at              INTEGER NOT NULL,
  give_up_at          INTEGER NOT NULL,
  attempts            INTEGER NOT NULL,
  replayed_at_attempt INTEGER NOT NULL,
  PRIMARY KEY (project, sandbox, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_open ON deliveries (project, sandbox, first, id) WHERE state = 0;
CREATE INDEX deliveries_state ON deliveries (project, sandbox, state, id, kind);
CREATE INDEX deliveries_age ON deliveries (project, sandbox, created_at, id);
CREATE INDEX deliveries_events ON deliveries (project, sandbox, last) WHERE kind = 0;

-- Most answers are short, so one tree and no rowid; a long one has an overflow page.
CREATE TABLE attempts (
  delivery    BLOB    NOT NULL,
  number      INTEGER NOT NULL,
  project     BLOB    NOT NULL,
  at          INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  body        BLOB    NOT NULL,
  PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

-- Files of changes that were taken in, or begun. They stay, so that each is taken in once.
CREATE TABLE feed_files (
  digest   BLOB    NOT NULL PRIMARY KEY,
  source   TEXT    NOT NULL, -- the feed's name
  begun_at INTEGER NOT NULL,
  done_at  INTEGER,
  taken    INTEGER NOT NULL, -- rows so far, bad ones too
  rejected INTEGER NOT NULL,
  events   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the watched numbers were gone through for a source that is polled: once round per interval, by their hashes.
CREATE TABLE poll_hands (
  source  TEXT    NOT NULL PRIMARY KEY, -- its name
  version INTEGER NOT NULL,
  place   BLOB    NOT NULL, -- up to here numbers were taken up
  at      INTEGER NOT NULL, -- when the hand should have been there
  free_at INTEGER NOT NULL  -- before then the budget is used up
) STRICT, WITHOUT ROWID;

-- Numbers that a source was asked about. Those that are taken up, or to be tried again, have `due_at`; the others wait
-- for the hand.
CREATE TABLE polls (
  source    TEXT    NOT NULL,
  number    BLOB    NOT NULL, -- as `identities.watch_hash`
  looked_at INTEGER,
  failures  INTEGER NOT NULL,
  due_at    INTEGER, -- the lease's end, while it is taken up
  lease_id  BLOB,
  PRIMARY KEY (source, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX polls_due ON polls (source, due_at) WHERE due_at IS NOT NULL;
