//! Whether a file is a whole database of ours that the keys open.

use std::path::Path;

use rusqlite::Connection;

use super::{BackupError, BackupFacts};
use crate::{
    seal::{Owner, StoreKeys, Unlocker},
    sqlite::migrate,
};

/// Bytes from which only the quick check is made: the thorough one looks up every row in every index, which takes
/// minutes per gigabyte on a slow disk.
const LARGE: u64 = 1 << 30;

/// `path` is for messages.
pub(super) fn verify(
    connection: &Connection,
    path: &Path,
    keys: &StoreKeys,
) -> Result<BackupFacts, BackupError> {
    let path = || path.to_owned();
    let read = |source: rusqlite::Error| BackupError::Read { path: path(), source: source.into() };
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(read);
    let pages = number("PRAGMA page_count")?;
    let bytes = u64::try_from(pages.saturating_mul(number("PRAGMA page_size")?)).unwrap_or_default();
    let schema =
        migrate::version(connection).map_err(|source| BackupError::Schema { path: path(), source })?;
    if schema == 0 {
        return Err(BackupError::Foreign { path: path() });
    }
    let check = if bytes < LARGE { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
    // Its text may quote what is stored.
    if connection.query_row(check, [], |row| row.get::<_, String>(0)).map_err(read)? != "ok" {
        return Err(BackupError::Damaged { path: path() });
    }
    let unlocker = Unlocker::new(keys);
    let mut statement = connection.prepare("SELECT owner, wrapped FROM data_keys").map_err(read)?;
    let wrapped = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(read)?;
    for row in wrapped {
        let (owner, wrapped): (Owner, Vec<u8>) = row.map_err(read)?;
        unlocker.open(&owner, wrapped).map_err(|_| BackupError::WrongKeys { path: path() })?;
    }
    Ok(BackupFacts { bytes, schema })
}
