-- One narrow line per verification, to list and search by, because the flows themselves are sealed. Hashes are under the
-- project's key, as those of `identities`. A line is written when its flow begins and when it ends, not in between, and
-- goes when the flow goes. No index has a column that the end changes.
CREATE TABLE verifications (
  project       BLOB    NOT NULL,
  sandbox       INTEGER NOT NULL,
  flow          BLOB    NOT NULL, -- UUIDv7: the order of their beginnings
  method        INTEGER NOT NULL, -- 0: desktop, 1: mobile, 2: none
  country       TEXT    NOT NULL, -- ISO 3166-1 alpha-2; empty: not known
  number_hash   BLOB    NOT NULL,
  customer_hash BLOB,   -- null: no clientCustomerId
  request_hash  BLOB,   -- null: no clientRequestId
  outcome       INTEGER NOT NULL, -- how it stands, by the place in the program's list; 0: open, also when its time ran out
  proof         INTEGER, -- 0: code, 1: link, 2: network, 3: persona
  ended_at      INTEGER, -- null while it is open
  messages      INTEGER NOT NULL, -- 0 while it is open
  segments      INTEGER NOT NULL,
  PRIMARY KEY (project, sandbox, flow)
) STRICT, WITHOUT ROWID;
-- Without the project, whose key is in the hash.
CREATE INDEX verifications_number ON verifications (number_hash, sandbox, flow);
CREATE INDEX verifications_customer ON verifications (customer_hash, sandbox, flow) WHERE customer_hash IS NOT NULL;
CREATE INDEX verifications_request ON verifications (request_hash, sandbox, flow) WHERE request_hash IS NOT NULL;

-- 1: the flow has its line. A program from before this step writes 0; the purge gives such flows theirs, some at a time.
ALTER TABLE flows ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX flows_unlisted ON flows (id) WHERE listed = 0;

-- 0: as its steps left it, erased or settled once `purge_after` has come. 1: settled, that is without what could still
-- prove something, and erased at `purge_after`, which was put off.
ALTER TABLE flows ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;

-- What became of the verifications that began in an hour, counted once each when their session is over. Kept longer than
-- they are, and says nothing about anybody.
CREATE TABLE tallies (
  project       BLOB    NOT NULL,
  sandbox       INTEGER NOT NULL,
  hour          INTEGER NOT NULL, -- since 1970, UTC
  method        INTEGER NOT NULL,
  country       TEXT    NOT NULL,
  started        INTEGER NOT NULL,
  messaged       INTEGER NOT NULL, -- with at least one message
  proven         INTEGER NOT NULL,
  verified       INTEGER NOT NULL,
  number_unknown INTEGER NOT NULL,
  name_unknown   INTEGER NOT NULL,
  name_mismatch  INTEGER NOT NULL,
  exhausted      INTEGER NOT NULL,
  cancelled      INTEGER NOT NULL,
  timed_out      INTEGER NOT NULL,
  too_many_steps INTEGER NOT NULL,
  refused        INTEGER NOT NULL,
  unanswered     INTEGER NOT NULL,
  messages       INTEGER NOT NULL,
  segments       INTEGER NOT NULL,
  took_10        INTEGER NOT NULL, -- verified within so many seconds, and not within the bound before
  took_20        INTEGER NOT NULL,
  took_30        INTEGER NOT NULL,
  took_60        INTEGER NOT NULL,
  took_120       INTEGER NOT NULL,
  took_300       INTEGER NOT NULL,
  took_600       INTEGER NOT NULL,
  took_more      INTEGER NOT NULL,
  PRIMARY KEY (project, sandbox, hour, method, country)
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_age ON tallies (hour);

-- How far the verifications of an environment were counted.
CREATE TABLE tally_hands (
  project       BLOB    NOT NULL,
  sandbox       INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  place         BLOB    NOT NULL, -- the last one
  PRIMARY KEY (project, sandbox)
) STRICT, WITHOUT ROWID;
