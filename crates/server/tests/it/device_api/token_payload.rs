//! §2, the decoding trap: the payload segment goes through `atob`, which knows neither `-` nor `_`.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use proptest::prelude::*;
use ringtrue::testing::auth_token;
use ringtrue_domain::{
    Entropy, PersonName, PhoneNumber, ProjectId,
    flow::{Conduct, Environment, Flow, Moment, PossessionType, Subject, Terms},
    secret::Pepper,
    sms::{Slot, SmsTemplate},
};
use serde_json::Value;

/// Bytes that a strategy made, over and over.
struct Given(Vec<u8>, usize);

impl Entropy for Given {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            *byte = self.0[self.1 % self.0.len()];
            self.1 += 1;
        }
    }
}

fn flow(possession: PossessionType, network_auth: bool, at: i64, bytes: Vec<u8>) -> Flow {
    let mut entropy = Given(bytes, 0);
    let now = jiff::Timestamp::from_second(at).unwrap();
    let project = ProjectId::new(now, &mut entropy);
    let terms = Terms {
        possession,
        environment: Environment::Sandbox,
        name: PersonName::parse("Zoë", "Ødegård").unwrap(),
        target_url: None,
        message: SmsTemplate::ours(Slot::Code, "Shop", None),
        link_base: "https://verify.example/l/".to_owned(),
        email: None,
        client_customer_id: None,
        client_request_id: None,
        tries: 1,
        retry_page: false,
        number_changes: 0,
        resend_pause_seconds: 0,
        origins: Vec::new(),
    };
    let phone = PhoneNumber::parse("phoneNumber", "+14155552671").unwrap();
    let subject = Subject { phone, conduct: Conduct::Ordinary, network_auth };
    let pepper = Pepper::new(&[0; 32]);
    Flow::start(project, terms, subject, &mut Moment { now, entropy: &mut entropy, pepper: &pepper }).flow
}

/// Origins, right ones and such as an operator might try.
fn origins() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\\.[a-z]{2,6}){0,3}",
        "[a-z0-9~_!$&'()*+,;=.-]{1,30}",
        "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
        "\\[(::1|2001:db8::[0-9a-f]{1,4})\\]",
        "\\PC{1,10}",
    ];
    (prop_oneof![Just("http"), Just("https"), Just("ws")], host, proptest::option::of(0_u16..)).prop_map(
        |(scheme, host, port)| match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_payload_is_plain_base64(
        origin in origins(),
        kind in 0..3_u8,
        at in 0..4_102_444_800_i64,
        bytes in proptest::collection::vec(any::<u8>(), 10..40),
    ) {
        let (possession, network_auth) = match kind {
            0 => (PossessionType::Desktop, false),
            1 => (PossessionType::Mobile, true),
            _ => (PossessionType::Mobile, false),
        };
        let flow = flow(possession, network_auth, at, bytes);
        // An origin that no configuration may name makes no token.
        if let Ok(token) = auth_token(&origin, &flow) {
            let segment = token.split('.').nth(1).unwrap();
            prop_assert!(!segment.contains(['-', '_']), "{} of {}", segment, origin);
            let claims: Value = serde_json::from_slice(&STANDARD_NO_PAD.decode(segment).unwrap()).unwrap();
            prop_assert_eq!(&claims["auth"]["endp"], &origin);
            prop_assert_eq!(&claims["auth"]["id"], &flow.id().to_string());
            prop_assert_eq!(auth_token(&origin, &flow).unwrap(), token, "the same flow, the same token");
        }
    }
}
