//! How well two tokens fit.

use super::fold::Token;
use super::script::{self, Script};
use super::{givens, nicknames, romanised};

/// The shortest word in which one wrong letter is a slip and not another name.
const TYPO_MIN_LETTERS: usize = 5;
/// No one mistypes a word longer than this; it also bounds the cost of the distance.
const TYPO_MAX_LETTERS: usize = 40;
/// Keeps out a wrong second letter in a short name (Tyson, Toson), which plain distance lets through.
const TYPO_MIN_SIMILARITY: f64 = 0.885;

/// How two tokens fit, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// The same word, in whatever spelling or script.
    Same,
    /// A usual short or familiar form.
    Nickname,
    /// One slip away.
    Typo,
    /// The source holds only the first letter.
    KnownInitial,
    /// The person gave only the first letter.
    ClaimedInitial,
}

/// Which rules apply to a word: a given name has nicknames, and a letter more often makes another one of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Given,
    Family,
}

/// Whether two tokens are the same word.
pub(super) fn same(a: &Token, b: &Token) -> bool {
    match (a.script, b.script) {
        (Script::Latin, Script::Latin) => same_latin(a, b),
        (one, other) if one == other && matches!(one, Script::Han | Script::Consonants) => {
            a.native == b.native
        }
        _ => same_across(a, b) || same_across(b, a),
    }
}

fn same_latin(a: &Token, b: &Token) -> bool {
    a.text == b.text
        || a.wide.as_ref() == Some(&b.text)
        || b.wide.as_ref() == Some(&a.text)
        || (a.wide.is_some() && a.wide == b.wide)
}

/// `a` is read in the letters of `b`.
fn same_across(a: &Token, b: &Token) -> bool {
    match a.script {
        Script::Latin => false,
        Script::Alphabet | Script::Kana => a.loose() == b.loose(),
        Script::Hangul => {
            listed(a, b).unwrap_or(false) || script::loose_korean(&a.text) == script::loose_korean(&b.text)
        }
        Script::Han => listed(a, b).unwrap_or(false) || a.text == b.text,
        Script::Consonants => listed(a, b).unwrap_or_else(|| {
            a.text == b.text || a.consonants().is_some_and(|key| Some(key) == b.consonants())
        }),
    }
}

fn listed(a: &Token, b: &Token) -> Option<bool> {
    romanised::spellings(&a.native).map(|mut spellings| spellings.any(|spelling| spelling == b.text))
}

/// Whether two runs of tokens are the same once written as one word.
pub(super) fn same_joined(a: &[Token], b: &[Token]) -> bool {
    match (a, b) {
        ([], _) | (_, []) => false,
        ([a], [b]) => same(a, b),
        _ => same(&Token::join(a), &Token::join(b)),
    }
}

/// How a claimed token fits a known one, or `None` if they are different words.
pub(super) fn fit(claimed: &Token, known: &Token, kind: Kind) -> Option<Fit> {
    if same(claimed, known) {
        return Some(Fit::Same);
    }
    if kind == Kind::Given {
        if claimed.is_initial() || known.is_initial() {
            return initial(claimed, known);
        }
        if nicknames::related(claimed, known) {
            return Some(Fit::Nickname);
        }
    }
    is_typo(claimed, known, kind).then_some(Fit::Typo)
}

fn initial(claimed: &Token, known: &Token) -> Option<Fit> {
    let letter = |token: &Token| token.text.chars().next();
    if letter(claimed) != letter(known) {
        return None;
    }
    Some(if known.is_initial() { Fit::KnownInitial } else { Fit::ClaimedInitial })
}

/// One Damerau edit, or the same word romanised another way (Tchaikovsky, Chaikovskij).
///
/// The first letter is never the slip (Jason, Mason). In a given name neither is the last, which tells
/// Daniel from Daniela and Mario from Maria, nor is a name that exists a slip for another (Karin, Karen).
fn is_typo(a: &Token, b: &Token, kind: Kind) -> bool {
    let letters = |token: &Token| matches!(token.script, Script::Latin | Script::Alphabet | Script::Kana);
    if !letters(a) || !letters(b) {
        return false;
    }
    if kind == Kind::Given && givens::is_known(&a.text) && givens::is_known(&b.text) {
        return false;
    }
    let long_enough = |text: &str| (TYPO_MIN_LETTERS..=TYPO_MAX_LETTERS).contains(&text.len());
    if !long_enough(&a.text) || !long_enough(&b.text) || a.text.len().abs_diff(b.text.len()) > 4 {
        return false;
    }
    if a.script == Script::Latin && b.script == Script::Latin {
        return one_slip(&a.text, &b.text, kind) || a.loose() == b.loose();
    }
    one_slip(a.loose(), b.loose(), kind)
}

fn one_slip(a: &str, b: &str, kind: Kind) -> bool {
    a.len().abs_diff(b.len()) <= 1
        && a.as_bytes().first() == b.as_bytes().first()
        && (kind == Kind::Family || a.as_bytes().last() == b.as_bytes().last())
        && strsim::osa_distance(a, b) <= 1
        && strsim::jaro_winkler(a, b) >= TYPO_MIN_SIMILARITY
}
