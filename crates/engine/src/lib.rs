//! Given a run's state and a command, what happens.
//!
//! [`decide`] chooses and changes nothing; [`apply`] changes and chooses
//! nothing; [`replay`] rebuilds a state from its log; [`transition`] is the
//! three together for one command. Pure: the same input gives the same output,
//! so the shell may call it again after a conflict or a crash.
//!
//! Deliberately absent: clocks (time is an argument), ids and randomness
//! (they come with the first event), storage, agents, async.

#![warn(
    missing_docs,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    clippy::panic
)]

pub mod apply;
pub mod decide;
mod graph;
mod handoff;
mod hooks;
pub mod invariants;
mod outputs;
pub mod pending;
mod request;
pub mod rerun;
mod retry;
mod scope;
pub mod state;
pub mod table;
mod topology;
pub mod transition;

pub use apply::{IllegalEvent, apply, replay};
pub use decide::{Decision, Outcome, Rejection, decide};
pub use graph::EditError;
pub use handoff::Handoff;
pub use hooks::HookRequest;
pub use pending::{Effect, is_idle, next_deadline, pending_effects, startable};
pub use request::{StageRequest, secrets_of};
pub use rerun::{Rerun, rerun};
pub use state::{
    Asked, Draft, Feedback, GateState, Handed, RunState, Shape, StageIndex, StageState, Talk,
    Tally, Work,
};
pub use transition::{Transition, create, transition};
