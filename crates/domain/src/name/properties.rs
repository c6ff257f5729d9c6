//! What holds for any name, and the rules of [`PersonName`].

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::{KnownName, NameMatch, PersonName, compare};

fn parts(first: &str, last: &str) -> KnownName {
    KnownName { first: Some(first.to_owned()), last: Some(last.to_owned()), ..KnownName::default() }
}

fn full(name: &str) -> KnownName {
    KnownName { full: Some(name.to_owned()), ..KnownName::default() }
}

/// Names of one script each, two letters or more: what the properties below promise something about.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{1,12}",
        "[A-Z][a-zäöüßéèñçøåłşğ]{1,12}",
        "[A-Z][a-z]{3,8}[ -][A-Z][a-z]{3,8}",
        "(O'|Mc|van |de la |al-)[A-Z][a-z]{3,10}",
        "[А-Я][а-я]{1,10}",
        "[Α-Ρ][α-ρ]{1,10}",
        "[\u{4e00}-\u{9fa5}]{1,3}",
        "[가-힣]{1,3}",
        "[ا-ي]{2,8}",
        "[क-ह]{2,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_panics(a in any::<String>(), b in any::<String>(), c in any::<Option<String>>(), d in any::<Option<String>>()) {
        if let Ok(claimed) = PersonName::parse(&a, &b) {
            compare(&claimed, &parts(&a, &b));
            compare(&claimed, &KnownName { first: c.clone(), middle: Some(b), last: d.clone(), full: c });
            compare(&claimed, &KnownName { first: None, middle: d.clone(), last: Some(a), full: d });
        }
    }

    #[test]
    fn a_name_matches_itself(first in name(), last in name()) {
        let claimed = PersonName::parse(&first, &last).unwrap();
        prop_assert_eq!(compare(&claimed, &parts(&first, &last)), NameMatch::Match);
        prop_assert_eq!(compare(&claimed, &parts(&last, &first)), NameMatch::Match);
        prop_assert_eq!(compare(&claimed, &full(&format!("{first} {last}"))), NameMatch::Match);
        prop_assert_eq!(compare(&claimed, &full(&format!("{last}, {first}"))), NameMatch::Match);
    }

    #[test]
    fn writing_does_not_matter(first in name(), last in name()) {
        let claimed = PersonName::parse(&first, &last).unwrap();
        let change = |f: fn(&str) -> String| compare(&claimed, &parts(&f(&first), &f(&last)));
        prop_assert_eq!(change(str::to_uppercase), NameMatch::Match);
        prop_assert_eq!(change(str::to_lowercase), NameMatch::Match);
        prop_assert_eq!(change(|s| s.nfd().collect()), NameMatch::Match);
        prop_assert_eq!(change(|s| s.replace([' ', '-', '\''], "")), NameMatch::Match);
        prop_assert_eq!(change(|s| format!(" {} ", s.replace(' ', "  "))), NameMatch::Match);
    }

    #[test]
    fn accents_do_not_matter(first in "[a-zéñçü]{2,12}", last in "[a-zéñçü]{2,12}") {
        let claimed = PersonName::parse(&first, &last).unwrap();
        let plain = |s: &str| s.nfd().filter(char::is_ascii).collect::<String>();
        prop_assert_eq!(compare(&claimed, &parts(&plain(&first), &plain(&last))), NameMatch::Match);
    }

    #[test]
    fn other_names_do_not_match(first in "[a-m]{6,9}", last in "[a-m]{6,9}", other in "[n-z]{6,9}") {
        let claimed = PersonName::parse(&first, &last).unwrap();
        prop_assert_eq!(compare(&claimed, &parts(&first, &other)), NameMatch::Mismatch);
        prop_assert_eq!(compare(&claimed, &parts(&other, &last)), NameMatch::Mismatch);
    }
}

#[test]
fn a_long_name_costs_no_more_than_a_short_one_of_twelve_words() {
    let claimed = PersonName::parse(&"ab ".repeat(33), &"cd ".repeat(33)).unwrap();
    let known = full(&"ef ghij ".repeat(100_000));
    assert_eq!(compare(&claimed, &known), NameMatch::Mismatch);
}

#[test]
fn parse_trims_and_counts_characters() {
    let name = PersonName::parse(" 王 ", &"é".repeat(100)).unwrap();
    assert_eq!((name.first(), name.last().chars().count()), ("王", 100));
    for wrong in ["", "  ", "\u{200d}", &"a".repeat(101)] {
        let error = PersonName::parse("John", wrong).unwrap_err();
        assert_eq!(error.to_string(), "lastName: must be 1 to 100 characters after trimming");
    }
}

#[test]
fn parse_refuses_controls_and_keeps_joiners() {
    for wrong in ["a\0b", "a\nb", "a\u{85}b", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b"] {
        let error = PersonName::parse(wrong, "Smith").unwrap_err();
        assert_eq!(error.to_string(), "firstName: must not contain control characters");
    }
    assert!(PersonName::parse("علی\u{200c}رضا", "क्\u{200d}ष").is_ok());
}

#[test]
fn debug_shows_nothing_and_serde_applies_the_rules() {
    let name = PersonName::parse("Ada", "Lovelace").unwrap();
    assert_eq!(format!("{name:?} {:?}", full("Ada")), "PersonName(…) KnownName(…)");
    let json = serde_json::to_string(&name).unwrap();
    assert_eq!(json, r#"{"first":"Ada","last":"Lovelace"}"#);
    assert_eq!(serde_json::from_str::<PersonName>(&json).unwrap(), name);
    assert!(serde_json::from_str::<PersonName>(r#"{"first":"","last":"Lovelace"}"#).is_err());
}
