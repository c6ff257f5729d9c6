//! The secrets of an installation: given by the configuration, or one file in the data directory, made on first use,
//! readable by its owner only. Nodes that share a database share these as well.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ringtrue_engine::ports::EntropySource;
use serde::{Deserialize, Serialize};

const FILE: &str = "keys.json";

/// The secrets of an installation. Whoever has them and the database can read everything.
pub(crate) struct Keys {
    /// Wraps the projects' data keys.
    pub(crate) master: [u8; 32],
    /// Keys the hashes that records are looked up by.
    pub(crate) lookup: [u8; 32],
    /// Keys the digests of one-time codes.
    pub(crate) pepper: [u8; 32],
    /// Sign device tokens, newest first.
    pub(crate) tokens: Vec<(String, [u8; 32])>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    master: String,
    lookup: String,
    pepper: String,
    /// Newest first; older ones are still read, so a key can be replaced without cutting off open flows.
    tokens: Vec<StoredToken>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredToken {
    kid: String,
    key: String,
}

impl Keys {
    /// Reads the key file, or makes it together with its directory.
    pub(crate) fn open(directory: &Path, entropy: &dyn EntropySource) -> anyhow::Result<Self> {
        match Self::find(directory)? {
            Some(keys) => Ok(keys),
            None => Self::make(directory, entropy),
        }
    }

    /// Reads the key file, if there is one.
    pub(crate) fn find(directory: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(directory);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).with_context(|| path.display().to_string()).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// Makes the key file together with its directory.
    pub(crate) fn make(directory: &Path, entropy: &dyn EntropySource) -> anyhow::Result<Self> {
        let path = Self::path(directory);
        let text = Self::create(directory, &path, entropy)?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Where the key file of a data directory is.
    pub(crate) fn path(directory: &Path) -> PathBuf {
        directory.join(FILE)
    }

    /// Reads what stands in a key file. Errors quote nothing of it.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let stored: Stored = serde_json::from_str(text)
            .map_err(|error| anyhow!("cannot be understood (line {})", error.line()))?;
        if stored.version != 1 {
            bail!("is of version {}, this binary knows version 1", stored.version);
        }
        let key = |text: &str| decode(text).context("holds a damaged key");
        let token = |token: &StoredToken| Ok((token.kid.clone(), key(&token.key)?));
        Ok(Self {
            master: key(&stored.master)?,
            lookup: key(&stored.lookup)?,
            pepper: key(&stored.pepper)?,
            tokens: stored.tokens.iter().map(token).collect::<anyhow::Result<_>>()?,
        })
    }

    fn create(directory: &Path, path: &Path, entropy: &dyn EntropySource) -> anyhow::Result<String> {
        let fresh = || {
            let mut bytes = [0_u8; 32];
            entropy.fill(&mut bytes);
            STANDARD.encode(bytes)
        };
        let stored = Stored {
            version: 1,
            master: fresh(),
            lookup: fresh(),
            pepper: fresh(),
            tokens: vec![StoredToken { kid: "1".to_owned(), key: fresh() }],
        };
        let text = serde_json::to_string_pretty(&stored)? + "\n";
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .with_context(|| format!("{} cannot be created", directory.display()))?;
        write_private(path, &text)?;
        // Another process may have been first; what stands in the file counts.
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    }
}

/// Writes a file that only its owner can read, whole or not at all. An existing file stays.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all(),
        }
    })();
    let _ = fs::remove_file(&draft);
    written.with_context(|| format!("{} cannot be written", path.display()))
}

fn decode(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = STANDARD.decode(text)?;
    <[u8; 32]>::try_from(bytes.as_slice()).context("a key has 32 bytes")
}
