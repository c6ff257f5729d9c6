//! An endpoint's answer, as much of it as helps whoever looks for its fault.

use jiff::Timestamp;
use reqwest::{
    Response,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER, SERVER},
};
use ringtrue_domain::secret::Clear;
use ringtrue_engine::model::Answer;

use crate::answer::retry_after;

/// Bytes of a body that are kept.
const KEPT: usize = 1024;
/// Bytes of a body that are read at most: a connection whose answer was read to its end can be used again.
const READ: usize = 16 * 1024;
/// Header fields that are kept at most.
const FIELDS: usize = 16;
/// Characters of a field's value that are kept.
const VALUE_CHARS: usize = 256;

/// Reads an answer. What comes after the part that is kept changes nothing, whether it comes or not.
///
/// # Errors
///
/// When the body breaks off, or the time is over, before that.
pub(super) async fn read(mut response: Response, wall: Timestamp) -> Result<Answer, reqwest::Error> {
    let mut body = Vec::new();
    let mut length = 0;
    while length <= READ {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..chunk.len().min(KEPT - body.len())]);
                length += chunk.len();
            }
            Ok(None) => break,
            Err(_) if body.len() == KEPT => break,
            Err(error) => return Err(error),
        }
    }
    let headers = response.headers();
    Ok(Answer {
        status: response.status().as_u16(),
        headers: fields(headers),
        body: Clear::new(text(&body).to_owned()),
        retry_after_seconds: retry_after(headers, wall)
            .map(|pause| u32::try_from(pause.as_secs()).unwrap_or(u32::MAX)),
    })
}

fn fields(headers: &HeaderMap) -> Vec<(String, Clear)> {
    let wanted = |name: &str| {
        name.starts_with("webhook-")
            || [CONTENT_TYPE, RETRY_AFTER, LOCATION, SERVER].iter().any(|known| known == name)
    };
    (headers.iter())
        .filter(|(name, _)| wanted(name.as_str()))
        .filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), Clear::new(value.chars().take(VALUE_CHARS).collect())))
        })
        .take(FIELDS)
        .collect()
}

/// The text that bytes are; empty when they are something else. A character that was cut through is left out.
fn text(bytes: &[u8]) -> &str {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return "",
    };
    let is_binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(is_binary) { "" } else { text }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_body_is_kept_where_it_is_text() {
        for (bytes, kept) in [
            (b"ok\r\n".as_slice(), "ok\r\n"),
            ("né".as_bytes(), "né"),
            (&"né".as_bytes()[..2], "n"),
            (b"n\xe9!", ""),
            (b"\x1f\x8b\x08\x00", ""),
            (b"a\0b", ""),
            (b"", ""),
        ] {
            assert_eq!(text(bytes), kept, "{bytes:?}");
        }
    }
}
