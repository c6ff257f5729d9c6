//! Single sign-on. The provider vouches for an address; who may come in, and as what, is the team's to say. So a
//! verified address signs a member in, or accepts an open invitation to it, and nothing else: nobody joins by themselves.

use ringtrue_domain::{
    member::MemberName,
    secret::{Clear, Digest},
    text::EmailAddress,
    time::after,
};

use super::people;
use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{Actor, Ceremony, Deed, Purpose, SignedIn, Way},
    ports::{Departure, PeopleChange, SignOn, SignOnFault, Unit, Vouched},
};

/// Seconds that somebody has at the provider.
const AWAY_SECONDS: u32 = 10 * 60;

/// A way to the provider.
#[derive(Debug)]
pub struct SignOnStart {
    /// What the browser brings back, and keeps meanwhile: whoever comes back without it did not set out.
    pub token: Clear,
    /// Where to send the browser.
    pub address: String,
}

/// Why single sign-on let nobody in.
#[derive(Debug, thiserror::Error)]
pub enum SignOnError {
    /// Nobody set out with this token, it was used, or it took too long.
    #[error("the sign-in is over")]
    Over,
    /// The provider vouches for somebody who is neither a member nor invited.
    #[error("nobody of the team has this address")]
    Stranger,
    /// The provider vouches for nobody.
    #[error(transparent)]
    Fault(SignOnFault),
    /// Something else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<SignOnFault> for SignOnError {
    fn from(fault: SignOnFault) -> Self {
        match fault {
            broken @ SignOnFault::Broken(_) => Self::Other(Error::Bug(broken.into())),
            other => Self::Fault(other),
        }
    }
}

impl Engine {
    /// What people call the provider, where single sign-on is set up.
    pub fn single_sign_on(&self) -> Option<&str> {
        self.parts.sign_on.as_deref().map(SignOn::label)
    }

    fn provider(&self) -> Result<&dyn SignOn, SignOnError> {
        self.parts.sign_on.as_deref().ok_or(SignOnError::Over)
    }

    /// Sends somebody to the provider.
    pub async fn start_sign_on(&self) -> Result<SignOnStart, SignOnError> {
        let token = self.fresh_token();
        let Departure { address, state } = self.provider()?.depart(&token).await?;
        let ceremony = Ceremony {
            token: Digest::of(token.expose().as_bytes()),
            purpose: Purpose::SingleSignOn,
            state,
            expires_at: after(self.wall(), AWAY_SECONDS),
        };
        let begin = people(PeopleChange::BeginCeremony(Box::new(ceremony)));
        self.store().commit(Unit::new().with(begin)).await.map_err(Error::from)?;
        Ok(SignOnStart { token, address })
    }

    /// Signs in whoever the provider vouches for. The token works once, right or wrong.
    pub async fn finish_sign_on(
        &self,
        token: &str,
        code: &str,
        agent: &str,
    ) -> Result<(Clear, SignedIn), SignOnError> {
        let provider = self.provider()?;
        let found = self.good_ceremony(token, Purpose::SingleSignOn, self.wall()).await;
        let ceremony = match found {
            Err(Error::Unauthorized) => return Err(SignOnError::Over),
            other => other?,
        };
        // Used up before the provider is asked: of two who come with it, one asks.
        if !self.is_written(vec![people(PeopleChange::TakeCeremony { token: ceremony.token })]).await? {
            return Err(SignOnError::Over);
        }
        let vouched = provider.vouched(&ceremony.state, code).await?;
        for _ in 0..ROUNDS {
            let team = self.store().team().await.map_err(Error::from)?;
            let mut unit = Vec::new();
            let signed_in = if let Some(member) = team.by_email(&vouched.email) {
                self.sign_in(member, Way::SingleSignOn, agent, &mut unit)
            } else if let Some(invitation) = self.invitation_to(&vouched.email, &team).await? {
                let name = name_of(&vouched).map_err(Error::from)?;
                self.join(&team, invitation, name, Way::SingleSignOn, agent, &mut unit)?
            } else {
                let note =
                    self.note(self.wall(), Actor::Nobody, Deed::StrangerRefused { way: Way::SingleSignOn });
                self.store().commit(Unit::new().with(note)).await.map_err(Error::from)?;
                return Err(SignOnError::Stranger);
            };
            if self.is_written(unit).await? {
                return Ok(signed_in);
            }
        }
        Err(super::link::conflict().into())
    }
}

/// What a new member is called: as the provider says, else by the part of their address before the `@`.
fn name_of(vouched: &Vouched) -> Result<MemberName, ringtrue_domain::FieldError> {
    let told = vouched.name.as_ref().and_then(|name| MemberName::parse("name", name.expose()).ok());
    told.map_or_else(|| MemberName::parse("name", before_at(&vouched.email)), Ok)
}

fn before_at(email: &EmailAddress) -> &str {
    email.expose().split('@').next().unwrap_or_default()
}
