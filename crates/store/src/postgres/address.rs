//! Where the database is: `postgres://user:password@host/database?sslmode=…`.

use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::{
    Config,
    config::{Host, SslMode, TargetSessionAttrs},
};

use super::{PostgresOptions, tls::Trust};

/// A database's URL, taken apart. Neither `Display` nor `Debug` shows the password, nor does any error.
#[derive(Clone)]
pub struct PostgresAddress {
    config: Config,
    trust: Trust,
}

/// Why a URL is not the address of a database. Never quotes the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Another scheme, or none.
    #[error("must begin with postgres:// or postgresql://")]
    Scheme,
    /// Not a URL that PostgreSQL's clients know.
    #[error("is not the URL of a PostgreSQL database")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No host and no socket directory.
    #[error("names no host")]
    NoHost,
    /// No database.
    #[error("names no database")]
    NoDatabase,
    /// An `sslmode` that is not kept.
    #[error("sslmode={0} is not known: disable, prefer, require, verify-full")]
    SslMode(String),
    /// A mode that would check the chain of certificates and not the name.
    #[error("sslmode=verify-ca is not supported: verify-full checks the host's name as well")]
    VerifyCa,
    /// Certificates to trust, and a mode that would not look at them.
    #[error("sslrootcert needs sslmode=verify-full")]
    UnusedRoot,
    /// `verify-full` with nothing to trust.
    #[error("sslmode=verify-full needs sslrootcert, the path of a file with the certificates to trust")]
    NoRoot,
    /// Certificates that cannot be read.
    #[error("sslrootcert {path} cannot be used")]
    Root {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl PostgresAddress {
    /// Whether a text is meant as a database's URL.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// How to connect, with what the options say about time.
    pub(super) fn config(&self, options: &PostgresOptions) -> Config {
        let mut config = self.config.clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.connect_timeout);
        }
        if config.get_application_name().is_none() {
            config.application_name("ringtrue");
        }
        // A standby would refuse writes and answer reads that are behind.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        // The other machine may vanish without a word.
        config.keepalives_idle(options.statement_timeout);
        config.keepalives_interval(options.statement_timeout);
        config.keepalives_retries(2);
        config.tcp_user_timeout(options.statement_timeout * 3);
        config
    }

    pub(super) fn trust(&self) -> &Trust {
        &self.trust
    }
}

impl FromStr for PostgresAddress {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        if !Self::is_meant(url) {
            return Err(AddressError::Scheme);
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        // These two are ours: the client library knows neither verify-full nor certificates to trust.
        let (mut mode, mut root, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
            match decoded {
                Some((key, value)) if key == "sslmode" => mode = Some(value.into_owned()),
                Some((key, value)) if key == "sslrootcert" => root = Some(PathBuf::from(value.into_owned())),
                _ => rest.push(pair),
            }
        }
        let plain = format!("{base}?{}", rest.join("&"));
        let plain = plain.trim_end_matches('?');
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| {
            // The source says which part is wrong and quotes no value.
            AddressError::Malformed(error.into())
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(AddressError::NoHost);
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::NoDatabase);
        }
        let trust = match (mode.as_deref(), root) {
            (Some("verify-full"), Some(path)) => Trust::file(path)?,
            (Some("verify-full"), None) => return Err(AddressError::NoRoot),
            (Some("verify-ca"), _) => return Err(AddressError::VerifyCa),
            (None | Some("disable" | "prefer" | "require"), Some(_)) => {
                return Err(AddressError::UnusedRoot);
            }
            (None | Some("disable" | "prefer" | "require"), None) => Trust::Anybody,
            (Some(other), _) => return Err(AddressError::SslMode(other.to_owned())),
        };
        config.ssl_mode(match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-full") => SslMode::Require,
            _ => SslMode::Prefer,
        });
        Ok(Self { config, trust })
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            if number > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(number).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        let error = url.parse::<PostgresAddress>().unwrap_err();
        let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
        format!("{error}{}", source.unwrap_or_default())
    }

    #[test]
    fn the_password_is_shown_nowhere() {
        let url = "postgres://app:geheim@db.example:6432/ringtrue?sslmode=require&application_name=x";
        let address: PostgresAddress = url.parse().unwrap();
        assert_eq!(address.to_string(), "postgres://db.example:6432/ringtrue");
        assert_eq!(format!("{address:?}"), "PostgresAddress(postgres://db.example:6432/ringtrue)");
        for url in [
            "mysql://app:geheim@db/x",
            "postgres://app:geheim@db/x?geheim=1&connect_timeout=geheim",
            "postgres://app:geheim@db:geheim/x",
            "postgres://app:geheim@db:99999/x",
            "postgres://app:geheim@/x",
            "postgres://app:geheim%ZZ@db/x?port=geheim",
        ] {
            let text = refused(url);
            assert!(!text.contains("geheim@") && !text.contains(":geheim"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        assert_eq!(refused("host=db"), "must begin with postgres:// or postgresql://");
        assert_eq!(refused("postgres:///x"), "names no host");
        assert_eq!(refused("postgres://db"), "names no database");
        let with = |query: &str| refused(&format!("postgres://db/x?{query}"));
        assert!(with("sslmode=verify-ca").contains("verify-full checks the host's name"));
        assert!(with("sslmode=allow").contains("sslmode=allow is not known"));
        assert!(with("sslmode=verify-full").contains("needs sslrootcert"));
        assert!(with("sslmode=require&sslrootcert=/x").contains("needs sslmode=verify-full"));
        assert!(with("sslmode=verify-full&sslrootcert=%2Fno%2Fsuch").starts_with("sslrootcert /no/such "));
    }

    #[test]
    fn several_hosts_and_sockets_are_fine() {
        let several: PostgresAddress = "postgresql://a:1,b:2/x".parse().unwrap();
        assert_eq!(several.to_string(), "postgres://a:1,b:2/x");
        let socket: PostgresAddress = "postgres:///x?host=/run/db&user=u".parse().unwrap();
        assert_eq!(socket.to_string(), "postgres:///run/db/x");
    }
}
