//! Data keys: read or made on first use, then kept open in memory.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    driver::{DbError, Driver, Stmt, WriteError},
    text,
    value::Row,
};
use crate::seal::{DataKey, Owner, SERVER, SealError, StoreKeys, Unlocker, WrongKeys};

/// Open keys kept at most; about 0.5 KiB each.
const KEPT: usize = 4096;

/// Why a data key is not there, or a value could not be sealed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("a data key could not be read or written")]
    Database(#[source] DbError),
    #[error("a data key does not open")]
    Wrong(#[source] WrongKeys),
    #[error("a value could not be sealed")]
    Seal(#[from] SealError),
}

impl KeyError {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(super) fn json(error: serde_json::Error) -> Self {
        Self::Seal(SealError::Json((&error).into()))
    }
}

/// The server's keys and every data key opened so far. A data key never changes once stored, so it is the one thing
/// that may be cached although other processes write.
pub(super) struct Keyring {
    unlocker: Unlocker,
    open: RwLock<HashMap<Owner, Arc<DataKey>>>,
}

impl Keyring {
    /// Opens or makes the server's own data key, which tells whether `keys` belong to this database.
    pub(super) async fn unlock<D: Driver>(keys: &StoreKeys, driver: &D) -> Result<Self, KeyError> {
        let keyring = Self { unlocker: Unlocker::new(keys), open: RwLock::default() };
        keyring.make(SERVER, driver).await?;
        Ok(keyring)
    }

    /// The key of an owner; `None` when nothing was ever sealed for it.
    pub(super) async fn find<D: Driver>(
        &self,
        owner: Owner,
        driver: &D,
    ) -> Result<Option<Arc<DataKey>>, KeyError> {
        let known = self.open.read().unwrap_or_else(PoisonError::into_inner).get(&owner).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let query = Stmt::rows(text::DATA_KEY, [owner.into()]);
        let rows = driver.rows(query).await.map_err(KeyError::Database)?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
        let wrapped = Row::take(&mut row).map_err(|_| KeyError::Wrong(WrongKeys))?;
        let key = Arc::new(self.unlocker.open(&owner, wrapped).map_err(KeyError::Wrong)?);
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= KEPT {
            open.clear();
        }
        open.insert(owner, Arc::clone(&key));
        Ok(Some(key))
    }

    /// The key of an owner, made if it has none. When two make one at the same time, the first one stored is used by
    /// both: it is read back before anything is sealed.
    pub(super) async fn make<D: Driver>(&self, owner: Owner, driver: &D) -> Result<Arc<DataKey>, KeyError> {
        if let Some(key) = self.find(owner, driver).await? {
            return Ok(key);
        }
        let wrapped = self.unlocker.create(&owner)?;
        let unit = vec![Stmt::write(text::ADD_DATA_KEY, [owner.into(), wrapped.into()])];
        driver.write(unit).await.map_err(|error| match error {
            WriteError::Failed(error) => KeyError::Database(error),
            WriteError::Refused { .. } => KeyError::Database(DbError::Away),
        })?;
        self.find(owner, driver).await?.ok_or(KeyError::Database(DbError::Away))
    }
}
