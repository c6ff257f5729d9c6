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

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Counts the messages that `text` takes: one of 160 septets or 70 units, else parts of 153 or 67.
pub fn segments(text: &str) -> Segments {
    let septets = text.chars().map(|c| match c {
        c if BASIC.contains(c) => Some(1),
        c if EXTENSION.contains(c) => Some(2),
        _ => None,
    });
    if let Some(widths) = septets.collect::<Option<Vec<usize>>>() {
        return Segments {
            encoding: Encoding::Gsm7,
            units: widths.iter().sum(),
            count: parts(widths, 160, 153),
        };
    }
    let widths: Vec<usize> = text.chars().map(char::len_utf16).collect();
    Segments { encoding: Encoding::Ucs2, units: widths.iter().sum(), count: parts(widths, 70, 67) }
}

/// Parts of `per_part` units; a character of two units (an escape, a surrogate pair) is never split.
fn parts(widths: Vec<usize>, single: usize, per_part: usize) -> usize {
    let total: usize = widths.iter().sum();
    if total <= single {
        return usize::from(total > 0);
    }
    let (mut count, mut used) = (1, 0);
    for width in widths {
        if used + width > per_part {
            count += 1;
            used = 0;
        }
        used += width;
    }
    count
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
