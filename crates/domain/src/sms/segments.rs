//! How many messages a text costs, known before it is sent (3GPP TS 23.038, TS 23.040).

/// The alphabet that a text needs on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 7-bit default alphabet with its extension table.
    Gsm7,
    /// UTF-16; one character outside GSM-7 turns the whole text to it.
    Ucs2,
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// The alphabet.
    pub encoding: Encoding,
    /// Septets or UTF-16 units.
    pub units: usize,
    /// Messages that a carrier bills; 0 only for an empty text.
    pub count: usize,
}

/// The default alphabet beyond ASCII.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

/// Septets of a character; `None` outside the alphabet and its extension.
fn septets(c: char) -> Option<usize> {
    match c {
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        '`' => None,
        ' '..='~' | '\n' | '\r' => Some(1),
        _ => BEYOND_ASCII.contains(c).then_some(1),
    }
}

/// Counts the messages that `text` takes: one of 160 septets or 70 units, else parts of 153 or 67.
pub fn segments(text: &str) -> Segments {
    if text.chars().all(|c| septets(c).is_some()) {
        let (units, count) = parts(text.chars().filter_map(septets), 160, 153);
        return Segments { encoding: Encoding::Gsm7, units, count };
    }
    let (units, count) = parts(text.chars().map(char::len_utf16), 70, 67);
    Segments { encoding: Encoding::Ucs2, units, count }
}

/// Units, and how many messages they take: one of `single`, or parts of `per_part`. A character of two units (an
/// escape, a surrogate pair) is never split.
fn parts(widths: impl Iterator<Item = usize>, single: usize, per_part: usize) -> (usize, usize) {
    let (mut units, mut count, mut used) = (0, 0, per_part);
    for width in widths {
        units += width;
        if used + width > per_part {
            count += 1;
            used = 0;
        }
        used += width;
    }
    (units, if units <= single { usize::from(units > 0) } else { count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_carriers_do() {
        let cases = [
            ("", Encoding::Gsm7, 0, 0),
            ("123456 is your code\n\n@example.com #123456", Encoding::Gsm7, 41, 1),
            (&"a".repeat(160), Encoding::Gsm7, 160, 1),
            (&"a".repeat(161), Encoding::Gsm7, 161, 2),
            (&"a".repeat(307), Encoding::Gsm7, 307, 3),
            ("€", Encoding::Gsm7, 2, 1),
            ("ç", Encoding::Ucs2, 1, 1),
            ("`", Encoding::Ucs2, 1, 1),
            ("@_$\r\nΩß§¿à~", Encoding::Gsm7, 12, 1),
            (&"ж".repeat(70), Encoding::Ucs2, 70, 1),
            (&"ж".repeat(71), Encoding::Ucs2, 71, 2),
            (&"😀".repeat(36), Encoding::Ucs2, 72, 2),
        ];
        for (text, encoding, units, count) in cases {
            assert_eq!(segments(text), Segments { encoding, units, count }, "{text}");
        }
    }

    #[test]
    fn never_splits_an_escape() {
        // 152 letters, then an escaped character: it does not fit into the first part's last septet.
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(151));
        assert_eq!(segments(&text), Segments { encoding: Encoding::Gsm7, units: 305, count: 2 });
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(segments(&text).count, 3);
    }
}
