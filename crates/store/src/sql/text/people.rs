//! Statements about the people of the portal.

pub(crate) const TEAM: &str = "SELECT version FROM team WHERE id = 1";
pub(crate) const BEGIN_TEAM: &str =
    "INSERT INTO team (id, version) VALUES (1, 1) ON CONFLICT (id) DO NOTHING";
pub(crate) const MOVE_TEAM: &str = "UPDATE team SET version = version + 1 WHERE id = 1 AND version = $1";

pub(crate) const MEMBERS: &str = "SELECT id, body FROM members ORDER BY id";
pub(crate) const MEMBER_BY_EMAIL: &str = "SELECT id, body FROM members WHERE email_hash = $1";
pub(crate) const PUT_MEMBER: &str = "INSERT INTO members (id, email_hash, body) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET email_hash = excluded.email_hash, body = excluded.body";
pub(crate) const REMOVE_MEMBER: &str = "DELETE FROM members WHERE id = $1";
pub(crate) const REMOVE_SESSIONS: &str = "DELETE FROM sessions WHERE member = $1";
pub(crate) const REMOVE_PASSKEYS: &str = "DELETE FROM passkeys WHERE member = $1";
pub(crate) const REMOVE_LINKS: &str = "DELETE FROM sign_in_links WHERE member = $1";

/// Whose member is gone is over: a session may have been started while they were removed.
pub(crate) const SIGNED_IN: &str = "SELECT s.token, s.id, s.member, s.created_at, s.used_at, s.expires_at, \
    s.ends_at, s.agent, m.body FROM sessions s JOIN members m ON m.id = s.member \
    WHERE s.token = $1 AND s.ends_at > $2";
pub(crate) const SESSIONS: &str = "SELECT token, id, member, created_at, used_at, expires_at, ends_at, agent \
    FROM sessions WHERE member = $1 AND ends_at > $2 ORDER BY id DESC";
pub(crate) const ADD_SESSION: &str = "INSERT INTO sessions \
    (token, id, member, created_at, used_at, expires_at, ends_at, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const USE_SESSION: &str =
    "UPDATE sessions SET used_at = $2, ends_at = $3 WHERE token = $1 AND used_at < $2";
pub(crate) const END_SESSION: &str = "DELETE FROM sessions WHERE member = $1 AND id = $2";
pub(crate) const END_OTHER_SESSIONS: &str = "DELETE FROM sessions WHERE member = $1 AND id <> $2";

pub(crate) const INVITATION: &str = "SELECT id, body FROM invitations WHERE token = $1";
pub(crate) const INVITATION_BY_ID: &str = "SELECT id, body FROM invitations WHERE id = $1";
/// `$1` is the one before which, or after every id.
pub(crate) const INVITATIONS: &str =
    "SELECT id, body FROM invitations WHERE id < $1 ORDER BY id DESC LIMIT $2";
pub(crate) const ADD_INVITATION: &str =
    "INSERT INTO invitations (id, token, open, expires_at, body) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const CLOSE_INVITATION: &str =
    "UPDATE invitations SET open = 0, body = $2 WHERE id = $1 AND open = 1";

pub(crate) const LINK: &str = "SELECT member, expires_at FROM sign_in_links WHERE token = $1";
pub(crate) const ADD_LINK: &str = "INSERT INTO sign_in_links (token, member, expires_at) VALUES ($1, $2, $3)";
pub(crate) const TAKE_LINK: &str = "DELETE FROM sign_in_links WHERE token = $1";

pub(crate) const RECOVERY_CODES: &str = "SELECT count(*) FROM recovery_codes WHERE member = $1";
pub(crate) const REMOVE_RECOVERY_CODES: &str = "DELETE FROM recovery_codes WHERE member = $1";
pub(crate) const ADD_RECOVERY_CODE: &str = "INSERT INTO recovery_codes (member, code) VALUES ($1, $2)";
pub(crate) const TAKE_RECOVERY_CODE: &str = "DELETE FROM recovery_codes WHERE member = $1 AND code = $2";

/// `$2` when the count begins anew, `$3` wall, `$4` limit.
pub(crate) const COUNT_TRY: &str = "INSERT INTO sign_in_tries (name_hash, tries, resets_at) VALUES ($1, 1, $2) \
    ON CONFLICT (name_hash) DO UPDATE SET \
    tries = CASE WHEN sign_in_tries.resets_at <= $3 THEN 1 ELSE sign_in_tries.tries + 1 END, \
    resets_at = CASE WHEN sign_in_tries.resets_at <= $3 THEN excluded.resets_at ELSE sign_in_tries.resets_at END \
    WHERE sign_in_tries.resets_at <= $3 OR sign_in_tries.tries < $4";

pub(crate) const PASSKEY: &str = "SELECT id, body FROM passkeys WHERE id = $1";
pub(crate) const PASSKEYS: &str = "SELECT id, body FROM passkeys WHERE member = $1";
pub(crate) const ADD_PASSKEY: &str =
    "INSERT INTO passkeys (id, member, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
pub(crate) const USE_PASSKEY: &str = "UPDATE passkeys SET body = $3 WHERE id = $1 AND member = $2";
pub(crate) const REMOVE_PASSKEY: &str = "DELETE FROM passkeys WHERE member = $1 AND id = $2";

