//! One runner of a connection at a time, and always the same one until it is handed over.
//!
//! Two things keep others away. A lock on a file beside the database ends with its process, however that ends: so
//! whoever starts again after a crash need not wait. A name in the database says to whom the connection belongs, also
//! while nobody runs; handing it over is an explicit step.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use sqlx::Row as _;

use super::{Connection, Failure, Product, Result, Store};

/// Nobody else works with the database while this is kept.
pub(super) struct Alone {
    _lock: Option<File>,
}

impl<P: Product> Connection<P> {
    /// Makes sure that nobody else runs this connection.
    pub(super) async fn own(&self) -> Result<Alone> {
        let lock = match &self.setup.store {
            Store::File(file) => Some(lock(file)?),
            Store::ReadOnly(_) | Store::Memory => None,
        };
        let runner = &self.setup.runner;
        // There is a row for the connection since it was opened.
        let statement = match self.setup.take_over {
            true => "UPDATE sync_connection SET runner = ? WHERE label = ?",
            false => "UPDATE sync_connection SET runner = coalesce(runner, ?) WHERE label = ?",
        };
        let pool = &self.database.pool;
        sqlx::query(statement)
            .bind(runner)
            .bind(&self.setup.label)
            .execute(pool)
            .await?;
        let row = sqlx::query("SELECT runner FROM sync_connection WHERE label = ?")
            .bind(&self.setup.label)
            .fetch_optional(pool)
            .await?;
        let owner: Option<String> = row.and_then(|row| row.get("runner"));
        match owner {
            Some(owner) if owner != *runner => Err(Failure::run(format!(
                "the connection {:?} belongs to the runner {owner:?}; nothing was done. To hand it over: --runner {runner} --take-over",
                self.setup.label
            ))),
            _ => Ok(Alone { _lock: lock }),
        }
    }
}

/// Which HR a connection follows.
impl<P: Product> Connection<P> {
    /// Binds the connection to its HR at the first run, and makes sure later that it is still the same.
    pub(super) async fn follow_hr(&self) -> Result<()> {
        self.same_hr().await?;
        sqlx::query("UPDATE sync_connection SET hr = coalesce(hr, ?) WHERE label = ?")
            .bind(&self.setup.hr)
            .bind(&self.setup.label)
            .execute(&self.database.pool)
            .await?;
        Ok(())
    }

    /// Refuses another HR than the one that the connection follows: its people would take the place of ours.
    pub(super) async fn same_hr(&self) -> Result<()> {
        let row = sqlx::query("SELECT hr FROM sync_connection WHERE label = ?")
            .bind(&self.setup.label)
            .fetch_optional(&self.database.pool)
            .await?;
        let followed: Option<String> = row.and_then(|row| row.get("hr"));
        match (followed, &self.setup.hr) {
            (Some(followed), Some(hr)) if followed != *hr => Err(Failure::usage(format!(
                "the connection {:?} follows {followed}, and this is {hr}; nothing was done. Give the arguments and the \
                 credential of its own HR, or another --db; `{} disconnect` ends it",
                self.setup.label,
                P::NAME
            ))),
            _ => Ok(()),
        }
    }
}

fn lock(database: &Path) -> Result<File> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| {
            format!(
                "cannot open the lock {}: {error}",
                Path::new(&path).display()
            )
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::run(format!(
            "another process is syncing {}; nothing was done",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
