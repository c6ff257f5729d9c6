//! Single sign-on with an `OpenID` provider (`OpenID` Connect Core 1.0): the authorization code flow with PKCE, `state`
//! and `nonce`, by the library `openidconnect`.
//!
//! Nothing of the provider is kept: each sign-in asks for its description and its keys, so that a key that was changed
//! needs no rule. Sign-ins are few.

mod config;

use std::pin::Pin;

use async_trait::async_trait;
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    TokenResponse as _, UserInfoError,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use ringtrue_domain::{secret::Clear, text::EmailAddress};
use ringtrue_engine::ports::{Departure, Fault, SignOn, SignOnFault, Vouched};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::{ConfigError, HttpClient};

pub use config::OpenIdConfig;

/// Signatures that only the provider can make. Those by the client's secret are not among them, nor is none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A provider that was found.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An `OpenID` provider.
pub struct OpenId {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: SecretString,
    label: String,
    email_domain: Option<String>,
    /// Where the provider sends people back to.
    back: RedirectUrl,
    http: Fetch,
}

/// Our HTTP client, as the library calls one.
struct Fetch(HttpClient);

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let request = request.try_into();
            let request = request.map_err(|_| Fault::Rejected { reason: "the request cannot be built" })?;
            self.0.exchange(request).await?.into_http().map_err(Fault::Unknown)
        })
    }
}

/// What is kept while somebody is at the provider.
#[derive(Serialize, Deserialize)]
struct Away {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl OpenId {
    /// The provider that `config` describes, who sends people back to `back`.
    pub fn new(config: &OpenIdConfig, back: String) -> Result<Self, ConfigError> {
        config.validate()?;
        let no_address = |_| ConfigError::new("issuer", "must be an address");
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone()).map_err(no_address)?,
            client_id: ClientId::new(config.client_id.clone()),
            client_secret: config.client_secret.clone(),
            label: config.label.trim().to_owned(),
            email_domain: config.email_domain.as_ref().map(|domain| domain.to_lowercase()),
            back: RedirectUrl::new(back).map_err(no_address)?,
            http: Fetch(HttpClient::new()),
        })
    }

    /// Asks the provider for its description and its keys.
    async fn client(&self) -> Result<Client, SignOnFault> {
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let provider = found.map_err(unavailable)?;
        let methods = provider.token_endpoint_auth_methods_supported();
        // Basic is what a provider takes that says nothing (OpenID Connect Discovery 1.0 §3).
        let is_basic =
            methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let secret = ClientSecret::new(self.client_secret.expose_secret().to_owned());
        let client = CoreClient::from_provider_metadata(provider, self.client_id.clone(), Some(secret));
        let how = if is_basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        Ok(client.set_auth_type(how).set_redirect_uri(self.back.clone()))
    }

    /// What the provider says in the token that it signed, which must be the answer to what was asked.
    fn claims<'a>(
        client: &Client,
        tokens: &'a CoreTokenResponse,
        nonce: &Nonce,
    ) -> Result<&'a CoreIdTokenClaims, SignOnFault> {
        let token = tokens.id_token().ok_or_else(|| no("there is no ID token"))?;
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, nonce).map_err(refused)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(refused)?;
            let key = token.signing_key(&verifier).map_err(refused)?;
            let actual =
                AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(refused)?;
            if actual != *expected {
                return Err(no("the access token is another one's"));
            }
        }
        Ok(claims)
    }

    /// What the provider says about whom `claims` are about, which may be more.
    async fn more(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<CoreUserInfoClaims, SignOnFault> {
        let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
        match asked.map_err(refused)?.request_async(&self.http).await {
            Ok(told) => Ok(told),
            Err(UserInfoError::Request(fault)) => Err(unavailable(fault)),
            Err(other) => Err(refused(other)),
        }
    }

    fn vouch(&self, told: &Told<'_>) -> Result<Vouched, SignOnFault> {
        let Told { email: Some(email), is_verified: true, name } = told else {
            return Err(SignOnFault::Unverified);
        };
        let email = EmailAddress::parse("email", email).map_err(refused)?;
        let folded = email.folded();
        let domain = folded.rsplit_once('@').map(|(_, domain)| domain);
        if self.email_domain.as_deref().is_some_and(|only| domain != Some(only)) {
            return Err(SignOnFault::OtherDomain);
        }
        Ok(Vouched { email, name: name.map(|name| Clear::new(name.to_owned())) })
    }
}

/// What a provider tells of somebody.
struct Told<'a> {
    email: Option<&'a str>,
    is_verified: bool,
    name: Option<&'a str>,
}

/// The same claims stand in a token and in the answer about a user, which are two types.
macro_rules! told {
    ($claims:expr) => {
        Told {
            email: $claims.email().map(|email| email.as_str()),
            is_verified: $claims.email_verified() == Some(true),
            name: $claims.name().and_then(|names| names.get(None)).map(|name| name.as_str()),
        }
    };
}

#[async_trait]
impl SignOn for OpenId {
    fn label(&self) -> &str {
        &self.label
    }

    async fn depart(&self, token: &Clear) -> Result<Departure, SignOnFault> {
        let client = self.client().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let token = CsrfToken::new(token.expose().to_owned());
        let (address, _, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || token, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let away = serde_json::to_string(&Away { nonce, verifier }).map_err(broken)?;
        Ok(Departure { address: address.into(), state: Clear::new(away) })
    }

    async fn vouched(&self, state: &Clear, code: &str) -> Result<Vouched, SignOnFault> {
        let Away { nonce, verifier } = serde_json::from_str(state.expose()).map_err(broken)?;
        let client = self.client().await?;
        let asked = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(unavailable)?;
        let tokens = match asked.set_pkce_verifier(verifier).request_async(&self.http).await {
            Ok(tokens) => tokens,
            Err(RequestTokenError::Request(fault)) => return Err(unavailable(fault)),
            Err(other) => return Err(refused(other)),
        };
        let claims = Self::claims(&client, &tokens, &nonce)?;
        if claims.email().is_some() {
            return self.vouch(&told!(claims));
        }
        // With a code many providers say in the token no more than who it is (OpenID Connect Core 1.0 §5.4).
        let more = self.more(&client, &tokens, claims).await?;
        self.vouch(&told!(more))
    }
}

fn refused(error: impl Into<anyhow::Error>) -> SignOnFault {
    SignOnFault::Refused(error.into())
}

fn no(reason: &'static str) -> SignOnFault {
    SignOnFault::Refused(anyhow::Error::msg(reason))
}

fn unavailable(error: impl Into<anyhow::Error>) -> SignOnFault {
    SignOnFault::Unavailable(error.into())
}

fn broken(error: impl Into<anyhow::Error>) -> SignOnFault {
    SignOnFault::Broken(error.into())
}
