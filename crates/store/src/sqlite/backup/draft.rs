//! A file that appears under its name when it is complete.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::BackupError;

/// A file beside its future place; removed when dropped. A killed process leaves it there, under a name that says so.
#[derive(Debug)]
pub(super) struct Draft(PathBuf);

impl Draft {
    /// Makes an empty file that only its owner can read.
    pub(super) fn create(target: &Path) -> Result<Self, BackupError> {
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let draft = PathBuf::from(name);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
        match made {
            Ok(_) => Ok(Self(draft)),
            Err(source) => Err(BackupError::Write { path: target.to_owned(), source }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Puts it on disk and gives it its name, at once. No connection may have it open any more.
    pub(super) fn publish(self, target: &Path, replace: bool) -> Result<(), BackupError> {
        let publish = || {
            File::open(&self.0)?.sync_all()?;
            if replace {
                fs::rename(&self.0, target)?;
            } else {
                // Unlike a rename, it never replaces what somebody put there meanwhile.
                fs::hard_link(&self.0, target)?;
            }
            File::open(parent(target))?.sync_all()
        };
        publish().map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists { path: target.to_owned() },
            _ => BackupError::Write { path: target.to_owned(), source },
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            // Most of them are not there.
            let _ = fs::remove_file(name);
        }
    }
}

/// The directory that a file is in.
pub(super) fn parent(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
