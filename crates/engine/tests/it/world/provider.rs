//! A provider of single sign-on without cryptography: a code is the address that it vouches for, and a name.

use async_trait::async_trait;
use ringtrue_domain::{secret::Clear, text::EmailAddress};
use ringtrue_engine::ports::{Departure, SignOn, SignOnFault, Vouched};

pub(crate) struct Provider;

#[async_trait]
impl SignOn for Provider {
    fn label(&self) -> &'static str {
        "Example"
    }

    async fn depart(&self, token: &Clear) -> Result<Departure, SignOnFault> {
        let address = format!("https://id.example/?state={}", token.expose());
        Ok(Departure { address, state: Clear::new("kept".to_owned()) })
    }

    async fn vouched(&self, state: &Clear, code: &str) -> Result<Vouched, SignOnFault> {
        assert_eq!(state.expose(), "kept");
        let (email, name) = code.split_once(' ').unwrap_or((code, ""));
        let email = EmailAddress::parse("email", email).map_err(|_| SignOnFault::Unverified)?;
        Ok(Vouched { email, name: (!name.is_empty()).then(|| Clear::new(name.to_owned())) })
    }
}
