//! From a string to tokens: lower case, no diacritics, no punctuation, other scripts read in Latin letters.

use std::cell::OnceCell;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::script::{self, Script};

/// A name is cut here. A request holds at most 100 characters; a source's file may hold anything.
const MAX_CHARS: usize = 200;
/// Tokens beyond this many are dropped, which bounds the cost of a comparison.
const MAX_TOKENS: usize = 12;

/// One word of a name, or one character of a script that writes no spaces.
#[derive(Clone)]
pub(super) struct Token {
    /// Lower-case letters and digits without diacritics: "muller" for Müller.
    pub(super) text: String,
    /// The other spelling that the same letters have: "mueller" for Müller. Absent if there is none.
    pub(super) wide: Option<String>,
    /// The word as written, for scripts whose reading loses what distinguishes words. Empty for Latin.
    pub(super) native: String,
    pub(super) script: Script,
    /// Keys are asked for again and again while orders are tried, and are the dearest thing to compute.
    loose: OnceCell<String>,
    consonants: OnceCell<Option<String>>,
}

impl Token {
    fn new() -> Self {
        Self {
            text: String::new(),
            wide: None,
            native: String::new(),
            script: Script::Latin,
            loose: OnceCell::new(),
            consonants: OnceCell::new(),
        }
    }

    /// Neighbouring tokens written as one word: "de la cruz" as "delacruz".
    pub(super) fn join(tokens: &[Self]) -> Self {
        let mut joined = Self::new();
        for token in tokens {
            joined.push(&token.text, token.wide.as_deref(), token.script);
            joined.native.push_str(&token.native);
        }
        joined
    }

    /// See [`script::loose`].
    pub(super) fn loose(&self) -> &str {
        self.loose.get_or_init(|| script::loose(&self.text))
    }

    /// See [`script::consonants`].
    pub(super) fn consonants(&self) -> Option<&str> {
        self.consonants.get_or_init(|| script::consonants(&self.text)).as_deref()
    }

    /// A single letter, which may stand for a whole name.
    pub(super) fn is_initial(&self) -> bool {
        self.text.len() == 1 && !self.script.is_syllabic() && self.text.starts_with(char::is_alphabetic)
    }

    fn push(&mut self, plain: &str, wide: Option<&str>, script: Script) {
        if self.wide.is_some() || wide.is_some() {
            let text = &self.text;
            self.wide.get_or_insert_with(|| text.clone()).push_str(wide.unwrap_or(plain));
        }
        self.text.push_str(plain);
        self.script = self.script.max(script);
    }

    fn push_char(&mut self, c: char) {
        let script = Script::of(c);
        match script {
            Script::Latin => self.push_latin(c),
            Script::Alphabet => self.push_read(c, script),
            _ => {
                self.native.extend(script::native(c));
                self.push_read(c, script);
            }
        }
    }

    fn push_latin(&mut self, c: char) {
        match c {
            'a'..='z' | '0'..='9' => self.push(c.encode_utf8(&mut [0; 4]), None, Script::Latin),
            'ä' => self.push("a", Some("ae"), Script::Latin),
            'ö' | 'ø' => self.push("o", Some("oe"), Script::Latin),
            'ü' => self.push("u", Some("ue"), Script::Latin),
            'å' => self.push("a", Some("aa"), Script::Latin),
            _ => self.push_read(c, Script::Latin),
        }
    }

    fn push_read(&mut self, c: char, script: Script) {
        let letters: String =
            script::reading(c, script).chars().filter(char::is_ascii_alphanumeric).collect();
        self.push(&letters.to_ascii_lowercase(), None, script);
    }

    fn finish(mut self) -> Option<Self> {
        if self.script == Script::Kana {
            self.text = script::respell_kana(&self.text);
        }
        if self.wide.as_ref() == Some(&self.text) {
            self.wide = None;
        }
        (!self.text.is_empty()).then_some(self)
    }
}

/// The tokens of a name, in its order.
pub(super) fn tokens(name: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = Token::new();
    for c in name.nfkc().take(MAX_CHARS).flat_map(char::to_lowercase) {
        if is_apostrophe(c) || is_ignored(c) {
            continue;
        }
        let belongs = c.is_alphanumeric() || is_combining_mark(c);
        if !belongs || Script::of(c).is_syllabic() {
            tokens.extend(std::mem::replace(&mut word, Token::new()).finish());
        }
        if belongs {
            word.push_char(c);
        }
        if Script::of(c).is_syllabic() {
            tokens.extend(std::mem::replace(&mut word, Token::new()).finish());
        }
    }
    tokens.extend(word.finish());
    tokens.truncate(MAX_TOKENS);
    tokens
}

/// O'Brien is `OBrien`: an apostrophe joins, where any other punctuation separates.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '‘'
            | '’'
            | '‛'
            | 'ʹ'
            | 'ʻ'
            | 'ʼ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | '′'
            | 'ˈ'
            | '״'
            | '׳'
            | 'ꞌ'
    )
}

/// Accents that compose with no letter, vowel points, joiners and direction marks.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
