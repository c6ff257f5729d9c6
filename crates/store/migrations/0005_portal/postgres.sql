-- The people of the portal. Bodies are sealed under the server's key; tokens and codes are there as digests only.

-- One row, once anybody belongs to the team: every change of it moves the version, so that two nodes do not each remove
-- one of the last two owners.
CREATE TABLE team (
  id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL
);

CREATE TABLE members (
  id         BYTEA  NOT NULL PRIMARY KEY,
  email_hash BYTEA  NOT NULL, -- keyed
  body       BYTEA  NOT NULL
);
CREATE UNIQUE INDEX members_email ON members (email_hash);

CREATE TABLE sessions (
  token      BYTEA  NOT NULL PRIMARY KEY, -- digest
  id         BYTEA  NOT NULL,
  member     BYTEA  NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, -- over then however much it is used
  ends_at    BIGINT NOT NULL, -- over then if it is not used before
  agent      BYTEA  NOT NULL  -- sealed
);
CREATE UNIQUE INDEX sessions_member ON sessions (member, id);
CREATE INDEX sessions_end ON sessions (ends_at);

CREATE TABLE invitations (
  id         BYTEA  NOT NULL PRIMARY KEY,
  token      BYTEA  NOT NULL, -- digest
  open       BIGINT NOT NULL, -- 1 until it was accepted or taken back
  expires_at BIGINT NOT NULL,
  body       BYTEA  NOT NULL
);
CREATE UNIQUE INDEX invitations_token ON invitations (token);
CREATE INDEX invitations_end ON invitations (expires_at);

CREATE TABLE sign_in_links (
  token      BYTEA  NOT NULL PRIMARY KEY, -- digest
  member     BYTEA, -- null: makes the first owner
  expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_links_member ON sign_in_links (member) WHERE member IS NOT NULL;
CREATE INDEX sign_in_links_end ON sign_in_links (expires_at);

CREATE TABLE recovery_codes (
  member BYTEA  NOT NULL,
  code   BYTEA  NOT NULL, -- digest
  PRIMARY KEY (member, code)
);

-- How often somebody tried to sign in under a name, since the count began.
CREATE TABLE sign_in_tries (
  name_hash BYTEA  NOT NULL PRIMARY KEY, -- keyed
  tries     BIGINT NOT NULL,
  resets_at BIGINT NOT NULL
);
CREATE INDEX sign_in_tries_end ON sign_in_tries (resets_at);

CREATE TABLE passkeys (
  id     BYTEA  NOT NULL PRIMARY KEY, -- digest of the credential's id
  member BYTEA  NOT NULL,
  body   BYTEA  NOT NULL
);
CREATE INDEX passkeys_member ON passkeys (member);

-- What automation calls the admin API with.
CREATE TABLE access_keys (
  id         BYTEA  NOT NULL PRIMARY KEY,
  token      BYTEA  NOT NULL, -- digest
  maker      BYTEA, -- member; null: whoever has the command line
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  body       BYTEA  NOT NULL
);
CREATE UNIQUE INDEX access_keys_token ON access_keys (token);
CREATE INDEX access_keys_maker ON access_keys (maker) WHERE maker IS NOT NULL;
CREATE INDEX access_keys_end ON access_keys (expires_at);

-- What was done, by ids that sort by time.
CREATE TABLE admin_audit (
  id   BYTEA  NOT NULL PRIMARY KEY,
  body BYTEA  NOT NULL
);

-- Passkeys that are being added or signed in with: what the answer is compared with.
CREATE TABLE ceremonies (
  token      BYTEA  NOT NULL PRIMARY KEY, -- digest
  expires_at BIGINT NOT NULL,
  body       BYTEA  NOT NULL
);
CREATE INDEX ceremonies_end ON ceremonies (expires_at);

-- What the team calls a credential, sealed under its project's key, and when it last got a token.
ALTER TABLE credentials ADD COLUMN name BYTEA;
ALTER TABLE credentials ADD COLUMN used_at BIGINT;
CREATE INDEX credentials_list ON credentials (project, sandbox, created_at, id);

-- Moved with each change, so that of two who set a project one finds that it is another by now.
ALTER TABLE projects ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
