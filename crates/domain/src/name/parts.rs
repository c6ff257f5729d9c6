//! The words of a name that are not names: titles, suffixes, particles.

use super::fold::Token;
use super::script::Script;
use super::token::Kind;

/// Which part of a name a run of tokens is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Given,
    Family,
    Full,
}

/// Before a name.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "doctor",
    "prof",
    "professor",
    "sir",
    "dame",
    "rev",
    "fr",
    "herr",
    "frau",
    "dipl",
    "ing",
    "mag",
    "med",
    "phil",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "sr",
    "sra",
    "srta",
    "senor",
    "senora",
    "dott",
    "dhr",
    "mevr",
    "shri",
    "smt",
    "haji",
    "capt",
    "sgt",
    "lt",
    "col",
    "maj",
];

/// After a name, and too much of a name elsewhere.
const TRAILING: &[&str] = &["sr", "senior", "md", "esq", "mag", "bsc", "msc", "mba", "rn", "cpa", "dds"];

/// Not a name wherever they stand. Father and son by suffix alone count as a match.
const SUFFIXES: &[&str] =
    &["jr", "jnr", "junior", "ii", "iii", "iv", "2nd", "3rd", "4th", "phd", "filho", "neto"];

/// Words inside family names that registers drop, add and glue at will.
const PARTICLES: &[&str] = &[
    "van", "von", "vom", "der", "den", "de", "ter", "ten", "het", "zu", "zum", "zur", "af", "av", "of",
    "the", "da", "do", "dos", "das", "di", "du", "des", "del", "della", "delle", "dello", "degli", "dei",
    "la", "le", "les", "lo", "los", "las", "el", "al", "ul", "bin", "ibn", "ben", "bint", "bat", "y", "e",
    "i", "und", "and", "et",
];

/// Words inside given names: María de los Ángeles.
const GIVEN_PARTICLES: &[&str] = &["de", "del", "da", "do", "dos", "la", "las", "los"];

/// First halves of one word that some write in two: Mc Donald, O Brien, St John. Not optional.
const PREFIXES: &[&str] = &["mc", "mac", "o", "fitz", "st", "saint"];

/// Drops titles and suffixes, and glues split family names. At least one token stays, of a full name two:
/// Ii and Neto are suffixes only behind another surname.
pub(super) fn strip(mut tokens: Vec<Token>, part: Part) -> Vec<Token> {
    let least = if part == Part::Full { 2 } else { 1 };
    if part != Part::Family {
        let titles = tokens.iter().take_while(|token| is_in(token, TITLES)).count();
        tokens.drain(..titles.min(tokens.len().saturating_sub(least)));
    }
    if part != Part::Given {
        while tokens.len() > least && tokens.last().is_some_and(|token| is_in(token, TRAILING)) {
            tokens.pop();
        }
    }
    if tokens.iter().filter(|token| !is_in(token, SUFFIXES)).count() >= least {
        tokens.retain(|token| !is_in(token, SUFFIXES));
    }
    if part == Part::Family {
        while let Some(at) = tokens.iter().position(|token| is_in(token, PREFIXES))
            && at + 1 < tokens.len()
        {
            if tokens[at].text == "saint" {
                tokens[at].text.replace_range(.., "st");
            }
            let glued = Token::join(&tokens[at..=at + 1]);
            tokens.splice(at..=at + 1, [glued]);
        }
    }
    tokens
}

/// The tokens that are more than particles, or all if there is nothing else (Le, Do and Van are surnames).
///
/// A single letter in front is an initial, and of given names only those particles are dropped that are no
/// names (Ben and Al are).
pub(super) fn without_particles(tokens: &[Token], kind: Kind) -> Vec<Token> {
    let is_particle = |(at, token): &(usize, &Token)| match kind {
        Kind::Given => *at > 0 && is_in(token, GIVEN_PARTICLES),
        Kind::Family => (*at > 0 || token.text.len() > 1) && is_in(token, PARTICLES),
    };
    let names = tokens.iter().enumerate().filter(|token| !is_particle(token));
    let names: Vec<Token> = names.map(|(_, token)| token.clone()).collect();
    if names.is_empty() { tokens.to_vec() } else { names }
}

/// Whether a source wrote these words because it has no name: what caller-name services answer.
pub(super) fn is_placeholder(tokens: &[Token]) -> bool {
    const ANSWERS: &[&str] = &[
        "unknown",
        "unknowncaller",
        "unknownname",
        "unavailable",
        "notavailable",
        "nameunavailable",
        "na",
        "none",
        "null",
        "anonymous",
        "withheld",
        "private",
        "privatenumber",
        "privatecaller",
        "wirelesscaller",
        "cellphone",
        "mobilenumber",
        "tollfreecall",
        "outofarea",
        "noname",
        "namenotfound",
        "notfound",
    ];
    tokens.is_empty() || ANSWERS.contains(&Token::join(tokens).text.as_str())
}

fn is_in(token: &Token, words: &[&str]) -> bool {
    token.script == Script::Latin && words.contains(&token.text.as_str())
}
