//! Passkeys (`WebAuthn` Level 3): the relying party's side of the two ceremonies. What it keeps is opaque here.

use ringtrue_domain::{
    member::Member,
    secret::{Clear, Digest},
};

use crate::model::Passkey;

/// What a browser is asked, and what its answer is compared with.
#[derive(Debug)]
pub struct Asked {
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`, which browsers read.
    pub options: String,
    /// To be kept on the server until the answer comes.
    pub state: Clear,
}

/// A passkey that an authenticator made.
#[derive(Debug)]
pub struct Made {
    /// Digest of the credential's id.
    pub id: Digest,
    /// To be kept with it.
    pub credential: Clear,
}

/// Why a ceremony failed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyFault {
    /// The answer is none to what was asked, or proves nothing.
    #[error("the passkey's answer is refused")]
    Refused(#[source] anyhow::Error),
    /// What was kept cannot be understood.
    #[error("passkeys failed")]
    Broken(#[source] anyhow::Error),
}

/// The relying party. User verification is required throughout: a passkey is the only factor.
pub trait Passkeys: Send + Sync {
    /// Begins to add a passkey; an authenticator that has one of `known` makes no second one.
    fn ask_to_add(&self, member: &Member, known: &[Passkey]) -> Result<Asked, PasskeyFault>;

    /// Takes the answer to that.
    fn made(&self, state: &Clear, answer: &str) -> Result<Made, PasskeyFault>;

    /// Begins to sign somebody in who has not said who they are.
    fn ask_to_sign_in(&self) -> Result<Asked, PasskeyFault>;

    /// Which passkey an answer says it comes from: the digest of the credential's id. Proves nothing.
    fn named(&self, answer: &str) -> Result<Digest, PasskeyFault>;

    /// Takes the answer of the passkey that it named; returns what is to be kept with it from now on.
    fn proven(&self, state: &Clear, answer: &str, credential: &Clear) -> Result<Clear, PasskeyFault>;
}
