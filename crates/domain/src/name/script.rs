//! Scripts: which one a character belongs to, how it reads in Latin letters, and the keys under which two
//! readings of the same word become equal.

use unicode_normalization::char::decompose_canonical;

use super::romanised;

/// How a word of a script can be compared with a word of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Script {
    /// Latin letters: compared as they are.
    Latin,
    /// Cyrillic, Greek, Armenian, Georgian: letter by letter, but romanised in more than one way.
    Alphabet,
    /// Hiragana and katakana.
    Kana,
    /// Hangul, one token per syllable.
    Hangul,
    /// Arabic, Hebrew, Indic and all others: vowels are unwritten or inherent, so only consonants compare.
    Consonants,
    /// Chinese characters, one token each.
    Han,
}

impl Script {
    pub(super) fn of(c: char) -> Self {
        match u32::from(c) {
            0x0370..=0x058f | 0x10a0..=0x10ff | 0x1c80..=0x1cbf | 0x1f00..=0x1fff => Self::Alphabet,
            0x3040..=0x30ff | 0x31f0..=0x31ff => Self::Kana,
            0x1100..=0x11ff | 0x3130..=0x318f | 0xac00..=0xd7ff => Self::Hangul,
            0x3005..=0x3007 | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => Self::Han,
            0x0000..=0x036f | 0x1d00..=0x1eff | 0x2c60..=0x2c7f | 0xa720..=0xa7ff | 0xab30..=0xab6f => {
                Self::Latin
            }
            _ => Self::Consonants,
        }
    }

    /// Whether a character is a word of its own, so that a name has no spaces.
    pub(super) fn is_syllabic(self) -> bool {
        matches!(self, Self::Han | Self::Hangul)
    }
}

/// How a lower-case character reads in Latin letters. The answer may hold capitals and punctuation.
pub(super) fn reading(c: char, script: Script) -> &'static str {
    let base = match script {
        Script::Latin | Script::Alphabet => without_accent(c),
        _ => c,
    };
    own_reading(c)
        .or_else(|| own_reading(base))
        .or_else(|| deunicode::deunicode_char(base))
        .unwrap_or_default()
}

/// The letter under an accent, for letters whose accent does not change how they read: ά, ž.
fn without_accent(c: char) -> char {
    let mut base = None;
    decompose_canonical(c, |part| base = base.or(Some(part)));
    base.unwrap_or(c)
}

/// The character by which a word is compared within its own script, or none if it does not count.
pub(super) fn native(c: char) -> Option<char> {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' | 'ئ' => Some('ي'),
        'ک' => Some('ك'),
        'ؤ' => Some('و'),
        'ة' | 'ہ' => Some('ه'),
        'ء' => None,
        _ => Some(romanised::simplified(c)),
    }
}

/// Where deunicode follows a scholarly table and passports do not.
fn own_reading(c: char) -> Option<&'static str> {
    Some(match c {
        'ю' => "yu",
        'я' => "ya",
        'ё' => "yo",
        'є' => "ye",
        'ї' => "yi",
        'й' | 'ы' | 'υ' => "y",
        'э' | 'ə' => "e",
        'ж' => "zh",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'і' | 'η' => "i",
        'ґ' => "g",
        'ў' => "u",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'џ' => "dz",
        'ђ' => "dj",
        'ћ' => "c",
        'ь' | 'ъ' | 'ـ' | 'ء' => "",
        'χ' => "h",
        'ω' => "o",
        'θ' => "th",
        'φ' => "f",
        'ξ' => "x",
        'ψ' => "ps",
        'ŋ' => "ng",
        // Alef and ayin are vowels to a Latin reader; so is the first letter of many a name.
        'ا' | 'أ' | 'إ' | 'آ' | 'ع' | 'א' | 'ע' => "a",
        _ => return None,
    })
}

