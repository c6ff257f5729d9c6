//! A relying party without cryptography: an answer is the challenge, the authenticator's name and a count.

use std::sync::atomic::{AtomicU32, Ordering};

use ringtrue_domain::{
    member::Member,
    secret::{Clear, Digest},
};
use ringtrue_engine::{
    model::Passkey,
    ports::{Asked, Made, PasskeyFault, Passkeys},
};

#[derive(Default)]
pub(crate) struct RelyingParty(AtomicU32);

impl RelyingParty {
    fn ask(&self) -> Asked {
        let challenge = format!("challenge-{}", self.0.fetch_add(1, Ordering::Relaxed));
        Asked { options: challenge.clone(), state: Clear::new(challenge) }
    }
}

/// The challenge, and the rest.
fn read(answer: &str) -> Result<(&str, &str), PasskeyFault> {
    answer.split_once(' ').ok_or_else(|| PasskeyFault::Refused(anyhow::anyhow!("no answer")))
}

fn name(credential: &str) -> &str {
    credential.split(' ').next().unwrap()
}

impl Passkeys for RelyingParty {
    fn ask_to_add(&self, _: &Member, _: &[Passkey]) -> Result<Asked, PasskeyFault> {
        Ok(self.ask())
    }

    fn made(&self, state: &Clear, answer: &str) -> Result<Made, PasskeyFault> {
        let (challenge, credential) = read(answer)?;
        if challenge != state.expose() {
            return Err(PasskeyFault::Refused(anyhow::anyhow!("another challenge")));
        }
        Ok(Made {
            id: Digest::of(name(credential).as_bytes()),
            credential: Clear::new(credential.to_owned()),
        })
    }

    fn ask_to_sign_in(&self) -> Result<Asked, PasskeyFault> {
        Ok(self.ask())
    }

    fn named(&self, answer: &str) -> Result<Digest, PasskeyFault> {
        read(answer).map(|(_, credential)| Digest::of(name(credential).as_bytes()))
    }

    fn proven(&self, state: &Clear, answer: &str, credential: &Clear) -> Result<Clear, PasskeyFault> {
        let (challenge, given) = read(answer)?;
        if challenge != state.expose() || name(given) != name(credential.expose()) {
            return Err(PasskeyFault::Refused(anyhow::anyhow!("another challenge")));
        }
        Ok(Clear::new(given.to_owned()))
    }
}
