//! Escaping of texts for the places that they are put into.

use std::fmt::Write;

/// Percent-encodes everything that is not unreserved (RFC 3986 §2.3), so the result is the same text in a path, a
/// query and a form.
pub(crate) fn percent(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Escapes for the inside of a JSON string (RFC 8259 §7).
pub(crate) fn json(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// Escapes for XML text and attribute values (XML 1.0 §2.4). A line break is written as a reference, because a
/// parser turns one in an attribute into a space.
pub(crate) fn xml(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            // No XML document can hold the other control characters, not even as references.
            c if c < ' ' && c != '\t' => {}
            c => out.push(c),
        }
    }
}

/// No escaping.
pub(crate) fn plain(text: &str, out: &mut String) {
    out.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_escapes() {
        let text = "a+b c&\"<é>\\\n'\u{1}";
        let run = |escape: fn(&str, &mut String)| {
            let mut out = String::new();
            escape(text, &mut out);
            out
        };
        assert_eq!(run(percent), "a%2Bb%20c%26%22%3C%C3%A9%3E%5C%0A%27%01");
        assert_eq!(run(json), "a+b c&\\\"<é>\\\\\\n'\\u0001");
        assert_eq!(serde_json::from_str::<String>(&format!("\"{}\"", run(json))).unwrap(), text);
        assert_eq!(run(xml), "a+b c&amp;&quot;&lt;é&gt;\\&#10;&apos;");
        assert_eq!(run(plain), text);
    }
}
