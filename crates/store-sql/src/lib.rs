//! `SQLite` behind the storage contract.
//!
//! Relies on `baton-store` for the contract and on rusqlite, whose bundled
//! `SQLite` makes the database part of the binary. Whoever opens a store must
//! hold the lock of its directory; that is not done here.

#![warn(missing_docs)]

mod sqlite;

pub use sqlite::{
    Census, CopyError, DatabaseFile, Durability, Existing, Judge, Loss, LostWorkflow, Restoration,
    Salvage, SqliteOptions, SqliteStore, backup, finish_replacement, has_database,
    is_half_replaced,
};
