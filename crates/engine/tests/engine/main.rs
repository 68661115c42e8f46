//! The engine, driven without a database, a clock or an agent.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod harness;
mod histories;
mod laws;
mod ledger;
mod random;
mod stored_logs;
