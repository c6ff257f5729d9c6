//! A file from a form (RFC 7578), for the one form that has any: its file and its token, each once.

use axum::http::{HeaderMap, header};

/// What such a form holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// The form's token.
    pub(super) csrf: Option<String>,
    /// The file's content; empty if none was chosen.
    pub(super) file: Vec<u8>,
}

/// Reads a form whose file is called `file`. What it is called on somebody's disk, and what the browser takes it for, is
/// nobody's business here. Nothing for a body that is no such form.
pub(super) fn read(headers: &HeaderMap, body: &[u8], file: &str) -> Option<Parts> {
    let boundary = boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut rest = body.strip_prefix(&delimiter[2..])?;
    let mut parts = Parts::default();
    loop {
        // The last delimiter is followed by two hyphens.
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let (head, after) = split(rest, b"\r\n\r\n")?;
        let (content, after) = split(after, &delimiter)?;
        match name(str::from_utf8(head).ok()?)? {
            "csrf" => parts.csrf = Some(str::from_utf8(content).ok()?.to_owned()),
            other if other == file => parts.file = content.to_vec(),
            _ => {}
        }
        rest = after;
    }
}

fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    let boundary = parameters.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    (is_form && (1..=70).contains(&boundary.len())).then_some(boundary)
}

/// The field's name in the headers of a part. Browsers write it first, in quotes, and escape quotes in it.
fn name(head: &str) -> Option<&str> {
    let is_ours = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
    let (_, named) = head.split("\r\n").find(is_ours)?.split_once("; name=\"")?;
    Some(named.split_once('"')?.0)
}

fn split<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let found = text.windows(at.len()).position(|window| window == at)?;
    Some((&text[..found], &text[found + at.len()..]))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(kind: &str, body: &[u8]) -> Option<Parts> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).expect("it is a value"));
        read(&headers, body, "logo")
    }

    const KIND: &str = "multipart/form-data; boundary=----WebKitFormBoundaryX";

    #[test]
    fn a_form_as_browsers_send_it() {
        let body = b"------WebKitFormBoundaryX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n\
            ------WebKitFormBoundaryX\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"name=x.png\"\r\n\
            Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n--\r\n--\xff\r\n------WebKitFormBoundaryX--\r\n";
        let parts = seen(KIND, body).expect("it is a form");
        assert_eq!(parts.csrf.as_deref(), Some("token"));
        assert_eq!(parts.file, b"\x89PNG\r\n\x1a\n--\r\n--\xff");
        let quoted = KIND.replace("boundary=", "charset=x; boundary=\"") + "\"";
        assert_eq!(seen(&quoted, body).as_ref(), Some(&parts));
        // Whatever is cut off is no form, and nothing runs on.
        for end in 0..body.len() - 4 {
            assert_eq!(seen(KIND, &body[..end]), None, "{end}");
        }
    }

    #[test]
    fn other_bodies_are_none() {
        for kind in
            ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary="]
        {
            assert_eq!(seen(kind, b"--\r\n\r\n--"), None, "{kind}");
        }
        assert_eq!(seen(KIND, b"------WebKitFormBoundaryX--\r\n"), Some(Parts::default()));
        assert_eq!(seen(KIND, b""), None);
    }
}
