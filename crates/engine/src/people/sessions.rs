//! Sessions: a token that the browser keeps in a cookie, and the record that it stands for.
//!
//! As ASVS 5.0 asks: the token is a reference of 256 random bits (7.2.3), new at each sign-in (7.2.4); a session is over
//! after 30 minutes without use (7.3.1) and after 12 hours at the latest (7.3.2), both within the limits of NIST SP
//! 800-63B-4 §2.2.3; it ends on the server (7.4.1), all of a member's end when they leave (7.4.2), and they see and end
//! their others (7.4.3, 7.5.2).

use jiff::Timestamp;
use ringtrue_domain::{
    member::{Member, SessionId},
    secret::{Clear, Digest},
    time::after,
};

use super::{actor, people};
use crate::{
    Engine, Error,
    model::{Deed, Session, SignedIn, Way},
    ports::{Change, Lent, PeopleChange, Unit},
};

/// Seconds after its last use that a session is over.
const IDLE_SECONDS: u32 = 30 * 60;
/// Seconds after its start that a session is over.
const SESSION_SECONDS: u32 = 12 * 60 * 60;
/// Seconds between two writes that say that a session was used: a page has many parts.
const USE_SECONDS: u32 = 60;
/// Characters of a browser's name that are kept.
const AGENT_CHARS: usize = 200;

impl Engine {
    /// Signs a member in; `agent` is the browser as it names itself. Whoever calls this knows that it is them.
    pub async fn start_session(
        &self,
        member: &Member,
        way: Way,
        agent: &str,
    ) -> Result<(Clear, SignedIn), Error> {
        let mut changes = Vec::new();
        let signed_in = self.sign_in(member, way, agent, &mut changes);
        self.store().commit(Unit { changes }).await?;
        Ok(signed_in)
    }

    /// Adds a session's beginning to a unit.
    pub(super) fn sign_in(
        &self,
        member: &Member,
        way: Way,
        agent: &str,
        unit: &mut Vec<Change>,
    ) -> (Clear, SignedIn) {
        let (now, token) = (self.wall(), self.fresh_token());
        let id = SessionId::new(now, &mut Lent(&*self.parts.entropy));
        let expires_at = after(now, SESSION_SECONDS);
        let session = Session {
            id,
            token: Digest::of(token.expose().as_bytes()),
            member: member.id,
            created_at: now,
            used_at: now,
            expires_at,
            ends_at: ends_at(now, expires_at),
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect(),
        };
        unit.push(people(PeopleChange::StartSession(Box::new(session))));
        unit.push(self.note(now, actor(member), Deed::SignedIn { session: id, way }));
        (token, SignedIn { member: member.clone(), session: id })
    }

    /// Who holds this token, with the role that they have now; none when the session is over. This counts as a use.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>, Error> {
        let now = self.wall();
        let token = Digest::of(token.as_bytes());
        let Some((session, member)) = self.store().signed_in(token, now).await? else { return Ok(None) };
        if now >= after(session.used_at, USE_SECONDS) {
            let ends_at = ends_at(now, session.expires_at);
            let used = PeopleChange::UseSession { token, used_at: now, ends_at };
            self.store().commit(Unit::new().with(people(used))).await?;
        }
        Ok(Some(SignedIn { member, session: session.id }))
    }

    /// The same for what goes on by itself in an open page: it counts as no use.
    pub async fn session_goes_on(&self, token: &str) -> Result<Option<SignedIn>, Error> {
        let found = self.store().signed_in(Digest::of(token.as_bytes()), self.wall()).await?;
        Ok(found.map(|(session, member)| SignedIn { member, session: session.id }))
    }

    /// Where the member is signed in, newest first.
    pub async fn sessions(&self, by: &SignedIn) -> Result<Vec<Session>, Error> {
        Ok(self.store().sessions(by.member.id, self.wall()).await?)
    }

    /// Signs out: this session is over at once.
    pub async fn end_session(&self, by: &SignedIn) -> Result<(), Error> {
        self.end_own_session(by, by.session).await
    }

    /// Ends one of the member's sessions. One that is over already is none of theirs, and nothing happens.
    pub async fn end_own_session(&self, by: &SignedIn, id: SessionId) -> Result<(), Error> {
        let (now, member) = (self.wall(), by.member.id);
        if !self.store().sessions(member, now).await?.iter().any(|session| session.id == id) {
            return Ok(());
        }
        let unit = Unit::new().with(people(PeopleChange::EndSession { member, id })).with(self.note(
            now,
            actor(&by.member),
            Deed::SignedOut { session: id },
        ));
        Ok(self.store().commit(unit).await?)
    }

    /// Ends all of the member's sessions but this one.
    pub async fn end_other_sessions(&self, by: &SignedIn) -> Result<(), Error> {
        let kept = by.session;
        let unit = Unit::new()
            .with(people(PeopleChange::EndOtherSessions { member: by.member.id, kept }))
            .with(self.note(self.wall(), actor(&by.member), Deed::OthersSignedOut { kept }));
        Ok(self.store().commit(unit).await?)
    }
}

/// When a session that is used now is over unless it is used again.
fn ends_at(now: Timestamp, expires_at: Timestamp) -> Timestamp {
    after(now, IDLE_SECONDS).min(expires_at)
}
