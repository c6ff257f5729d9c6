//! A software authenticator and the browser around it, as `WebAuthn` Level 3 describes them: one passkey, ES256, no
//! attestation. It answers what it is told to, lies included.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Somebody was there, and proved to be the user (§6.1 "flags").
pub(crate) const PRESENT_AND_VERIFIED: u8 = 0b101;
/// Somebody was there.
pub(crate) const PRESENT: u8 = 0b001;
const HAS_CREDENTIAL: u8 = 0b0100_0000;

pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// Whom the passkey is for, as the options said.
    pub(crate) user: Vec<u8>,
    /// How often it signed; 0 stays 0 for one that does not count.
    pub(crate) count: u32,
    /// What it says of whoever uses it.
    pub(crate) flags: u8,
    /// Where the browser is.
    pub(crate) origin: String,
}

impl Authenticator {
    pub(crate) fn new(origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = sha256(key.public_key().as_ref());
        Self { key, id, user: Vec::new(), count: 0, flags: PRESENT_AND_VERIFIED, origin: origin.to_owned() }
    }

    /// `navigator.credentials.create`, as JSON.
    pub(crate) fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.user = bytes(&options["user"]["id"]);
        let mut data = self.data(&options["rp"]["id"], HAS_CREDENTIAL);
        // The attested credential data: no model, the id, the key as COSE (§6.5.1).
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // An uncompressed point: 4, x, y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        json!({
            "id": text(&self.id),
            "rawId": text(&self.id),
            "type": "public-key",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "attestationObject": text(&object),
                "clientDataJSON": text(client_data.as_bytes()),
                "transports": ["internal", "not-known-yet"],
            },
        })
        .to_string()
    }

    /// `navigator.credentials.get`, as JSON.
    pub(crate) fn get(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let data = self.data(&options["rpId"], 0);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.clone(), sha256(client_data.as_bytes())].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": text(&self.id),
            "rawId": text(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(client_data.as_bytes()),
                "signature": text(signature.as_ref()),
                "userHandle": text(&self.user),
            },
        })
        .to_string()
    }

    fn data(&self, party: &Value, more: u8) -> Vec<u8> {
        let mut data = sha256(party.as_str().unwrap().as_bytes());
        data.push(self.flags | more);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }
}

fn sha256(of: &[u8]) -> Vec<u8> {
    digest(&SHA256, of).as_ref().to_vec()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
