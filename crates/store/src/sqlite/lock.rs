//! One server per directory.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// Held while a server runs on a directory; given back when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct ServerLock {
    #[expect(dead_code, reason = "its existence is the lock")]
    file: File,
    dir: PathBuf,
}

/// Why a directory could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server has it.
    #[error("another server runs on {dir}")]
    Held {
        /// The directory.
        dir: PathBuf,
    },
    /// The lock file cannot be used.
    #[error("cannot lock {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ServerLock {
    /// Locks `dir`, creating it if needed.
    pub fn acquire(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join("lock");
        let failed = |source| LockError::Io { path: path.clone(), source };
        super::connection::private_dir(dir).map_err(failed)?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, dir: dir.to_owned() }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(LockError::Io { path, source }),
        }
    }
    /// The directory that is locked.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}
