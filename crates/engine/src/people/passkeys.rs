//! Passkeys: adding them, and signing in with them. A challenge is answered once, right or wrong, within five minutes.

use jiff::Timestamp;
use ringtrue_domain::{
    FieldError,
    member::MemberName,
    secret::{Clear, Digest},
    time::after,
};

use super::{actor, people};
use crate::{
    Engine, Error,
    model::{Actor, Ceremony, Deed, Passkey, Purpose, SignedIn, Way},
    ports::{Asked, Change, PasskeyFault, Passkeys, PeopleChange, Unit},
};

/// Seconds that a browser has for its answer.
const ANSWER_SECONDS: u32 = 5 * 60;
/// Passkeys of a member at most.
const MAX_PASSKEYS: usize = 20;

/// What a browser is asked.
#[derive(Debug)]
pub struct PasskeyQuestion {
    /// To be sent back with the answer.
    pub token: Clear,
    /// What [`Asked::options`] says.
    pub options: String,
}

impl Engine {
    /// The member's passkeys, oldest first.
    pub async fn passkeys(&self, by: &SignedIn) -> Result<Vec<Passkey>, Error> {
        Ok(self.store().passkeys(by.member.id).await?)
    }

    /// Begins to add a passkey to whoever is signed in.
    pub async fn ask_for_passkey(&self, by: &SignedIn) -> Result<PasskeyQuestion, Error> {
        let known = self.store().passkeys(by.member.id).await?;
        if known.len() >= MAX_PASSKEYS {
            return Err(FieldError::new("passkeys", "must be at most 20").into());
        }
        let asked = self.relying_party()?.ask_to_add(&by.member, &known)?;
        self.begin_ceremony(Purpose::AddPasskey(by.member.id), asked).await
    }

    /// Adds the passkey that the browser made, under a name of the member's choice.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, late or used, and for an answer that does not fit.
    pub async fn add_passkey(
        &self,
        by: &SignedIn,
        token: &str,
        name: &str,
        answer: &str,
    ) -> Result<Passkey, Error> {
        let (now, name) = (self.wall(), MemberName::parse("name", name)?);
        let ceremony = self.good_ceremony(token, Purpose::AddPasskey(by.member.id), now).await?;
        let used_up = people(PeopleChange::TakeCeremony { token: ceremony.token });
        let made = match self.relying_party()?.made(&ceremony.state, answer) {
            Ok(made) => made,
            Err(fault) => return self.answered_wrong(vec![used_up], fault).await,
        };
        let passkey = Passkey {
            id: made.id,
            member: by.member.id,
            name: name.expose().to_owned(),
            credential: made.credential,
            created_at: now,
            used_at: None,
        };
        let unit = vec![
            used_up,
            people(PeopleChange::AddPasskey(Box::new(passkey.clone()))),
            self.note(now, actor(&by.member), Deed::PasskeyAdded { passkey: passkey.id }),
        ];
        if self.is_written(unit).await? { Ok(passkey) } else { Err(Error::Unauthorized) }
    }

    /// Removes one of the member's passkeys. One that is gone already changes nothing.
    pub async fn remove_passkey(&self, by: &SignedIn, id: Digest) -> Result<(), Error> {
        let unit = vec![
            people(PeopleChange::RemovePasskey { member: by.member.id, id }),
            self.note(self.wall(), actor(&by.member), Deed::PasskeyRemoved { passkey: id }),
        ];
        self.is_written(unit).await.map(drop)
    }

    /// Begins to sign in whoever has a passkey.
    pub async fn ask_who_it_is(&self) -> Result<PasskeyQuestion, Error> {
        let asked = self.relying_party()?.ask_to_sign_in()?;
        self.begin_ceremony(Purpose::Passkey, asked).await
    }

    /// Signs in whoever's passkey the browser answered with.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for a token that is wrong, late or used, and for an answer that does not fit; never
    /// tells which.
    pub async fn sign_in_with_passkey(
        &self,
        token: &str,
        answer: &str,
        agent: &str,
    ) -> Result<(Clear, SignedIn), Error> {
        let now = self.wall();
        let ceremony = self.good_ceremony(token, Purpose::Passkey, now).await?;
        let mut unit = vec![people(PeopleChange::TakeCeremony { token: ceremony.token })];
        let party = self.relying_party()?;
        let known = match party.named(answer) {
            Ok(id) => self.store().passkey(id).await?,
            Err(fault) => return self.answered_wrong(unit, fault).await,
        };
        let team = self.store().team().await?;
        let known = known.and_then(|known| Some((team.member(known.member)?, known)));
        let Some((member, known)) = known else {
            self.is_written(unit).await?;
            return Err(Error::Unauthorized);
        };
        let credential = match party.proven(&ceremony.state, answer, &known.credential) {
            Ok(credential) => credential,
            Err(fault) => {
                let deed = Deed::SignInRefused { member: member.id, way: Way::Passkey };
                unit.push(self.note(now, Actor::Nobody, deed));
                return self.answered_wrong(unit, fault).await;
            }
        };
        let used = Passkey { credential, used_at: Some(now), ..known };
        unit.push(people(PeopleChange::UsePasskey(Box::new(used))));
        let signed_in = self.sign_in(member, Way::Passkey, agent, &mut unit);
        if self.is_written(unit).await? { Ok(signed_in) } else { Err(Error::Unauthorized) }
    }

    /// Whether browsers have passkeys at the portal's address.
    pub fn has_passkeys(&self) -> bool {
        self.parts.passkeys.is_some()
    }

    fn relying_party(&self) -> Result<&dyn Passkeys, Error> {
        let rule = "cannot be used: browsers need https and a name, not a number, in the portal's address";
        self.parts.passkeys.as_deref().ok_or(FieldError::new("passkeys", rule).into())
    }

    async fn begin_ceremony(&self, purpose: Purpose, asked: Asked) -> Result<PasskeyQuestion, Error> {
        let (token, Asked { options, state }) = (self.fresh_token(), asked);
        let ceremony = Ceremony {
            token: Digest::of(token.expose().as_bytes()),
            purpose,
            state,
            expires_at: after(self.wall(), ANSWER_SECONDS),
        };
        let begin = people(PeopleChange::BeginCeremony(Box::new(ceremony)));
        self.store().commit(Unit::new().with(begin)).await?;
        Ok(PasskeyQuestion { token, options })
    }

    pub(super) async fn good_ceremony(
        &self,
        token: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Ceremony, Error> {
        let found = self.store().ceremony(Digest::of(token.as_bytes())).await?;
        let good = found.filter(|found| found.purpose == purpose && now < found.expires_at);
        good.ok_or(Error::Unauthorized)
    }

    /// Writes what a wrong answer leads to: the challenge is used up.
    async fn answered_wrong<T>(&self, unit: Vec<Change>, fault: PasskeyFault) -> Result<T, Error> {
        self.is_written(unit).await?;
        Err(fault.into())
    }
}

impl From<PasskeyFault> for Error {
    fn from(fault: PasskeyFault) -> Self {
        match fault {
            PasskeyFault::Refused(_) => Self::Unauthorized,
            PasskeyFault::Broken(_) => Self::Bug(fault.into()),
        }
    }
}
