//! SQLite behind the storage contract.