/// Kana read letter by letter, respelt as Hepburn: "siyouta" is Shota.
pub(super) fn respell_kana(text: &str) -> String {
    const RULES: &[(&str, &str)] = &[
        ("siy", "sh"),
        ("tiy", "ch"),
        ("ziy", "j"),
        ("kiy", "ky"),
        ("giy", "gy"),
        ("niy", "ny"),
        ("hiy", "hy"),
        ("miy", "my"),
        ("riy", "ry"),
        ("biy", "by"),
        ("piy", "py"),
        ("si", "shi"),
        ("ti", "chi"),
        ("zi", "ji"),
        ("tu", "tsu"),
        ("hu", "fu"),
        ("ou", "o"),
        ("oo", "o"),
        ("uu", "u"),
    ];
    // Twice, because a long vowel shows only once the syllable is respelt.
    rewrite(&rewrite(text, RULES), &RULES[16..])
}

/// A key that is equal for the usual romanisations of one word: Yuri, Yury, Jurij, Iurii.
pub(super) fn loose(text: &str) -> String {
    const RULES: &[(&str, &str)] = &[
        ("shch", "sh"),
        ("sch", "sh"),
        ("tch", "ch"),
        ("chr", "hr"),
        ("ch", "ch"),
        ("sh", "sh"),
        ("zh", "zh"),
        ("kh", "h"),
        ("ph", "f"),
        ("ks", "x"),
        ("ck", "k"),
        ("tz", "ts"),
        ("ou", "u"),
        ("oy", "u"),
        ("oo", "u"),
        ("ye", "e"),
        ("ie", "e"),
        ("je", "e"),
        ("yo", "e"),
        ("io", "e"),
        ("jo", "e"),
        ("ce", "ce"),
        ("ci", "ci"),
        ("c", "k"),
        ("q", "k"),
        ("w", "v"),
        ("y", "i"),
        ("j", "i"),
    ];
    rewrite(text, RULES)
}

/// The same for Korean, where Lee/Rhee and Gim/Kim are settled by table and the rest by vowel spelling.
pub(super) fn loose_korean(text: &str) -> String {
    const RULES: &[(&str, &str)] = &[
        ("yeo", "yu"),
        ("you", "yu"),
        ("eo", "u"),
        ("woo", "u"),
        ("wu", "u"),
        ("oo", "u"),
        ("ou", "u"),
        ("ee", "i"),
        ("ch", "c"),
        ("g", "k"),
        ("d", "t"),
        ("b", "p"),
        ("r", "l"),
    ];
    rewrite(text, RULES)
}

/// The consonants of a reading, and an `a` in front when it begins with a vowel (Ahmed is not Hamid).
///
/// `None` if fewer than two consonants are left: that would fit too many names.
pub(super) fn consonants(text: &str) -> Option<String> {
    const RULES: &[(&str, &str)] = &[
        ("ph", "f"),
        ("gh", "g"),
        ("dh", "d"),
        ("th", "t"),
        ("a", ""),
        ("e", ""),
        ("i", ""),
        ("o", ""),
        ("u", ""),
        ("y", ""),
        ("w", ""),
        ("q", "k"),
        ("c", "k"),
        ("v", "b"),
        ("j", "g"),
        ("x", "ks"),
    ];
    let body = text.strip_suffix('h').unwrap_or(text);
    let initial = match body.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'u') => "a",
        Some('y') => "y",
        Some('w') => "w",
        _ => "",
    };
    let key = rewrite(body, RULES);
    (key.len() >= 2).then(|| format!("{initial}{key}"))
}

/// Replaces from left to right by the first rule that applies, and never writes a letter twice in a row.
fn rewrite(text: &str, rules: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let rule = rules.iter().find(|(from, _)| rest.starts_with(from));
        let mut buffer = [0; 4];
        let (taken, written) = match rule {
            Some((from, to)) => (from.len(), *to),
            None => (c.len_utf8(), &*c.encode_utf8(&mut buffer)),
        };
        for letter in written.chars() {
            if !out.ends_with(letter) {
                out.push(letter);
            }
        }
        rest = &rest[taken..];
    }
    out
}
