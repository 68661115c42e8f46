//! The engine, driven without a database, a clock or an agent.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod costs;
mod harness;
mod laws;
mod ledger;
mod random;
mod semantics;
mod state_machine;
mod stored_logs;
