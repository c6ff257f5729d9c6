//! Which store: the embedded one, or a database that several nodes share.

use std::{fmt, str::FromStr};

use anyhow::{Context as _, bail};
use ringtrue_store::PostgresAddress;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Where everything is kept. Neither `Debug` nor an error shows the password of a database.
#[derive(Debug, Clone, Default)]
pub(crate) enum StoreKind {
    /// SQLite in the data directory.
    #[default]
    Embedded,
    /// A PostgreSQL database.
    Postgres(Box<PostgresAddress>),
}

impl FromStr for StoreKind {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "embedded" {
            return Ok(Self::Embedded);
        }
        if !PostgresAddress::is_meant(text) {
            bail!("must be embedded, or the URL of a database that begins with postgres://");
        }
        Ok(Self::Postgres(Box::new(text.parse().context("the URL of the database")?)))
    }
}

impl<'de> Deserialize<'de> for StoreKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: anyhow::Error| D::Error::custom(format!("{error:#}")))
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded"),
            Self::Postgres(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let store: StoreKind = "postgres://app:geheim@db.example/ringtrue".parse().unwrap();
        assert_eq!(store.to_string(), "postgres://db.example:5432/ringtrue");
        assert!(!format!("{store:?}").contains("geheim"));
        for bad in
            ["mysql://app:geheim@db/x", "postgres://app:geheim@db", "postgres://app:geheim@db/x?sslmode=y"]
        {
            let error = format!("{:#}", bad.parse::<StoreKind>().unwrap_err());
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
