-- The people of the portal. Bodies are sealed under the server's key; tokens and codes are there as digests only.

-- One row, once anybody belongs to the team: every change of it moves the version, so that two nodes do not each remove
-- one of the last two owners.
CREATE TABLE team (
  id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  id         BLOB NOT NULL PRIMARY KEY,
  email_hash BLOB NOT NULL, -- keyed
  body       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX members_email ON members (email_hash);

CREATE TABLE sessions (
  token      BLOB    NOT NULL PRIMARY KEY, -- digest
  id         BLOB    NOT NULL,
  member     BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, -- over then however much it is used
  ends_at    INTEGER NOT NULL, -- over then if it is not used before
  agent      BLOB    NOT NULL  -- sealed
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_member ON sessions (member, id);
CREATE INDEX sessions_end ON sessions (ends_at);

CREATE TABLE invitations (
  id         BLOB    NOT NULL PRIMARY KEY,
  token      BLOB    NOT NULL, -- digest
  open       INTEGER NOT NULL, -- 1 until it was accepted or taken back
  expires_at INTEGER NOT NULL,
  body       BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX invitations_token ON invitations (token);
CREATE INDEX invitations_end ON invitations (expires_at);

CREATE TABLE sign_in_links (
  token      BLOB    NOT NULL PRIMARY KEY, -- digest
  member     BLOB, -- null: makes the first owner
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_links_member ON sign_in_links (member) WHERE member IS NOT NULL;
CREATE INDEX sign_in_links_end ON sign_in_links (expires_at);

CREATE TABLE recovery_codes (
  member BLOB NOT NULL,
  code   BLOB NOT NULL, -- digest
  PRIMARY KEY (member, code)
) STRICT, WITHOUT ROWID;

-- How often somebody tried to sign in under a name, since the count began.
CREATE TABLE sign_in_tries (
  name_hash BLOB    NOT NULL PRIMARY KEY, -- keyed
  tries     INTEGER NOT NULL,
  resets_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_tries_end ON sign_in_tries (resets_at);

CREATE TABLE passkeys (
  id     BLOB NOT NULL PRIMARY KEY, -- digest of the credential's id
  member BLOB NOT NULL,
  body   BLOB NOT NULL
) STRICT;
CREATE INDEX passkeys_member ON passkeys (member);

-- What automation calls the admin API with.
CREATE TABLE access_keys (
  id         BLOB    NOT NULL PRIMARY KEY,
  token      BLOB    NOT NULL, -- digest
  maker      BLOB, -- member; null: whoever has the command line
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  body       BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX access_keys_token ON access_keys (token);
CREATE INDEX access_keys_maker ON access_keys (maker) WHERE maker IS NOT NULL;
CREATE INDEX access_keys_end ON access_keys (expires_at);

-- What was done, by ids that sort by time.
CREATE TABLE admin_audit (
  id   BLOB NOT NULL PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

-- Passkeys that are being added or signed in with: what the answer is compared with.
CREATE TABLE ceremonies (
  token      BLOB    NOT NULL PRIMARY KEY, -- digest
  expires_at INTEGER NOT NULL,
  body       BLOB    NOT NULL
) STRICT;
CREATE INDEX ceremonies_end ON ceremonies (expires_at);

-- What the team calls a credential, sealed under its project's key, and when it last got a token.
ALTER TABLE credentials ADD COLUMN name BLOB;
ALTER TABLE credentials ADD COLUMN used_at INTEGER;
CREATE INDEX credentials_list ON credentials (project, sandbox, created_at, id);

-- Moved with each change, so that of two who set a project one finds that it is another by now.
ALTER TABLE projects ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