pub(crate) const CEREMONY: &str = "SELECT expires_at, body FROM ceremonies WHERE token = $1";
pub(crate) const ADD_CEREMONY: &str = "INSERT INTO ceremonies (token, expires_at, body) VALUES ($1, $2, $3)";
pub(crate) const TAKE_CEREMONY: &str = "DELETE FROM ceremonies WHERE token = $1";

/// Whoever made the key may be gone.
pub(crate) const ACCESS_KEY: &str = "SELECT k.id, k.used_at, k.body, m.body FROM access_keys k \
    LEFT JOIN members m ON m.id = k.maker WHERE k.token = $1";
pub(crate) const ACCESS_KEY_BY_ID: &str = "SELECT id, used_at, body FROM access_keys WHERE id = $1";
/// `$1` is the one before which, or after every id.
pub(crate) const ACCESS_KEYS: &str =
    "SELECT id, used_at, body FROM access_keys WHERE id < $1 ORDER BY id DESC LIMIT $2";
/// The same, of the maker `$3`.
pub(crate) const ACCESS_KEYS_OF: &str =
    "SELECT id, used_at, body FROM access_keys WHERE id < $1 AND maker = $3 ORDER BY id DESC LIMIT $2";
pub(crate) const ADD_ACCESS_KEY: &str =
    "INSERT INTO access_keys (id, token, maker, expires_at, body) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const USE_ACCESS_KEY: &str =
    "UPDATE access_keys SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)";
pub(crate) const REMOVE_ACCESS_KEY: &str = "DELETE FROM access_keys WHERE id = $1";
pub(crate) const REMOVE_ACCESS_KEYS: &str = "DELETE FROM access_keys WHERE maker = $1";

/// `$1` is the entry before which, or after every id.
pub(crate) const ADMIN_ENTRIES: &str =
    "SELECT id, body FROM admin_audit WHERE id < $1 ORDER BY id DESC LIMIT $2";
pub(crate) const ADD_ADMIN_ENTRY: &str = "INSERT INTO admin_audit (id, body) VALUES ($1, $2)";

pub(crate) const PURGE_SESSIONS: &str =
    "DELETE FROM sessions WHERE token IN (SELECT token FROM sessions WHERE ends_at <= $1 LIMIT $2)";
/// `$1` is the wall less the time that invitations are kept.
pub(crate) const PURGE_INVITATIONS: &str =
    "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at <= $1 LIMIT $2)";
pub(crate) const PURGE_LINKS: &str = "DELETE FROM sign_in_links WHERE token IN (SELECT token FROM sign_in_links WHERE expires_at <= $1 LIMIT $2)";
pub(crate) const PURGE_TRIES: &str = "DELETE FROM sign_in_tries WHERE name_hash IN \
    (SELECT name_hash FROM sign_in_tries WHERE resets_at <= $1 LIMIT $2)";
pub(crate) const PURGE_CEREMONIES: &str =
    "DELETE FROM ceremonies WHERE token IN (SELECT token FROM ceremonies WHERE expires_at <= $1 LIMIT $2)";

/// `$1` is the wall less the time that keys are kept.
pub(crate) const PURGE_ACCESS_KEYS: &str =
    "DELETE FROM access_keys WHERE id IN (SELECT id FROM access_keys WHERE expires_at <= $1 LIMIT $2)";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(super) const ALL: &[&str] = &[
    TEAM,
    BEGIN_TEAM,
    MOVE_TEAM,
    MEMBERS,
    MEMBER_BY_EMAIL,
    PUT_MEMBER,
    REMOVE_MEMBER,
    REMOVE_SESSIONS,
    REMOVE_PASSKEYS,
    REMOVE_LINKS,
    SIGNED_IN,
    SESSIONS,
    ADD_SESSION,
    USE_SESSION,
    END_SESSION,
    END_OTHER_SESSIONS,
    INVITATION,
    INVITATION_BY_ID,
    INVITATIONS,
    ADD_INVITATION,
    CLOSE_INVITATION,
    LINK,
    ADD_LINK,
    TAKE_LINK,
    RECOVERY_CODES,
    REMOVE_RECOVERY_CODES,
    ADD_RECOVERY_CODE,
    TAKE_RECOVERY_CODE,
    COUNT_TRY,
    PASSKEY,
    PASSKEYS,
    ADD_PASSKEY,
    USE_PASSKEY,
    REMOVE_PASSKEY,
    CEREMONY,
    ADD_CEREMONY,
    TAKE_CEREMONY,
    ACCESS_KEY,
    ACCESS_KEY_BY_ID,
    ACCESS_KEYS,
    ACCESS_KEYS_OF,
    ADD_ACCESS_KEY,
    USE_ACCESS_KEY,
    REMOVE_ACCESS_KEY,
    REMOVE_ACCESS_KEYS,
    ADMIN_ENTRIES,
    ADD_ADMIN_ENTRY,
    PURGE_SESSIONS,
    PURGE_INVITATIONS,
    PURGE_LINKS,
    PURGE_TRIES,
    PURGE_CEREMONIES,
    PURGE_ACCESS_KEYS,
];
