//! Single sign-on, against a scripted provider that signs whatever it is told to. One that knows the protocol by itself
//! is in `tests/browser/portal-single-sign-on.test.mjs`.

use std::collections::HashMap;

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ringtrue_connect::{OpenId, OpenIdConfig};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::ports::{Departure, SignOn, SignOnFault, Vouched};
use serde_json::{Value, json};
use url::Url;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

const BACK: &str = "https://ring.example/portal/sign-in/single-sign-on/return";
const SECRET: &str = "Zq7:secret";
/// The end of this century.
const FAR: u64 = 4_102_444_800;

struct Provider {
    server: MockServer,
    key: EcdsaKeyPair,
}

impl Provider {
    async fn start() -> Self {
        let server = MockServer::start().await;
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = key.public_key().as_ref();
        let keys = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
        }] });
        let provider = Self { server, key };
        provider.describe(&provider.server.uri()).await;
        provider.answers("GET", "/jwks", 200, &keys, None).await;
        provider
    }

    async fn describe(&self, issuer: &str) {
        let uri = self.server.uri();
        let description = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{uri}/authorize?tenant=a"),
            "token_endpoint": format!("{uri}/token"),
            "userinfo_endpoint": format!("{uri}/me"),
            "jwks_uri": format!("{uri}/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        });
        self.answers("GET", "/.well-known/openid-configuration", 200, &description, None).await;
    }

    async fn answers(&self, verb: &str, at: &str, status: u16, body: &Value, times: Option<u64>) {
        let answer = Mock::given(method(verb)).and(path(at));
        let answer = answer.respond_with(ResponseTemplate::new(status).set_body_json(body));
        match times {
            Some(times) => answer.up_to_n_times(times).mount(&self.server).await,
            None => answer.mount(&self.server).await,
        }
    }

    fn party(&self, email_domain: Option<&str>) -> OpenId {
        let config = OpenIdConfig {
            issuer: self.server.uri(),
            client_id: "ringtrue".to_owned(),
            client_secret: SECRET.into(),
            label: "Example".to_owned(),
            email_domain: email_domain.map(str::to_owned),
        };
        OpenId::new(&config, BACK.to_owned()).unwrap()
    }

    /// What the provider says of somebody who came by this departure.
    fn claims(&self, departure: &Departure) -> Value {
        json!({
            "iss": self.server.uri(), "sub": "248", "aud": "ringtrue", "iat": 1, "exp": FAR,
            "nonce": query(&departure.address)["nonce"],
            "email": "Ada@Team.example", "email_verified": true, "name": "Ada",
        })
    }

    fn signed(&self, claims: &Value) -> String {
        let key = EncodingKey::from_ec_der(self.key.to_pkcs8v1().unwrap().as_ref());
        encode(&Header { kid: Some("1".to_owned()), ..Header::new(Algorithm::ES256) }, claims, &key).unwrap()
    }

    /// Comes back once, with this token.
    async fn vouched(
        &self,
        party: &OpenId,
        token: impl FnOnce(&Departure) -> Value,
    ) -> Result<Vouched, SignOnFault> {
        let departure = party.depart(&Clear::new("token".to_owned())).await?;
        let tokens = json!({ "access_token": "at", "token_type": "Bearer", "id_token": token(&departure) });
        self.answers("POST", "/token", 200, &tokens, Some(1)).await;
        party.vouched(&departure.state, "code").await
    }

    /// The same, with claims that differ.
    async fn with(&self, party: &OpenId, change: impl FnOnce(&mut Value)) -> Result<Vouched, SignOnFault> {
        let token = |departure: &Departure| {
            let mut claims = self.claims(departure);
            change(&mut claims);
            self.signed(&claims).into()
        };
        self.vouched(party, token).await
    }
}

fn query(address: &str) -> HashMap<String, String> {
    Url::parse(address).unwrap().query_pairs().into_owned().collect()
}

#[track_caller]
fn why(done: Result<Vouched, SignOnFault>) -> &'static str {
    let fault = done.unwrap_err();
    assert!(!format!("{fault:?}").contains("Zq7"), "a secret is told");
    match fault {
        SignOnFault::Refused(_) => "refused",
        SignOnFault::Unverified => "unverified",
        SignOnFault::OtherDomain => "other domain",
        SignOnFault::Unavailable(_) => "unavailable",
        SignOnFault::Broken(_) => "broken",
    }
}

