//! Trying the orders in which a name may be written, and deciding.

use super::fold::{Token, tokens};
use super::pairing::{comparable, pair_off};
use super::parts::{self, Part, strip};
use super::script::Script;
use super::token::{Fit, Kind, fit, same, same_joined};
use super::{KnownName, NameMatch, PersonName, givens};

/// Given names that go with the other sex as a second name, so that María José is not José.
const NO_CALL_NAMES: &[&str] = &["maria", "marie", "mary", "jose", "joseph", "jesus", "guadalupe"];

/// How many names more than the source knows a claim may hold, in each half.
const MAX_EXTRA_NAMES: usize = 2;

/// Whether `claimed` is the name that a source knows.
///
/// Letters match across case, diacritics, punctuation, spacing and script; the parts match in any order, and
/// so do usual nicknames. Beyond that, what is decided:
///
/// - **Middle names** may be missing on either side, but two that contradict each other do not match. Who
///   gives one given name matches by any of those known, spelt in full, unless it is one that both sexes bear
///   as a second name.
/// - **Initials** match in the middle. As the only given name an initial matches if it is the source that holds
///   no more and the family name is exactly the same; a claimed "J." proves nothing about "John".
/// - **Double surnames** match if one side's surnames are all among the other's.
/// - A claim may hold two names more than the source in each half; a longer list is no claim.
/// - **A slip** (one letter inserted, lost, changed or swapped, in words of five letters or more) is forgiven in
///   one of the two names, not in both, and not if it makes another known given name.
/// - **Half a name** that agrees is [`NameMatch::Unknown`]; half a name that disagrees is a mismatch.
/// - If a source has parts and a full name, either may match.
pub fn compare(claimed: &PersonName, known: &KnownName) -> NameMatch {
    let claim = Reading {
        given: strip(tokens(claimed.first()), Part::Given),
        family: strip(tokens(claimed.last()), Part::Family),
        order: Order::Told,
    };
    match (by_parts(&claim, known), by_full(&claim, known.full.as_deref())) {
        (NameMatch::Match, _) | (_, NameMatch::Match) => NameMatch::Match,
        (NameMatch::Mismatch, _) | (_, NameMatch::Mismatch) => NameMatch::Mismatch,
        _ => NameMatch::Unknown,
    }
}

/// How far the division of a name into given and family can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The source says which is which.
    Told,
    /// Guessed, in the usual order: given names first.
    Forward,
    /// Guessed, or told and taken the other way round: family name first.
    Backward,
}

/// One way to read a name.
struct Reading {
    given: Vec<Token>,
    family: Vec<Token>,
    order: Order,
}

fn by_parts(claim: &Reading, known: &KnownName) -> NameMatch {
    let words = |part: &Option<String>| tokens(part.as_deref().unwrap_or_default());
    let mut given = words(&known.first);
    let middle = words(&known.middle);
    let last = words(&known.last);
    // "Juan" "García" "Márquez": the source may file the first of two surnames as a middle name.
    let wide = (!given.is_empty() && !middle.is_empty() && !last.is_empty()).then(|| Reading {
        given: strip(given.clone(), Part::Given),
        family: strip([middle.clone(), last.clone()].concat(), Part::Family),
        order: Order::Forward,
    });
    given.extend(middle);
    if given.is_empty() || last.is_empty() {
        let part = if last.is_empty() { Part::Given } else { Part::Family };
        given.extend(last);
        return by_tokens(claim, &given, part);
    }
    if parts::is_placeholder(&[given.clone(), last.clone()].concat()) {
        return NameMatch::Unknown;
    }
    let told =
        Reading { given: strip(given, Part::Given), family: strip(last, Part::Family), order: Order::Told };
    if agrees_whole(claim, &[told.given.clone(), told.family.clone()].concat())
        || agrees(claim, &told)
        || wide.is_some_and(|wide| agrees(claim, &wide))
    {
        return NameMatch::Match;
    }
    let swapped = Reading { given: told.family, family: told.given, order: Order::Backward };
    if agrees(claim, &swapped) { NameMatch::Match } else { NameMatch::Mismatch }
}

fn by_full(claim: &Reading, full: Option<&str>) -> NameMatch {
    by_tokens(claim, &tokens(full.unwrap_or_default()), Part::Full)
}

/// A name that nobody divided. `part` says what a single word of it would be.
fn by_tokens(claim: &Reading, known: &[Token], part: Part) -> NameMatch {
    if parts::is_placeholder(known) {
        return NameMatch::Unknown;
    }
    // As it stands first: what looks like a title may be a name.
    let stripped = strip(known.to_vec(), Part::Full);
    if agrees_whole(claim, known) || agrees_whole(claim, &stripped) {
        return NameMatch::Match;
    }
    let known = stripped;
    for at in 1..known.len() {
        let (front, back) = known.split_at(at);
        let (front, back) = (front.to_vec(), back.to_vec());
        let forward = Reading { given: front, family: strip(back, Part::Family), order: Order::Forward };
        if agrees(claim, &forward) {
            return NameMatch::Match;
        }
        let backward = Reading { given: forward.family, family: forward.given, order: Order::Backward };
        if agrees(claim, &backward) {
            return NameMatch::Match;
        }
    }
    let half = match part {
        Part::Given => given(&claim.given, &known).is_some(),
        Part::Family => family(&claim.family, &known).is_some(),
        Part::Full => {
            known.len() == 1 && (same_joined(&claim.given, &known) || same_joined(&claim.family, &known))
        }
    };
    if half { NameMatch::Unknown } else { NameMatch::Mismatch }
}

