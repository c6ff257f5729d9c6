//! Pairing the words of two runs of names.

use super::fold::Token;
use super::parts::without_particles;
use super::token::{Fit, Kind, fit, same};

/// What pairing came to.
pub(super) struct Pairing {
    /// The worst fit of any pair; initials do not count.
    pub(super) fit: Fit,
    /// How many pairs are of whole words.
    pub(super) words: usize,
}

/// Gives each token of the shorter run its own partner in the longer, whatever the order.
///
/// `None` if one has no partner, if there is more than one slip, or if a script without spaces leaves it open
/// where a name ends.
pub(super) fn pair_off(claimed: &[Token], known: &[Token], kind: Kind) -> Option<Pairing> {
    let alone = claimed.len() == known.len() && known.len() <= 1;
    if !alone && claimed.iter().chain(known).any(|token| token.script.is_syllabic()) {
        return None;
    }
    let claimed_is_short = claimed.len() <= known.len();
    let (short, long) = if claimed_is_short { (claimed, known) } else { (known, claimed) };
    let mut left: Vec<&Token> = long.iter().collect();
    let mut result = Pairing { fit: Fit::Same, words: 0 };
    for token in short {
        let (at, found) = left
            .iter()
            .enumerate()
            .filter_map(|(at, other)| {
                let (claimed, known) = if claimed_is_short { (token, *other) } else { (*other, token) };
                fit(claimed, known, kind).map(|fit| (at, fit))
            })
            .min_by_key(|(_, fit)| *fit)?;
        left.swap_remove(at);
        match found {
            Fit::KnownInitial | Fit::ClaimedInitial => continue,
            Fit::Typo if result.fit == Fit::Typo => return None,
            _ => result.fit = result.fit.max(found),
        }
        result.words += 1;
    }
    Some(result)
}

/// Both runs without particles, and with words joined where the other side writes them as one.
pub(super) fn comparable(claimed: &[Token], known: &[Token], kind: Kind) -> (Vec<Token>, Vec<Token>) {
    let joined = join_as(claimed, known);
    let other = join_as(known, claimed);
    (without_particles(&joined, kind), without_particles(&other, kind))
}

/// `tokens`, with neighbours joined that together are one token of `other`.
fn join_as(tokens: &[Token], other: &[Token]) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let hit =
            (2..=rest.len().min(4)).rev().map(|len| (Token::join(&rest[..len]), len)).find(|(joined, _)| {
                // No script spells a word in half the letters of another; this spares most of the work.
                let near = |word: &Token| word.text.len() * 2 > joined.text.len();
                other.iter().any(|word| near(word) && same(joined, word))
            });
        if let Some((joined, len)) = hit {
            out.push(joined);
            rest = &rest[len..];
        } else {
            out.push(first.clone());
            rest = after;
        }
    }
    out
}
