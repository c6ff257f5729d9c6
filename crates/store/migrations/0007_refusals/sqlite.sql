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
