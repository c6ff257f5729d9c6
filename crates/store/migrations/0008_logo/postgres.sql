-- The image that a project shows on the page of a link. Not sealed: whoever opens a link sees it.
CREATE TABLE logos (
  project BYTEA NOT NULL PRIMARY KEY,
  body    BYTEA NOT NULL -- at most 64 KiB
);
