//! What opens, and all that must not.

use super::{DataKey, Kind, Owner, SealError, StoreKeys, Unlocker};

const OWNER: Owner = [3; 16];

fn unlocker(master: u8, lookup: u8) -> Unlocker {
    Unlocker::new(&StoreKeys::new(&[master; 32], &[lookup; 32]))
}

fn data_key() -> DataKey {
    let unlocker = unlocker(1, 2);
    unlocker.open(&OWNER, unlocker.create(&OWNER).unwrap()).unwrap()
}

#[test]
fn what_is_sealed_opens() {
    let key = data_key();
    for text in ["", "Zoë 🦀", &"long ".repeat(100_000)] {
        let sealed = key.seal(Kind::Flow, b"id", &text).unwrap();
        assert_eq!(key.open::<String>(Kind::Flow, b"id", sealed).unwrap(), text);
    }
}

#[test]
fn the_same_text_is_never_sealed_the_same() {
    let key = data_key();
    let sealed = || key.seal(Kind::Flow, b"id", &"text").unwrap();
    assert_ne!(sealed(), sealed());
}

#[test]
fn another_kind_record_or_key_does_not_open() {
    let key = data_key();
    let sealed = || key.seal(Kind::Flow, b"id", &"text").unwrap();
    for (kind, id) in [(Kind::Job, b"id"), (Kind::Flow, b"di")] {
        assert!(matches!(key.open::<String>(kind, id, sealed()), Err(SealError::Broken)));
    }
    assert!(matches!(data_key().open::<String>(Kind::Flow, b"id", sealed()), Err(SealError::Broken)));
}

#[test]
fn no_bit_may_change() {
    let key = data_key();
    let sealed = key.seal(Kind::Flow, b"id", &"text").unwrap();
    for at in 0..sealed.len() * 8 {
        let mut altered = sealed.clone();
        altered[at / 8] ^= 1 << (at % 8);
        assert!(key.open::<String>(Kind::Flow, b"id", altered).is_err(), "bit {at}");
    }
    for len in 0..sealed.len() {
        assert!(key.open::<String>(Kind::Flow, b"id", sealed[..len].to_vec()).is_err(), "{len} bytes");
    }
}

#[test]
fn a_data_key_opens_for_its_owner_and_keys_only() {
    let wrapped = unlocker(1, 2).create(&OWNER).unwrap();
    assert!(unlocker(1, 2).open(&OWNER, wrapped.clone()).is_ok());
    assert!(unlocker(1, 2).open(&[4; 16], wrapped.clone()).is_err());
    assert!(unlocker(9, 2).open(&OWNER, wrapped.clone()).is_err());
    assert!(unlocker(1, 9).open(&OWNER, wrapped).is_err());
}

#[test]
fn hashes_depend_on_use_and_key() {
    let key = data_key();
    let hash = key.hash("number", "+14155550001");
    assert_eq!(hash, key.hash("number", "+14155550001"));
    assert_eq!(hash.len(), 16);
    assert_ne!(hash, key.hash("customer", "+14155550001"));
    assert_ne!(hash, data_key().hash("number", "+14155550001"));
}

/// A parser's message may quote what it read; ours must not.
#[test]
fn errors_quote_nothing() {
    let key = data_key();
    let sealed = key.seal(Kind::Flow, b"id", &"+14155550001").unwrap();
    let error = key.open::<u32>(Kind::Flow, b"id", sealed).unwrap_err();
    let text = format!("{error:?} {error}");
    assert!(!text.contains("4155550001"), "{text}");
}
