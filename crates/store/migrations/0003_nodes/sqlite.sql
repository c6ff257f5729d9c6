-- Nodes that share this store and what each has taken of the limits. A row whose `seen_at` stands still is a dead node.
CREATE TABLE nodes (
  id      BLOB    NOT NULL PRIMARY KEY, -- 16 random bytes, new at each start
  seen_at INTEGER NOT NULL,             -- the node's own wall clock
  share   INTEGER NOT NULL CHECK (share >= 0) -- requests per second and credential
) STRICT, WITHOUT ROWID;
