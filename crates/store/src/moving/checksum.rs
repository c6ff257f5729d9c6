//! A checksum of a table that does not depend on the order of its rows.

use aws_lc_rs::digest::{Context, SHA256};

use crate::sql::Value;

/// The sum of the rows' SHA-256, as four numbers of 64 bits. Keys are unique, so no two rows cancel out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checksum([u64; 4]);

impl Checksum {
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut digest = Context::new(&SHA256);
        for value in row {
            let (tag, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Int(number) => (1, &number.to_le_bytes()),
                Value::Blob(bytes) => (2, bytes),
                Value::Text(text) => (3, text.as_bytes()),
            };
            // With its length, so that no two rows have the same bytes.
            digest.update(&[tag]);
            digest.update(&(bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
        let digest = digest.finish();
        for (sum, part) in self.0.iter_mut().zip(digest.as_ref().as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*part));
        }
    }
}

impl std::fmt::Display for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "{part:016x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Value]]) -> Checksum {
        let mut sum = Checksum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn order_does_not_matter_and_content_does() {
        let (one, two) = ([Value::Int(1), Value::Null], [Value::Text("ab".into()), Value::Text("c".into())]);
        let other = [Value::Text("a".into()), Value::Text("bc".into())];
        assert_eq!(of(&[&one, &two]), of(&[&two, &one]));
        assert_ne!(of(&[&one, &two]), of(&[&one, &other]));
        assert_ne!(of(&[&[Value::Text("a".into())]]), of(&[&[Value::Blob(vec![b'a'])]]));
        assert_eq!(of(&[&one]).to_string().len(), 64);
    }
}
