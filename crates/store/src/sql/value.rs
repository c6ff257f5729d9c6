//! Values on their way into and out of a database.

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, DeliveryId, EventId, FlowId, IdentityId, JobId, ProjectId,
    flow::Environment,
    member::{AccessKeyId, AdminEntryId, InvitationId, MemberId, SessionId},
    secret::Digest,
};

use crate::seal::Mark;

/// What a column can hold.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Ids (16 bytes), digests (32), keyed hashes (16), sealed bodies.
    Blob(Vec<u8>),
    /// Numbers, instants in microseconds, truth as 0 and 1.
    Int(i64),
    /// Plain JSON.
    Text(String),
    /// Absent.
    Null,
}

impl std::fmt::Debug for Value {
    /// Only the kind: values may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Blob(_) => "Blob(…)",
            Self::Int(_) => "Int(…)",
            Self::Text(_) => "Text(…)",
            Self::Null => "Null",
        })
    }
}

macro_rules! ids {
    ($($name:ident)*) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Blob(id.as_bytes().to_vec())
            }
        }

        impl Column for $name {
            fn read(value: Value) -> anyhow::Result<Self> {
                Column::read(value).map(Self::from_bytes)
            }
        }
    )*};
}

ids! {
    FlowId IdentityId ProjectId CredentialId JobId EventId DeliveryId MemberId SessionId InvitationId AccessKeyId AdminEntryId
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(truth.into())
    }
}

impl From<Environment> for Value {
    fn from(environment: Environment) -> Self {
        Self::from(environment == Environment::Sandbox)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.as_microsecond())
    }
}

impl From<Digest> for Value {
    fn from(digest: Digest) -> Self {
        Self::Blob(digest.as_bytes().to_vec())
    }
}

impl From<[u8; 16]> for Value {
    fn from(bytes: [u8; 16]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Int(count.into())
    }
}

impl From<Mark> for Value {
    fn from(mark: Mark) -> Self {
        Self::Blob(mark.as_bytes().to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A count for `limit`, or one that was read as `u64`.
impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A type that a column can be read as.
pub(crate) trait Column: Sized {
    /// Reads it; the error tells what was there instead, never the value.
    fn read(value: Value) -> anyhow::Result<Self>;
}

impl Column for Vec<u8> {
    fn read(value: Value) -> anyhow::Result<Self> {
        match value {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(anyhow!("{other:?} instead of bytes")),
        }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(value: Value) -> anyhow::Result<Self> {
        let bytes = Vec::<u8>::read(value)?;
        bytes.try_into().map_err(|bytes: Vec<u8>| anyhow!("{} bytes instead of {N}", bytes.len()))
    }
}

impl Column for i64 {
    fn read(value: Value) -> anyhow::Result<Self> {
        match value {
            Value::Int(number) => Ok(number),
            other => Err(anyhow!("{other:?} instead of a number")),
        }
    }
}

impl Column for u64 {
    fn read(value: Value) -> anyhow::Result<Self> {
        i64::read(value)?.try_into().context("a negative count")
    }
}

impl Column for u32 {
    fn read(value: Value) -> anyhow::Result<Self> {
        i64::read(value)?.try_into().context("a count out of range")
    }
}

impl Column for bool {
    fn read(value: Value) -> anyhow::Result<Self> {
        Ok(i64::read(value)? != 0)
    }
}

impl Column for Environment {
    fn read(value: Value) -> anyhow::Result<Self> {
        Ok(if bool::read(value)? { Self::Sandbox } else { Self::Production })
    }
}

impl Column for Timestamp {
    fn read(value: Value) -> anyhow::Result<Self> {
        Self::from_microsecond(i64::read(value)?).context("an instant out of range")
    }
}

impl Column for String {
    fn read(value: Value) -> anyhow::Result<Self> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(anyhow!("{other:?} instead of text")),
        }
    }
}

impl Column for Digest {
    fn read(value: Value) -> anyhow::Result<Self> {
        Column::read(value).map(Self::from_bytes)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value) -> anyhow::Result<Self> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }
}

/// A row, read column by column in the order of the statement.
#[derive(Debug, Clone)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row of these columns.
    pub fn new(columns: Vec<Value>) -> Self {
        Self(columns.into_iter())
    }

    /// The next column.
    pub(crate) fn take<T: Column>(&mut self) -> anyhow::Result<T> {
        T::read(self.0.next().ok_or_else(|| anyhow!("a column is missing"))?)
    }
}
