-- Nodes that share this store and what each has taken of the limits. A row whose `seen_at` stands still is a dead node.
CREATE TABLE nodes (
  id      BYTEA  NOT NULL PRIMARY KEY, -- 16 random bytes, new at each start
  seen_at BIGINT NOT NULL,             -- the node's own wall clock
  share   BIGINT NOT NULL CHECK (share >= 0) -- requests per second and credential
);
