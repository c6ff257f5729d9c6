-- Calls that a limit refused, added up by the hour of their project's clock. Nodes add what they have counted in memory
-- every few seconds. Kept as long as `tallies`, and says nothing about anybody.
CREATE TABLE refusals (
  project BYTEA  NOT NULL,
  sandbox BIGINT NOT NULL,
  hour    BIGINT NOT NULL, -- since 1970, UTC
  kind    BIGINT NOT NULL, -- the limit, by the program's numbers
  refused BIGINT NOT NULL,
  PRIMARY KEY (project, sandbox, hour, kind)
);
CREATE INDEX refusals_age ON refusals (hour);
