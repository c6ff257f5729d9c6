//! The one error of a connector's configuration.

use std::borrow::Cow;

/// A key of a connector's configuration breaks its rule. It holds nothing of the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {rule}")]
pub struct ConfigError {
    /// The key, relative to the connector's section: `headers.Authorization`.
    pub key: Cow<'static, str>,
    /// What the value must be, as a sentence part: "must not be empty".
    pub rule: &'static str,
}

impl ConfigError {
    /// A key and the rule that it breaks.
    pub(crate) fn new(key: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self { key: key.into(), rule }
    }
}