/// The same words on both sides, wherever each side divides them; and people with one name, who repeat it or
/// fill the other field with a dash.
fn agrees_whole(claim: &Reading, known: &[Token]) -> bool {
    let all = [claim.given.as_slice(), &claim.family].concat();
    let mut scripts = all.iter().chain(known).map(|token| token.script);
    // Consonants of several words run together fit too much, and the table of spellings knows single words.
    let is_joinable = scripts.clone().all(|script| script == Script::Consonants)
        || !scripts.any(|script| script == Script::Consonants);
    if is_joinable && same_joined(&all, known) {
        return true;
    }
    if same_joined(&claim.given, &claim.family) && same_joined(&claim.given, known) {
        return true;
    }
    // The order of syllables is the name.
    if all.len() != known.len() || all.iter().chain(known).any(|token| token.script.is_syllabic()) {
        return false;
    }
    let mut left: Vec<&Token> = known.iter().collect();
    all.iter().all(|token| {
        left.iter().position(|other| same(token, other)).map(|at| left.swap_remove(at)).is_some()
    })
}

/// Whether given and family names both fit.
fn agrees(claim: &Reading, known: &Reading) -> bool {
    let Some(family) = family(&claim.family, &known.family) else { return false };
    let Some(given) = given(&claim.given, &known.given) else { return false };
    if known.order != Order::Told {
        // Or John Peter Smith would be John Paul Smith, whose second name was taken for a surname.
        if family.partial && given.partial {
            return false;
        }
        // A guess must not take a given name for a surname: John Paul is not John Paul Jones.
        let more = given.partial || given.fit == Fit::KnownInitial;
        let loose = family.partial || (more && known.order == Order::Backward);
        if loose && claim.family.iter().any(|token| givens::is_known(&token.text)) {
            return false;
        }
    }
    match (given.fit, family.fit) {
        (Fit::Same | Fit::Nickname, Fit::Same) => true,
        (Fit::Typo, Fit::Same) | (Fit::Same | Fit::Nickname, Fit::Typo) => known.order != Order::Backward,
        (Fit::KnownInitial, Fit::Same) => !family.partial,
        _ => false,
    }
}

/// How two runs of names fit, and whether one has more of them.
struct Overlap {
    fit: Fit,
    partial: bool,
}

fn family(claimed: &[Token], known: &[Token]) -> Option<Overlap> {
    if same_joined(claimed, known) {
        return Some(Overlap { fit: Fit::Same, partial: false });
    }
    let (claimed, known) = comparable(claimed, known, Kind::Family);
    if same_joined(&claimed, &known) {
        return Some(Overlap { fit: Fit::Same, partial: false });
    }
    let partial = claimed.len() != known.len();
    if is_list(&claimed, &known) {
        return None;
    }
    let fit = pair_off(&claimed, &known, Kind::Family)?.fit;
    (!partial || fit == Fit::Same).then_some(Overlap { fit, partial })
}

fn given(claimed: &[Token], known: &[Token]) -> Option<Overlap> {
    if same_joined(claimed, known) {
        return Some(Overlap { fit: Fit::Same, partial: false });
    }
    let (claimed, known) = comparable(claimed, known, Kind::Given);
    if same_joined(&claimed, &known) {
        return Some(Overlap { fit: Fit::Same, partial: false });
    }
    if is_list(&claimed, &known) {
        return None;
    }
    let ((head, tail), (known_head, known_tail)) = (claimed.split_first()?, known.split_first()?);
    let partial = claimed.len() != known.len();
    let call_name = is_call_name(&claimed, &known).then_some(Overlap { fit: Fit::Same, partial });
    if let Some(first) = fit(head, known_head, Kind::Given)
        && let Some(others) = pair_off(tail, known_tail, Kind::Given)
        && (first, others.fit) != (Fit::Typo, Fit::Typo)
    {
        let fit = match first {
            Fit::KnownInitial | Fit::ClaimedInitial if others.words > 0 => others.fit,
            first => first.max(others.fit),
        };
        // A. P. Abdul is Abdul, though the A alone would prove nothing.
        return call_name.filter(|_| fit == Fit::ClaimedInitial).or(Some(Overlap { fit, partial }));
    }
    call_name
}

/// A claim of many more names than the source has is an attempt to hit one of them.
fn is_list(claimed: &[Token], known: &[Token]) -> bool {
    claimed.iter().filter(|token| !token.is_initial()).count() > known.len() + MAX_EXTRA_NAMES
}

/// One side has one given name, and it is not the first of the other's.
fn is_call_name(claimed: &[Token], known: &[Token]) -> bool {
    let (([one], others) | (others, [one])) = (claimed, known) else { return false };
    !one.is_initial()
        && !NO_CALL_NAMES.contains(&one.text.as_str())
        && !claimed.iter().chain(known).any(|token| token.script.is_syllabic())
        && others.iter().any(|other| same(one, other))
}
