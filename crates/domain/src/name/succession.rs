//! Whether two names that a source knew of a number, one after the other, are the same person's.

use super::{KnownName, NameMatch, PersonName, compare};

/// Whether a source still tells of the same person, as far as names can tell.
///
/// Another spelling, order, nickname, slip or added middle name is the same person's. So is another family name beside
/// the same given name: people marry more often than a number goes to a namesake, and an event that is wrong ends the
/// monitoring of somebody who still has the number. Half a name and no name say nothing, and count as the same.
pub fn same_person(before: &KnownName, after: &KnownName) -> bool {
    let (Some(old), Some(new)) = (whole(before), whole(after)) else { return true };
    let differs = |claim: &PersonName, known: &KnownName| compare(claim, known) == NameMatch::Mismatch;
    if !differs(&old, after) || !differs(&new, before) {
        return true;
    }
    // The given name of before with the family name of after: only the given name is left to differ.
    PersonName::parse(old.first(), new.last()).is_ok_and(|mixed| !differs(&mixed, after))
}

/// Both halves of a name. One that nobody divided ends with the family name, as `compare` tries the other orders too.
fn whole(name: &KnownName) -> Option<PersonName> {
    if let (Some(first), Some(last)) = (&name.first, &name.last) {
        return PersonName::parse(first, last).ok();
    }
    let (first, last) = name.full.as_deref()?.trim().rsplit_once(char::is_whitespace)?;
    PersonName::parse(first, last).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(first: &str, last: &str) -> KnownName {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        KnownName { first: filled(first), last: filled(last), ..KnownName::default() }
    }

    fn full(text: &str) -> KnownName {
        KnownName { full: Some(text.to_owned()), ..KnownName::default() }
    }

    #[test]
    fn the_same_person_under_another_spelling() {
        let jose = parts("José", "García");
        for after in [
            parts("JOSE", "GARCIA"),
            parts("García", "José"),
            parts("José Luis", "García"),
            full("Jose Garcia"),
            KnownName { middle: Some("Luis".into()), ..jose.clone() },
            parts("Jose", ""),
            KnownName::default(),
        ] {
            assert!(same_person(&jose, &after));
            assert!(same_person(&after, &jose));
        }
        assert!(same_person(&parts("Robert", "Miller"), &parts("Bob", "Miller")));
        assert!(same_person(&parts("Katherine", "Schneider"), &parts("Katherine", "Schnieder")));
    }

    #[test]
    fn another_family_name_is_no_other_person() {
        assert!(same_person(&parts("Merla", "Schumacher"), &parts("Merla", "Okafor")));
    }

    #[test]
    fn somebody_else() {
        for (before, after) in [
            (parts("Merla", "Schumacher"), parts("Kurt", "Mathen")),
            (parts("Merla", "Schumacher"), parts("Kurt", "Schumacher")),
            (parts("Merla", "Schumacher"), full("Kurt Mathen")),
        ] {
            assert!(!same_person(&before, &after) && !same_person(&after, &before));
        }
    }
}
