//! Files and connections.

use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{OpenError, SqliteOptions};

const FILE: &str = "ringtrue.db";

/// The database file of a directory.
pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// Creates directory and file where missing, for their owner only. SQLite gives its log the file's permissions.
pub(super) fn create(dir: &Path) -> Result<PathBuf, OpenError> {
    private_dir(dir).map_err(|source| OpenError::Create { path: dir.to_owned(), source })?;
    let path = file(dir);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(OpenError::Create { path, source }),
    }
}

/// Creates a directory, if it is missing, that only its owner can look into.
pub(super) fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The connection that writes. Every commit is on disk when it returns (`synchronous=FULL`).
pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    let set = || {
        write_ahead(&connection)?;
        connection.pragma_update(None, "cache_size", -2000)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(())
    };
    set().map_err(|source| OpenError::Open { path: path.to_owned(), source })?;
    Ok(connection)
}

/// A connection that checkpoints; it reads the log, not the database, so it needs no cache to speak of.
pub(super) fn checkpointer(path: &Path, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    let set = || {
        connection.pragma_update(None, "cache_size", -64)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    };
    set().map_err(|source| OpenError::Open { path: path.to_owned(), source })?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path, options: &SqliteOptions) -> Result<Connection, OpenError> {
    // Not SQLITE_OPEN_READ_ONLY: reading a write-ahead log takes write access to its index.
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    let set = || {
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -400)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(())
    };
    set().map_err(|source| OpenError::Open { path: path.to_owned(), source })?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(options.busy_millis.into()))?;
        // Plans that depend on bound values would be made anew at each call.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Every rule of the schema is in its statements; units may write a flow's parts in any order.
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    };
    opened().map_err(|source| OpenError::Open { path: path.to_owned(), source })
}

/// Switches to the write-ahead log. SQLite does not wait for others here, so we do.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut patience = 100;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match switched {
            Err(error) if patience > 0 && is_busy(&error) => {
                patience -= 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            other => return other,
        }
    }
}

/// Whether somebody else was in the way.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}
