//! A project's logo, as its page of a link shows it.

use crate::FieldError;

/// Bytes of a logo at most.
pub const MAX_LOGO_BYTES: usize = 64 * 1024;
/// Pixels of its width and height at most.
pub const MAX_LOGO_PIXELS: u32 = 1024;

const FIELD: &str = "logo";

/// What a logo is: only what browsers draw and never run. SVG is none of them, since it can hold scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoKind {
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// WebP
    Webp,
}

impl LogoKind {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// An image that may be shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    kind: LogoKind,
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Logo {
    /// Takes what somebody uploaded. What it is called does not matter, only what it begins with.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `logo` and the rule that it breaks.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, FieldError> {
        if bytes.len() > MAX_LOGO_BYTES {
            return Err(FieldError::new(FIELD, "must be at most 64 kB"));
        }
        let (kind, size) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            (LogoKind::Png, png(&bytes))
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            (LogoKind::Jpeg, jpeg(&bytes))
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            (LogoKind::Webp, webp(&bytes))
        } else {
            return Err(FieldError::new(FIELD, "must be a PNG, JPEG or WebP image"));
        };
        let (width, height) =
            size.ok_or_else(|| FieldError::new(FIELD, "must be a whole image: its size cannot be read"))?;
        let fits = |pixels: u32| (1..=MAX_LOGO_PIXELS).contains(&pixels);
        if !fits(width) || !fits(height) {
            return Err(FieldError::new(FIELD, "must be 1 to 1024 pixels wide and high"));
        }
        Ok(Self { kind, width, height, bytes })
    }

    /// What it is.
    pub const fn kind(&self) -> LogoKind {
        self.kind
    }

    /// Width and height in pixels.
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The image.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The image.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn big(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    Some(bytes.get(at..at + len)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    Some(bytes.get(at..at + len)?.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The first chunk is the header (PNG §11.2.2).
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.get(8..16)? == b"\0\0\0\x0dIHDR").then_some(())?;
    Some((big(bytes, 16, 4)?, big(bytes, 20, 4)?))
}

/// The frame header is the first segment that begins a frame (ITU-T T.81 §B.2.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        (*bytes.get(at)? == 0xff).then_some(())?;
        match *bytes.get(at + 1)? {
            // Any number of fill bytes.
            0xff => at += 1,
            // Segments without a length.
            0x01 | 0xd0..=0xd7 => at += 2,
            // Tables whose numbers lie among those of frames.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?));
            }
            // The image itself, or its end, without a frame.
            0x00 | 0xd8..=0xda => return None,
            _ => at += 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?.max(2),
        }
    }
}

/// The first chunk says how the image is held (RFC 9649 §2.5 to §2.7).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => {
            (bytes.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            Some((little(bytes, 26, 2)? & 0x3fff, little(bytes, 28, 2)? & 0x3fff))
        }
        b"VP8L" => {
            (*bytes.get(20)? == 0x2f).then_some(())?;
            let bits = little(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        image.extend(width.to_be_bytes());
        image.extend(height.to_be_bytes());
        image.extend([8, 6, 0, 0, 0]);
        image
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        // A segment that is passed over, a table, fill bytes, and the frame.
        let mut image =
            vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 0, 0xff, 0xff, 0xff, 0xc2, 0, 11, 8];
        image.extend(height.to_be_bytes());
        image.extend(width.to_be_bytes());
        image
    }

    fn webp_of(chunk: &[u8]) -> Vec<u8> {
        let mut image = b"RIFF\0\0\0\0WEBP".to_vec();
        image.extend(chunk);
        image
    }

    fn seen(bytes: Vec<u8>) -> Option<(LogoKind, (u32, u32))> {
        Logo::parse(bytes).ok().map(|logo| (logo.kind(), logo.size()))
    }

    #[test]
    fn kind_and_size_are_read_from_the_image_itself() {
        assert_eq!(seen(png_of(120, 40)), Some((LogoKind::Png, (120, 40))));
        assert_eq!(seen(jpeg_of(640, 480)), Some((LogoKind::Jpeg, (640, 480))));
        let lossy = b"VP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\x00";
        assert_eq!(seen(webp_of(lossy)), Some((LogoKind::Webp, (320, 240))));
        // Width and height less one, 14 bits each.
        let bits = 299_u32 + (199 << 14);
        let lossless = [b"VP8L\0\0\0\0\x2f".as_slice(), &bits.to_le_bytes()].concat();
        assert_eq!(seen(webp_of(&lossless)), Some((LogoKind::Webp, (300, 200))));
        let extended = b"VP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\x07\0\0";
        assert_eq!(seen(webp_of(extended)), Some((LogoKind::Webp, (1024, 8))));
    }

    #[test]
    fn what_is_no_image_or_too_large_is_refused() {
        let rule = |bytes: Vec<u8>| Logo::parse(bytes).expect_err("it is refused").rule.into_owned();
        for odd in [
            b"".as_slice(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"GIF89a",
            b"<html>",
            b"RIFF\0\0\0\0WAVE",
            b"\xff\xd8",
        ] {
            assert_eq!(rule(odd.to_vec()), "must be a PNG, JPEG or WebP image");
        }
        for size in [(0, 1), (1, 0), (1025, 1), (1, 1025), (u32::MAX, u32::MAX)] {
            assert!(rule(png_of(size.0, size.1)).contains("1 to 1024 pixels"), "{size:?}");
        }
        assert!(seen(png_of(1024, 1024)).is_some());
        let mut long = png_of(1, 1);
        long.resize(MAX_LOGO_BYTES + 1, 0);
        assert_eq!(rule(long.clone()), "must be at most 64 kB");
        long.truncate(MAX_LOGO_BYTES);
        assert!(seen(long).is_some());
    }

    #[test]
    fn whatever_is_cut_short_is_refused_and_nothing_runs_on() {
        let lossy = b"VP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\x00";
        for whole in [png_of(9, 9), jpeg_of(9, 9), webp_of(lossy)] {
            let enough = if whole[0] == 0x89 { whole.len() - 5 } else { whole.len() };
            for end in 0..enough {
                assert_eq!(seen(whole[..end].to_vec()), None, "{end} of {}", whole.len());
            }
        }
        // Segments of no length, the image without a frame, and bytes that are no segment.
        for rest in [[0xff, 0xe0, 0, 0, 0, 0], [0xff, 0xda, 0, 8, 0, 0], [0, 0, 0, 0, 0, 0]] {
            assert_eq!(seen([[0xff, 0xd8, 0xff, 0xfe, 0, 2].as_slice(), &rest].concat()), None, "{rest:?}");
        }
    }
}
