-- The image that a project shows on the page of a link. Not sealed: whoever opens a link sees it.
CREATE TABLE logos (
  project BLOB NOT NULL PRIMARY KEY,
  body    BLOB NOT NULL -- at most 64 KiB
) STRICT;
