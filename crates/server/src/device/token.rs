//! authToken: a signed note about one flow for the client SDK (device API §2); the keys of the virtual handset and of
//! the demo shop's visitors.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto, encode};
use ringtrue_domain::{
    FlowId, ProjectId,
    flow::{FirstStep, Flow},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Signs and reads tokens. The first key signs; older ones are still read.
pub(crate) struct DeviceTokens {
    origin: String,
    active: String,
    sign: EncodingKey,
    read: HashMap<String, DecodingKey>,
}

/// What is read of a token's header: who it is signed by, and how it must be.
#[derive(Deserialize)]
struct ReadHeader {
    alg: Algorithm,
    kid: String,
}

/// What is read of a device's token: the rest is for the client.
#[derive(Deserialize)]
struct ReadClaims {
    aud: String,
    auth: ReadAuth,
}

#[derive(Deserialize)]
struct ReadAuth {
    id: FlowId,
}

/// The same, with the project.
#[derive(Deserialize)]
struct ReadOwner {
    aud: String,
    auth: ReadOwned,
}

#[derive(Deserialize)]
struct ReadOwned {
    id: FlowId,
    ans: ProjectId,
}

/// The claims hold no name, number or address, and no character (`>` `?` `~`, DEL, non-ASCII) that could bring `-` or
/// `_` into the payload segment, which the published client cannot read.
#[derive(Serialize)]
struct DeviceClaims {
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    auth: Auth,
}

#[derive(Serialize)]
struct Auth {
    id: String,
    ans: String,
    endp: String,
    next: String,
    subs: Subs,
}

#[derive(Serialize)]
struct Subs {
    mob: Mobile,
}

#[derive(Serialize)]
struct Mobile {
    auths: Auths,
}

#[derive(Serialize)]
struct Auths {
    otp: NumberKnown,
    inln: NumberKnown,
}

/// `mnp`: the number is known, the page need not ask for it.
#[derive(Serialize)]
struct NumberKnown {
    mnp: bool,
}

#[derive(Serialize, Deserialize)]
struct SubjectClaims {
    aud: String,
    sub: String,
    exp: i64,
}

const DEVICE: &str = "device";
const HANDSET: &str = "handset";
const VISIT: &str = "visit";

impl DeviceTokens {
    /// Tokens for devices that reach this server at `origin`. `keys` are key ids and 32 secret bytes, newest first.
    pub(crate) fn new(origin: &str, keys: &[(String, [u8; 32])]) -> anyhow::Result<Self> {
        let (active, key) = keys.first().ok_or_else(|| anyhow::anyhow!("there is no token key"))?;
        Ok(Self {
            origin: origin.to_owned(),
            active: active.clone(),
            sign: EncodingKey::from_secret(key),
            read: keys.iter().map(|(id, key)| (id.clone(), DecodingKey::from_secret(key))).collect(),
        })
    }

    /// The token of a flow. The same flow always gets the same token, so that a repeated request can be answered again.
    pub(crate) fn mint(&self, flow: &Flow) -> anyhow::Result<String> {
        let id = flow.id().to_string();
        let next = match flow.first_step() {
            FirstStep::Link => "mobile/instantlink",
            FirstStep::Network => "mobile/instant",
            FirstStep::Code => "mobile/otp",
        };
        let claims = DeviceClaims {
            aud: DEVICE.to_owned(),
            iat: flow.opened_at().as_second(),
            exp: flow.deadline().as_second(),
            jti: id.clone(),
            auth: Auth {
                id,
                ans: flow.project().to_string(),
                endp: self.origin.clone(),
                next: next.to_owned(),
                subs: Subs {
                    mob: Mobile {
                        auths: Auths { otp: NumberKnown { mnp: true }, inln: NumberKnown { mnp: true } },
                    },
                },
            },
        };
        self.sign(&claims)
    }

    /// The flow that a token is for. Its end is checked against the flow's own clock by whoever loads the flow.
    pub(crate) fn flow(&self, token: &str) -> Option<FlowId> {
        let claims: ReadClaims = self.read(token)?;
        (claims.aud == DEVICE).then_some(claims.auth.id)
    }

    /// The same, with its project.
    pub(crate) fn project_and_flow(&self, token: &str) -> Option<(ProjectId, FlowId)> {
        let claims: ReadOwner = self.read(token)?;
        (claims.aud == DEVICE).then_some((claims.auth.ans, claims.auth.id))
    }

    /// A key for a project's virtual handset, good until `exp` (epoch seconds, wall clock).
    pub(crate) fn mint_handset(&self, project: ProjectId, exp: i64) -> anyhow::Result<String> {
        self.sign(&SubjectClaims { aud: HANDSET.to_owned(), sub: project.to_string(), exp })
    }

    /// The project that a handset's key is for.
    pub(crate) fn handset(&self, token: &str, now: i64) -> Option<ProjectId> {
        self.subject(token, HANDSET, now)?.parse().ok()
    }

    /// The demo shop's note of a visitor's verification: its back end keeps nothing, so any node can answer.
    pub(crate) fn mint_visit(&self, correlation_id: &str, exp: i64) -> anyhow::Result<String> {
        self.sign(&SubjectClaims { aud: VISIT.to_owned(), sub: correlation_id.to_owned(), exp })
    }

    /// The verification that a visitor's note is about.
    pub(crate) fn visit(&self, token: &str, now: i64) -> Option<String> {
        self.subject(token, VISIT, now)
    }

    fn subject(&self, token: &str, audience: &str, now: i64) -> Option<String> {
        let claims: SubjectClaims = self.read(token)?;
        (claims.aud == audience && claims.exp > now).then_some(claims.sub)
    }

    fn sign<T: Serialize>(&self, claims: &T) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.active.clone());
        Ok(encode(&header, claims, &self.sign)?)
    }

    /// The claims of a token that one of our keys signed. The library's own `decode` would read the header three times
    /// and the claims twice; here each is read once. For whom and until when a token is good is up to the caller.
    fn read<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: ReadHeader = part(header)?;
        let key = self.read.get(&header.kid).filter(|_| header.alg == Algorithm::HS256)?;
        if !crypto::verify(signature, signed.as_bytes(), key, Algorithm::HS256).ok()? {
            return None;
        }
        part(claims)
    }
}

/// A part of a token: JSON in base 64.
fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}
