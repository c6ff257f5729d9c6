-- One narrow line per verification, to list and search by, because the flows themselves are sealed. Hashes are under the
-- project's key, as those of `identities`. A line is written when its flow begins and when it ends, not in between, and
-- goes when the flow goes. No index has a column that the end changes: the update stays within its page, which has a
-- little room for it.
CREATE TABLE verifications (
  project       BYTEA  NOT NULL,
  sandbox       BIGINT NOT NULL,
  flow          BYTEA  NOT NULL, -- UUIDv7: the order of their beginnings
  method        BIGINT NOT NULL, -- 0: desktop, 1: mobile, 2: none
  country       TEXT   NOT NULL, -- ISO 3166-1 alpha-2; empty: not known
  number_hash   BYTEA  NOT NULL,
  customer_hash BYTEA, -- null: no clientCustomerId
  request_hash  BYTEA, -- null: no clientRequestId
  outcome       BIGINT NOT NULL, -- how it stands, by the place in the program's list; 0: open, also when its time ran out
  proof         BIGINT, -- 0: code, 1: link, 2: network, 3: persona
  ended_at      BIGINT, -- null while it is open
  messages      BIGINT NOT NULL, -- 0 while it is open
  segments      BIGINT NOT NULL,
  PRIMARY KEY (project, sandbox, flow)
) WITH (fillfactor = 90);
-- Without the project, whose key is in the hash.
CREATE INDEX verifications_number ON verifications (number_hash, sandbox, flow);
CREATE INDEX verifications_customer ON verifications (customer_hash, sandbox, flow) WHERE customer_hash IS NOT NULL;
CREATE INDEX verifications_request ON verifications (request_hash, sandbox, flow) WHERE request_hash IS NOT NULL;

-- 1: the flow has its line. A program from before this step writes 0; the purge gives such flows theirs, some at a time.
-- A great table's index can be built beforehand (CONCURRENTLY, once the column is there).
ALTER TABLE flows ADD COLUMN IF NOT EXISTS listed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS flows_unlisted ON flows (id) WHERE listed = 0;

-- 0: as its steps left it, erased or settled once `purge_after` has come. 1: settled, that is without what could still
-- prove something, and erased at `purge_after`, which was put off.
ALTER TABLE flows ADD COLUMN IF NOT EXISTS settled BIGINT NOT NULL DEFAULT 0;

-- What became of the verifications that began in an hour, counted once each when their session is over. Kept longer than
-- they are, and says nothing about anybody.
CREATE TABLE tallies (
  project       BYTEA  NOT NULL,
  sandbox       BIGINT NOT NULL,
  hour          BIGINT NOT NULL, -- since 1970, UTC
  method        BIGINT NOT NULL,
  country       TEXT   NOT NULL,
  started        BIGINT NOT NULL,
  messaged       BIGINT NOT NULL, -- with at least one message
  proven         BIGINT NOT NULL,
  verified       BIGINT NOT NULL,
  number_unknown BIGINT NOT NULL,
  name_unknown   BIGINT NOT NULL,
  name_mismatch  BIGINT NOT NULL,
  exhausted      BIGINT NOT NULL,
  cancelled      BIGINT NOT NULL,
  timed_out      BIGINT NOT NULL,
  too_many_steps BIGINT NOT NULL,
  refused        BIGINT NOT NULL,
  unanswered     BIGINT NOT NULL,
  messages       BIGINT NOT NULL,
  segments       BIGINT NOT NULL,
  took_10        BIGINT NOT NULL, -- verified within so many seconds, and not within the bound before
  took_20        BIGINT NOT NULL,
  took_30        BIGINT NOT NULL,
  took_60        BIGINT NOT NULL,
  took_120       BIGINT NOT NULL,
  took_300       BIGINT NOT NULL,
  took_600       BIGINT NOT NULL,
  took_more      BIGINT NOT NULL,
  PRIMARY KEY (project, sandbox, hour, method, country)
);
CREATE INDEX tallies_age ON tallies (hour);

-- How far the verifications of an environment were counted.
CREATE TABLE tally_hands (
  project       BYTEA  NOT NULL,
  sandbox       BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  place         BYTEA  NOT NULL, -- the last one
  PRIMARY KEY (project, sandbox)
);
