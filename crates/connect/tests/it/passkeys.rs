//! Passkeys, against a software authenticator that follows the standard, until it is told to lie.

use jiff::Timestamp;
use ringtrue_connect::WebauthnPasskeys;
use ringtrue_domain::{
    member::{Member, MemberId, MemberName, Role},
    secret::Clear,
    text::EmailAddress,
};
use ringtrue_engine::{
    model::Passkey,
    ports::{Made, PasskeyFault, Passkeys},
};
use serde_json::Value;

use crate::support::authenticator::{Authenticator, PRESENT, PRESENT_AND_VERIFIED};

const ORIGIN: &str = "https://ring.example:8443";

fn party() -> WebauthnPasskeys {
    WebauthnPasskeys::at(ORIGIN).unwrap().unwrap()
}

fn member(id: u8) -> Member {
    Member {
        id: MemberId::from_bytes([id; 16]),
        email: EmailAddress::parse("email", "ada@example.com").unwrap(),
        name: MemberName::parse("name", "Ada").unwrap(),
        role: Role::ReadOnly,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn add(party: &WebauthnPasskeys, to: &Member, with: &mut Authenticator) -> Result<Made, PasskeyFault> {
    let asked = party.ask_to_add(to, &[])?;
    party.made(&asked.state, &with.create(&asked.options))
}

fn sign_in(
    party: &WebauthnPasskeys,
    with: &Authenticator,
    credential: &Clear,
) -> Result<Clear, PasskeyFault> {
    let asked = party.ask_to_sign_in()?;
    party.proven(&asked.state, &with.get(&asked.options), credential)
}

fn is_refused<T>(done: &Result<T, PasskeyFault>) -> bool {
    matches!(done, Err(PasskeyFault::Refused(_)))
}

#[test]
fn a_passkey_is_added_and_signs_in_again_and_again() {
    let (party, mut authenticator) = (party(), Authenticator::new(ORIGIN));
    let made = add(&party, &member(1), &mut authenticator).unwrap();
    assert_eq!(authenticator.user, [1; 16]);
    let asked = party.ask_to_sign_in().unwrap();
    assert_eq!(party.named(&authenticator.get(&asked.options)).unwrap(), made.id);
    let mut credential = made.credential;
    for count in [3, 4] {
        authenticator.count = count;
        credential = sign_in(&party, &authenticator, &credential).unwrap();
    }
    // A copy of the authenticator would be behind (§6.1.1).
    authenticator.count = 4;
    assert!(is_refused(&sign_in(&party, &authenticator, &credential)));
}

#[test]
fn browsers_are_asked_for_one_that_can_be_discovered_and_verifies_its_user() {
    let (party, mut authenticator) = (party(), Authenticator::new(ORIGIN));
    let made = add(&party, &member(1), &mut authenticator).unwrap();
    let known = Passkey {
        id: made.id,
        member: member(1).id,
        name: "Laptop".to_owned(),
        credential: made.credential,
        created_at: Timestamp::UNIX_EPOCH,
        used_at: None,
    };
    let asked = party.ask_to_add(&member(1), std::slice::from_ref(&known)).unwrap();
    let options: Value = serde_json::from_str(&asked.options).unwrap();
    let wanted = &options["authenticatorSelection"];
    assert_eq!((&wanted["requireResidentKey"], &wanted["residentKey"]), (&true.into(), &Value::Null));
    assert_eq!(wanted["userVerification"], "required");
    assert_eq!(options["rp"]["id"], "ring.example");
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    let options: Value = serde_json::from_str(&party.ask_to_sign_in().unwrap().options).unwrap();
    assert_eq!(
        (&options["userVerification"], &options["rpId"]),
        (&"required".into(), &"ring.example".into())
    );
    assert_eq!(options["allowCredentials"], Value::Array(Vec::new()));
    assert_eq!(format!("{asked:?}").matches("Clear(…)").count(), 1);
}

#[test]
fn a_passkey_is_made_only_for_what_was_asked() {
    let party = party();
    let with = |lie: &dyn Fn(&mut Authenticator)| {
        let mut authenticator = Authenticator::new(ORIGIN);
        lie(&mut authenticator);
        add(&party, &member(1), &mut authenticator)
    };
    assert!(with(&|_| {}).is_ok());
    assert!(is_refused(&with(&|it| it.flags = PRESENT)), "nobody verified");
    for origin in ["https://ring.example", "http://ring.example:8443", "https://evil.example:8443"] {
        assert!(is_refused(&with(&|it| origin.clone_into(&mut it.origin))), "{origin}");
    }
    let (first, second) =
        (party.ask_to_add(&member(1), &[]).unwrap(), party.ask_to_add(&member(1), &[]).unwrap());
    let mut authenticator = Authenticator::new(ORIGIN);
    assert!(
        is_refused(&party.made(&first.state, &authenticator.create(&second.options))),
        "another challenge"
    );
    for answer in ["", "{}", "null"] {
        assert!(is_refused(&party.made(&first.state, answer)), "{answer}");
    }
}

#[test]
fn nobody_signs_in_with_what_proves_nothing() {
    let (party, mut mine) = (party(), Authenticator::new(ORIGIN));
    let credential = add(&party, &member(1), &mut mine).unwrap().credential;
    let asked = party.ask_to_sign_in().unwrap();
    let answer = mine.get(&asked.options);
    assert!(is_refused(&party.proven(&party.ask_to_sign_in().unwrap().state, &answer, &credential)));
    assert!(party.proven(&asked.state, &answer, &credential).is_ok());

    mine.flags = PRESENT;
    assert!(is_refused(&sign_in(&party, &mine, &credential)), "nobody verified");
    (mine.flags, mine.origin) = (PRESENT_AND_VERIFIED, "https://evil.example:8443".to_owned());
    assert!(is_refused(&sign_in(&party, &mine, &credential)), "another origin");
    ORIGIN.clone_into(&mut mine.origin);
    mine.user = vec![2; 16];
    assert!(is_refused(&sign_in(&party, &mine, &credential)), "another member");
    mine.user = vec![1; 16];
    let tampered = mine.get(&asked.options).replacen("\"signature\":\"ME", "\"signature\":\"MF", 1);
    assert!(is_refused(&party.proven(&asked.state, &tampered, &credential)), "another signature");

    let mut other = Authenticator::new(ORIGIN);
    add(&party, &member(1), &mut other).unwrap();
    assert!(is_refused(&sign_in(&party, &other, &credential)), "another passkey");
    for answer in ["", "{}", "null"] {
        assert!(
            is_refused(&party.named(answer)) && is_refused(&party.proven(&asked.state, answer, &credential))
        );
    }
    assert!(sign_in(&party, &mine, &credential).is_ok());
}

#[test]
fn what_was_kept_wrong_is_not_the_visitor_s_mistake() {
    let (party, mut authenticator) = (party(), Authenticator::new(ORIGIN));
    let asked = party.ask_to_add(&member(1), &[]).unwrap();
    let answer = authenticator.create(&asked.options);
    for state in ["", "{}"] {
        let state = Clear::new(state.to_owned());
        assert!(matches!(party.made(&state, &answer), Err(PasskeyFault::Broken(_))));
        assert!(matches!(party.proven(&state, &answer, &state), Err(PasskeyFault::Broken(_))));
    }
}

#[test]
fn browsers_have_passkeys_only_where_names_are_safe() {
    for good in
        ["https://ring.example", "https://ring.example:8443", "http://localhost:8080", "http://a.localhost"]
    {
        assert!(WebauthnPasskeys::at(good).unwrap().is_some(), "{good}");
    }
    for bad in ["http://127.0.0.1:8080", "https://192.0.2.1", "https://[::1]:8443", "http://ring.example"] {
        assert!(WebauthnPasskeys::at(bad).unwrap().is_none(), "{bad}");
    }
    assert!(WebauthnPasskeys::at("ring.example").is_err());
}
