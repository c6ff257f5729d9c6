//! The relying party of passkeys, by `webauthn-rs`.
//!
//! A passkey is discoverable, so that nobody has to say first who they are, and verifies its user by itself. What is kept
//! names its owner as well: the library finds a passkey by its id alone, and `WebAuthn` Level 3 §7.2 step 6 wants the
//! authenticator to name the same member.

use ringtrue_domain::{
    member::Member,
    secret::{Clear, Digest},
};
use ringtrue_engine::{
    model::Passkey as Known,
    ports::{Asked, Made, PasskeyFault, Passkeys},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential, WebauthnError,
    },
};

/// What authenticators show people beside the name.
const RELYING_PARTY: &str = "Ringtrue";

/// Passkeys of the people of one origin.
pub struct WebauthnPasskeys(Webauthn);

/// A passkey that is being added, and whose it will be.
#[derive(Serialize, Deserialize)]
struct Adding {
    owner: Uuid,
    asked: PasskeyRegistration,
}

/// A passkey, and whose it is.
#[derive(Serialize, Deserialize)]
struct Kept {
    owner: Uuid,
    passkey: Passkey,
}

impl WebauthnPasskeys {
    /// The relying party of an origin such as `https://ring.example`; none for one where browsers have no passkeys: they
    /// need a name, not an address (`WebAuthn` Level 3 §5.1.3 step 8), and https unless it is `localhost` (Secure
    /// Contexts §3.1).
    ///
    /// # Errors
    ///
    /// [`PasskeyFault::Broken`] for what is no origin.
    pub fn at(origin: &str) -> Result<Option<Self>, PasskeyFault> {
        let origin = Url::parse(origin).map_err(broken)?;
        let Some(Host::Domain(name)) = origin.host() else { return Ok(None) };
        if origin.scheme() != "https" && name != "localhost" && !name.ends_with(".localhost") {
            return Ok(None);
        }
        let party = WebauthnBuilder::new(name, &origin).map_err(broken)?;
        party.rp_name(RELYING_PARTY).build().map(|party| Some(Self(party))).map_err(broken)
    }
}

impl Passkeys for WebauthnPasskeys {
    fn ask_to_add(&self, member: &Member, known: &[Known]) -> Result<Asked, PasskeyFault> {
        let known: Result<Vec<_>, _> = (known.iter())
            .map(|known| Ok(understood::<Kept>(&known.credential)?.passkey.cred_id().clone()))
            .collect();
        let owner = Uuid::from_bytes(*member.id.as_bytes());
        let (email, name) = (member.email.expose(), member.name.expose());
        let started = self.0.start_passkey_registration(owner, email, name, Some(known?));
        let (mut question, asked) = started.map_err(broken)?;
        // The library leaves it to the authenticator whether the passkey can be discovered.
        let mut wanted = question.public_key.authenticator_selection.unwrap_or_default();
        wanted.require_resident_key = true;
        // Then "required" is meant (WebAuthn Level 3 §5.4.4).
        wanted.resident_key = None;
        question.public_key.authenticator_selection = Some(wanted);
        Ok(Asked { options: json(&question.public_key)?, state: kept(&Adding { owner, asked })? })
    }

    fn made(&self, state: &Clear, answer: &str) -> Result<Made, PasskeyFault> {
        let Adding { owner, asked } = understood(state)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let passkey = self.0.finish_passkey_registration(&answer, &asked).map_err(refused)?;
        let id = Digest::of(passkey.cred_id().as_slice());
        Ok(Made { id, credential: kept(&Kept { owner, passkey })? })
    }

    fn ask_to_sign_in(&self) -> Result<Asked, PasskeyFault> {
        // The library means it for the browser's list of names to fill in; it serves a button as well.
        let (question, state) = self.0.start_discoverable_authentication().map_err(broken)?;
        Ok(Asked { options: json(&question.public_key)?, state: kept(&state)? })
    }

    fn named(&self, answer: &str) -> Result<Digest, PasskeyFault> {
        let answer: PublicKeyCredential = read(answer)?;
        Ok(Digest::of(answer.get_credential_id()))
    }

    fn proven(&self, state: &Clear, answer: &str, credential: &Clear) -> Result<Clear, PasskeyFault> {
        let asked: DiscoverableAuthentication = understood(state)?;
        let Kept { owner, mut passkey } = understood(credential)?;
        let answer: PublicKeyCredential = read(answer)?;
        let (named, _) = self.0.identify_discoverable_authentication(&answer).map_err(refused)?;
        if named != owner {
            return Err(refused(WebauthnError::InvalidUserUniqueId));
        }
        let proof =
            self.0.finish_discoverable_authentication_v2(&answer, asked, &passkey).map_err(refused)?;
        passkey.update_credential(&proof);
        kept(&Kept { owner, passkey })
    }
}

/// What a browser answered. It is nobody's mistake but the sender's when that cannot be read.
fn read<T: DeserializeOwned>(answer: &str) -> Result<T, PasskeyFault> {
    serde_json::from_str(answer).map_err(refused)
}

fn understood<T: DeserializeOwned>(text: &Clear) -> Result<T, PasskeyFault> {
    serde_json::from_str(text.expose()).map_err(broken)
}

fn kept(thing: &impl Serialize) -> Result<Clear, PasskeyFault> {
    json(thing).map(Clear::new)
}

fn json(thing: &impl Serialize) -> Result<String, PasskeyFault> {
    serde_json::to_string(thing).map_err(broken)
}

fn refused(error: impl Into<anyhow::Error>) -> PasskeyFault {
    PasskeyFault::Refused(error.into())
}

fn broken(error: impl Into<anyhow::Error>) -> PasskeyFault {
    PasskeyFault::Broken(error.into())
}
