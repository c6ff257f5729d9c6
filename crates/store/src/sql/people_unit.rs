//! Changes about the people of the portal as statements.

use ringtrue_engine::{
    model::{Invitation, Passkey, Session},
    ports::PeopleChange,
};
use serde::Serialize;

use super::{
    driver::{Driver, Stmt},
    keyring::{KeyError, Keyring},
    text::people as text,
    value::Value,
};
use crate::seal::{DataKey, Kind, SERVER};

/// The use of the server's key that members' addresses are hashed for.
pub(super) const EMAIL: &str = "member's address";

/// The use of the server's key that names are hashed for under which somebody tries to sign in.
const TRIES: &str = "sign-in tries";

/// Adds the statements of a change.
pub(super) async fn statements<D: Driver>(
    change: PeopleChange,
    keys: &Keyring,
    driver: &D,
    list: &mut Vec<Stmt>,
) -> Result<(), KeyError> {
    let key = keys.make(SERVER, driver).await?;
    let statement = match change {
        PeopleChange::PutMember { expect, member } => {
            list.push(move_team(expect));
            let hash = key.hash(EMAIL, &member.email.folded());
            let body = seal(&key, Kind::Member, member.id.as_bytes(), &*member)?;
            Stmt::write(text::PUT_MEMBER, [member.id.into(), hash.into(), body]).once()
        }
        PeopleChange::RemoveMember { expect, id } => {
            list.push(move_team(expect));
            let belongings = [
                text::REMOVE_SESSIONS,
                text::REMOVE_PASSKEYS,
                text::REMOVE_RECOVERY_CODES,
                text::REMOVE_LINKS,
                text::REMOVE_ACCESS_KEYS,
            ];
            list.extend(belongings.map(|sql| Stmt::write(sql, [id.into()])));
            Stmt::write(text::REMOVE_MEMBER, [id.into()]).once()
        }
        PeopleChange::StartSession(session) => start_session(&session, &key)?,
        PeopleChange::UseSession { token, used_at, ends_at } => {
            Stmt::write(text::USE_SESSION, [token.into(), used_at.into(), ends_at.into()])
        }
        PeopleChange::EndSession { member, id } => Stmt::write(text::END_SESSION, [member.into(), id.into()]),
        PeopleChange::EndOtherSessions { member, kept } => {
            Stmt::write(text::END_OTHER_SESSIONS, [member.into(), kept.into()])
        }
        PeopleChange::Invite(invitation) => {
            let (id, token) = (invitation.id.into(), invitation.token.into());
            let (open, expires_at) = (true.into(), invitation.expires_at.into());
            let body = seal_invitation(&invitation, &key)?;
            Stmt::write(text::ADD_INVITATION, [id, token, open, expires_at, body]).once()
        }
        PeopleChange::CloseInvitation(invitation) => {
            let body = seal_invitation(&invitation, &key)?;
            Stmt::write(text::CLOSE_INVITATION, [invitation.id.into(), body]).once()
        }
        PeopleChange::AddLink(link) => {
            let args = [link.token.into(), link.member.into(), link.expires_at.into()];
            Stmt::write(text::ADD_LINK, args).once()
        }
        PeopleChange::TakeLink { token } => Stmt::write(text::TAKE_LINK, [token.into()]).once(),
        PeopleChange::PutRecoveryCodes { member, codes } => {
            list.push(Stmt::write(text::REMOVE_RECOVERY_CODES, [member.into()]));
            let add = |code| Stmt::write(text::ADD_RECOVERY_CODE, [member.into(), Value::from(code)]);
            list.extend(codes.into_iter().map(add));
            return Ok(());
        }
        PeopleChange::TakeRecoveryCode { member, code } => {
            Stmt::write(text::TAKE_RECOVERY_CODE, [member.into(), code.into()]).once()
        }
        PeopleChange::CountTry { of, wall, resets_at, limit } => {
            let hash = key.hash(TRIES, of.expose());
            let args = [hash.into(), resets_at.into(), wall.into(), limit.into()];
            Stmt::write(text::COUNT_TRY, args).once()
        }
        PeopleChange::AddPasskey(passkey) => passkey_written(text::ADD_PASSKEY, &passkey, &key)?,
        PeopleChange::UsePasskey(passkey) => passkey_written(text::USE_PASSKEY, &passkey, &key)?,
        PeopleChange::RemovePasskey { member, id } => {
            Stmt::write(text::REMOVE_PASSKEY, [member.into(), id.into()]).once()
        }
        PeopleChange::BeginCeremony(ceremony) => {
            let content = (ceremony.purpose, &ceremony.state);
            let body = seal(&key, Kind::Ceremony, ceremony.token.as_bytes(), &content)?;
            let args = [ceremony.token.into(), ceremony.expires_at.into(), body];
            Stmt::write(text::ADD_CEREMONY, args).once()
        }
        PeopleChange::TakeCeremony { token } => Stmt::write(text::TAKE_CEREMONY, [token.into()]).once(),
        PeopleChange::AddAccessKey(access) => {
            let body = seal(&key, Kind::AccessKey, access.id.as_bytes(), &*access)?;
            let (id, token, maker) = (access.id.into(), access.token.into(), access.maker.into());
            Stmt::write(text::ADD_ACCESS_KEY, [id, token, maker, access.expires_at.into(), body]).once()
        }
        PeopleChange::UseAccessKey { id, at } => Stmt::write(text::USE_ACCESS_KEY, [id.into(), at.into()]),
        PeopleChange::RemoveAccessKey { id } => Stmt::write(text::REMOVE_ACCESS_KEY, [id.into()]).once(),
        PeopleChange::Note(entry) => {
            let body = seal(&key, Kind::AdminEntry, entry.id.as_bytes(), &*entry)?;
            Stmt::write(text::ADD_ADMIN_ENTRY, [entry.id.into(), body]).once()
        }
    };
    list.push(statement);
    Ok(())
}

/// The team's next version; 0 for a team that is yet to be.
fn move_team(expect: u64) -> Stmt {
    match expect {
        0 => Stmt::write(text::BEGIN_TEAM, []).once(),
        _ => Stmt::write(text::MOVE_TEAM, [expect.into()]).once(),
    }
}

fn start_session(session: &Session, key: &DataKey) -> Result<Stmt, KeyError> {
    let agent = seal(key, Kind::Session, session.id.as_bytes(), &session.agent)?;
    let args = [
        session.token.into(),
        session.id.into(),
        session.member.into(),
        session.created_at.into(),
        session.used_at.into(),
        session.expires_at.into(),
        session.ends_at.into(),
        agent,
    ];
    Ok(Stmt::write(text::ADD_SESSION, args).once())
}

fn seal_invitation(invitation: &Invitation, key: &DataKey) -> Result<Value, KeyError> {
    seal(key, Kind::Invitation, invitation.id.as_bytes(), invitation)
}

fn seal<T: Serialize>(key: &DataKey, kind: Kind, id: &[u8], value: &T) -> Result<Value, KeyError> {
    Ok(key.seal(kind, id, value)?.into())
}

fn passkey_written(sql: &'static str, passkey: &Passkey, key: &DataKey) -> Result<Stmt, KeyError> {
    let body = seal(key, Kind::Passkey, passkey.id.as_bytes(), passkey)?;
    Ok(Stmt::write(sql, [passkey.id.into(), passkey.member.into(), body]).once())
}
