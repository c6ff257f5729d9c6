//! Single sign-on: somebody else, whom the operator trusts, tells whose address it is that comes to sign in.

use async_trait::async_trait;
use ringtrue_domain::{secret::Clear, text::EmailAddress};

/// Where a browser is sent, and what its return is compared with.
#[derive(Debug)]
pub struct Departure {
    /// The provider's address, with the question.
    pub address: String,
    /// To be kept on the server until the browser comes back.
    pub state: Clear,
}

/// Whom the provider vouches for.
#[derive(Debug)]
pub struct Vouched {
    /// Their address; the provider has verified that it is theirs.
    pub email: EmailAddress,
    /// What the provider calls them.
    pub name: Option<Clear>,
}

/// Why nobody is vouched for.
#[derive(Debug, thiserror::Error)]
pub enum SignOnFault {
    /// The answer is none to what was asked, or proves nothing.
    #[error("the provider's answer is refused")]
    Refused(#[source] anyhow::Error),
    /// The provider names no address, or has not verified it.
    #[error("the provider has not verified an address")]
    Unverified,
    /// The address is not of the domain that is let in.
    #[error("the address is of another domain")]
    OtherDomain,
    /// The provider cannot be asked.
    #[error("the provider cannot be asked")]
    Unavailable(#[source] anyhow::Error),
    /// What was kept cannot be understood.
    #[error("single sign-on failed")]
    Broken(#[source] anyhow::Error),
}

/// A provider, and what it needs to know of us.
#[async_trait]
pub trait SignOn: Send + Sync {
    /// What people call it.
    fn label(&self) -> &str;

    /// Begins; `token` is what the browser brings back.
    async fn depart(&self, token: &Clear) -> Result<Departure, SignOnFault>;

    /// Asks the provider about whoever came back with `code`.
    async fn vouched(&self, state: &Clear, code: &str) -> Result<Vouched, SignOnFault>;
}
