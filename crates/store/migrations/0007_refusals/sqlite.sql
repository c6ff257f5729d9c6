-- Calls that a limit refused, added up by the hour of their project's clock. Nodes add what they have counted in memory
-- every few seconds. Kept as long as `tallies`, and says nothing about anybody.
CREATE TABLE refusals (
  project BLOB    NOT NULL,
  sandbox INTEGER NOT NULL,
  hour    INTEGER NOT NULL, -- since 1970, UTC
  kind    INTEGER NOT NULL, -- the limit, by the program's numbers
  refused INTEGER NOT NULL,
  PRIMARY KEY (project, sandbox, hour, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_age ON refusals (hour);

-- Numbers that verifications were about before people changed them, so that a change does not hide a message from the
-- count of its number. Hashes are as in `verifications`; a row is of use for a day.
CREATE TABLE former_numbers (
  number_hash BLOB    NOT NULL,
  sandbox     INTEGER NOT NULL,
  flow        BLOB    NOT NULL, -- UUIDv7
  PRIMARY KEY (number_hash, sandbox, flow)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_numbers_flow ON former_numbers (flow);
