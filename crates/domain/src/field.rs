//! The one error of a value that breaks its rule: it names the field and the rule, nothing of the value.

use std::borrow::Cow;

/// A field of a request breaks its rule. Its `Display` is the text of error 8001, so it never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct FieldError {
    /// The field's name as the contract spells it.
    pub field: &'static str,
    /// What the field must be, as a sentence part: "must be 1 to 100 characters".
    pub rule: Cow<'static, str>,
}

impl FieldError {
    /// A field and the rule that it breaks.
    pub fn new(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field, rule: rule.into() }
    }
}
