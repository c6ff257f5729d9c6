//! Finding identities: all of them page by page, or those of a number.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{FieldError, IdentityId, PhoneNumber, identity::Identity};

use crate::{Engine, Error, model::Caller};

/// Identities of one page at most.
const MAX_PAGE: usize = 100;
/// Identities of one number that are told at most.
pub const MAX_OF_NUMBER: usize = 1000;

/// Part of a list.
#[derive(Debug)]
pub struct IdentityPage {
    /// In the order in which they were enrolled.
    pub ids: Vec<IdentityId>,
    /// Where the next page begins, while there is one.
    pub last_key: Option<String>,
}

/// Those of a number.
#[derive(Debug)]
pub struct OfNumber<T> {
    /// In the order in which they were enrolled, project by project; at most [`MAX_OF_NUMBER`].
    pub identities: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> OfNumber<T> {
    /// Those that may be told, of one more than that.
    pub(super) fn cut(mut identities: Vec<T>) -> Self {
        let more = identities.len() > MAX_OF_NUMBER;
        identities.truncate(MAX_OF_NUMBER);
        Self { identities, more }
    }
}

impl Engine {
    /// A page of the caller's identities: 1 to 100, default 100. The key names the identity that was last, so that the
    /// list goes on right behind it whatever came and went meanwhile.
    pub async fn identities(
        &self,
        caller: &Caller,
        start_key: Option<&str>,
        limit: Option<usize>,
        inactive_too: bool,
    ) -> Result<IdentityPage, Error> {
        let limit = limit.unwrap_or(MAX_PAGE);
        if !(1..=MAX_PAGE).contains(&limit) {
            return Err(FieldError::new("limit", "must be 1 to 100").into());
        }
        let after = start_key.map(identity_of).transpose()?;
        let found = self.store().identities(caller.scope(), after, limit + 1, inactive_too).await?;
        let more = found.len() > limit;
        let ids: Vec<_> = found.into_iter().take(limit).map(|identity| identity.id).collect();
        let last_key = ids.last().filter(|_| more).map(|id| URL_SAFE_NO_PAD.encode(id.as_bytes()));
        Ok(IdentityPage { ids, last_key })
    }

    /// The caller's identities of a number; none when nobody is enrolled with it.
    pub async fn identities_of(&self, caller: &Caller, number: &str) -> Result<OfNumber<Identity>, Error> {
        const FIELD: &str = "phoneNumber";
        let phone = PhoneNumber::normalize(FIELD, number)?;
        let found = self.store().identities_of(caller.scope(), &phone, MAX_OF_NUMBER + 1).await?;
        if found.is_empty() {
            // A number that nobody can have is worth telling; one that somebody had is found in any case.
            self.number(&caller.project, caller.environment, FIELD, number)?;
        }
        Ok(OfNumber::cut(found))
    }
}

fn identity_of(key: &str) -> Result<IdentityId, FieldError> {
    let bytes = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    bytes
        .map(IdentityId::from_bytes)
        .ok_or_else(|| FieldError::new("startKey", "must be the lastKey of the page before"))
}