#[tokio::test]
async fn a_verified_address_is_vouched_for() {
    let provider = Provider::start().await;
    let party = provider.party(None);
    assert_eq!(party.label(), "Example");
    let departure = party.depart(&Clear::new("token".to_owned())).await.unwrap();
    assert!(departure.address.starts_with(&format!("{}/authorize?tenant=a&", provider.server.uri())));
    let asked = query(&departure.address);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "ringtrue"),
        ("redirect_uri", BACK),
        ("state", "token"),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    let tokens = json!({ "access_token": "at", "token_type": "Bearer", "id_token": provider.signed(&provider.claims(&departure)) });
    provider.answers("POST", "/token", 200, &tokens, Some(1)).await;
    let vouched = party.vouched(&departure.state, "the code").await.unwrap();
    assert_eq!((vouched.email.expose(), vouched.name.unwrap().expose()), ("Ada@Team.example", "Ada"));

    let requests = provider.server.received_requests().await.unwrap();
    let exchange: &Request = requests.iter().find(|request| request.url.path() == "/token").unwrap();
    // RFC 6749 §2.3.1: escaped before it is put together.
    let basic = format!("Basic {}", STANDARD.encode("ringtrue:Zq7%3Asecret"));
    assert_eq!(exchange.headers["authorization"].to_str().unwrap(), basic);
    let sent: HashMap<String, String> = url::form_urlencoded::parse(&exchange.body).into_owned().collect();
    assert_eq!((sent["code"].as_str(), sent["redirect_uri"].as_str()), ("the code", BACK));
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, sent["code_verifier"].as_bytes()));
    assert_eq!(asked["code_challenge"], challenge);
    assert!(!asked.contains_key("code_verifier") && !departure.address.contains(&sent["code_verifier"]));
}

#[tokio::test]
async fn what_is_missing_in_the_token_is_asked_for() {
    let provider = Provider::start().await;
    let party = provider.party(None);
    let bare = |claims: &mut Value| {
        for name in ["email", "email_verified", "name"] {
            claims.as_object_mut().unwrap().remove(name);
        }
    };
    let me = json!({ "sub": "248", "email": "ada@team.example", "email_verified": "true", "name": "Ada" });
    provider.answers("GET", "/me", 200, &me, Some(1)).await;
    let vouched = provider.with(&party, bare).await.unwrap();
    assert_eq!(vouched.email.expose(), "ada@team.example");
    let other = json!({ "sub": "249", "email": "eve@team.example", "email_verified": true });
    provider.answers("GET", "/me", 200, &other, Some(1)).await;
    assert_eq!(why(provider.with(&party, bare).await), "refused");
    provider.answers("GET", "/me", 200, &json!({ "sub": "248" }), Some(1)).await;
    assert_eq!(why(provider.with(&party, bare).await), "unverified");
}

#[tokio::test]
async fn an_address_that_is_not_verified_is_nobody_s() {
    let provider = Provider::start().await;
    let party = provider.party(None);
    for verified in [json!(false), json!("false"), Value::Null] {
        let done = provider.with(&party, |claims| claims["email_verified"] = verified.clone()).await;
        assert_eq!(why(done), "unverified", "{verified}");
    }
    assert!(provider.with(&party, |claims| claims["email_verified"] = json!("true")).await.is_ok());
    assert_eq!(why(provider.with(&party, |claims| claims["email"] = json!("ada")).await), "refused");
}

#[tokio::test]
async fn only_the_domain_that_was_set_is_let_in() {
    let provider = Provider::start().await;
    assert!(provider.with(&provider.party(Some("TEAM.example")), |_| {}).await.is_ok());
    for other in ["eam.example", "a.team.example", "other.example"] {
        assert_eq!(why(provider.with(&provider.party(Some(other)), |_| {}).await), "other domain", "{other}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_of_ours_proves_nothing() {
    let provider = Provider::start().await;
    let party = provider.party(None);
    for (name, value) in [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("aud", json!(["ringtrue", "another"])),
        ("exp", json!(2)),
    ] {
        assert_eq!(
            why(provider.with(&party, |claims| claims[name] = value.clone()).await),
            "refused",
            "{name} {value}"
        );
    }
    let stranger = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ours = Provider { server: MockServer::start().await, key: stranger };
    let forged = |departure: &Departure| ours.signed(&provider.claims(departure)).into();
    assert_eq!(why(provider.vouched(&party, forged).await), "refused");
    let by_secret = |departure: &Departure| {
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        encode(&Header::new(Algorithm::HS256), &provider.claims(departure), &key).unwrap().into()
    };
    assert_eq!(why(provider.vouched(&party, by_secret).await), "refused");
    let by_nobody = |departure: &Departure| {
        let text = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}.", text(&json!({ "alg": "none" })), text(&provider.claims(departure))).into()
    };
    assert_eq!(why(provider.vouched(&party, by_nobody).await), "refused");
    assert_eq!(why(provider.vouched(&party, |_| Value::Null).await), "refused");
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_is_told_apart_from_one_that_refuses() {
    let provider = Provider::start().await;
    let party = provider.party(None);
    let departure = party.depart(&Clear::new("token".to_owned())).await.unwrap();
    provider.answers("POST", "/token", 400, &json!({ "error": "invalid_grant" }), Some(1)).await;
    assert_eq!(why(party.vouched(&departure.state, "used").await), "refused");
    assert_eq!(why(party.vouched(&Clear::new("{}".to_owned()), "code").await), "broken");

    let token = Clear::new("token".to_owned());
    let gone = async |party: &OpenId| matches!(party.depart(&token).await, Err(SignOnFault::Unavailable(_)));
    let silent = MockServer::start().await;
    let address = silent.uri();
    let elsewhere =
        Provider { server: silent, key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap() };
    assert!(gone(&elsewhere.party(None)).await, "no description");
    elsewhere.describe("https://evil.example").await;
    assert!(gone(&elsewhere.party(None)).await, "another issuer than {address}");
}
