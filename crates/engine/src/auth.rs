//! Access tokens of back ends: opaque random bytes, remembered as a digest, so that they can be revoked.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{
    CredentialId,
    secret::{Clear, Digest},
    time::after,
};

use crate::{
    Engine, Error,
    model::{AccessToken, Caller},
    ports::{Change, Unit},
};

/// Seconds that an access token is good (server API §2).
const TOKEN_SECONDS: u32 = 3600;

/// Seconds between two writes that say that a credential was used: back ends that ask for a token with each call must
/// not all wait for its row.
const USE_SECONDS: u32 = 3600;

/// A fresh access token.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token, in the clear for this one time.
    pub token: Clear,
    /// Seconds that it is good.
    pub expires_in_seconds: u32,
}

impl Engine {
    /// Gives a token to whoever knows a credential's secret.
    pub async fn issue_token(&self, client_id: &str, client_secret: &str) -> Result<IssuedToken, Error> {
        let id: CredentialId = client_id.parse().map_err(|_| Error::Unauthorized)?;
        // The secret has 256 random bits: a plain digest is enough, and its comparison takes constant time.
        let given = Digest::of(client_secret.as_bytes());
        let credential = self.store().credential(id).await?.ok_or(Error::Unauthorized)?;
        if credential.secret != given || credential.revoked_at.is_some() {
            return Err(Error::Unauthorized);
        }
        let token = Clear::new(URL_SAFE_NO_PAD.encode(self.random_array::<32>()));
        let now = self.wall();
        let record = AccessToken {
            digest: Digest::of(token.expose().as_bytes()),
            credential: id,
            expires_at: after(now, TOKEN_SECONDS),
        };
        let mut unit = Unit::new().with(Change::PutToken(record));
        if credential.used_at.is_none_or(|used_at| now >= after(used_at, USE_SECONDS)) {
            unit.push(Change::UseCredential { id, at: now });
        }
        self.store().commit(unit).await?;
        Ok(IssuedToken { token, expires_in_seconds: TOKEN_SECONDS })
    }

    /// Who holds this token.
    pub async fn caller(&self, token: &str) -> Result<Caller, Error> {
        self.store().caller(Digest::of(token.as_bytes()), self.wall()).await?.ok_or(Error::Unauthorized)
    }
}
