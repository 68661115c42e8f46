//! Moves runs: load, decide, commit, and only then perform.
//!
//! [`transact`] is the one door to the log. A run that has something to do is
//! kept in memory by an actor of its own; one that only waits is not.
//! Deliberately absent: what a command means (`baton-engine`), who may give
//! it (`baton-app`), how an agent is called (`baton-agents`).

mod actor;
mod attempt;
pub mod clock;
pub mod error;
pub mod feed;
mod handoffs;
mod hooks;
mod lease;
mod log_lines;
mod log_rows;
pub mod observe;
mod patience;
pub mod plug;
mod projection;
mod registry;
mod role;
pub mod runtime;
mod slots;
mod takeover;
mod timers;
pub mod transact;

pub use baton_agents::attempt_processes::{Killed, Processes};
pub use baton_agents::{chosen_session, is_session_name};
pub use baton_engine::HookRequest;
pub use baton_engine::{Outcome, Rejection};
pub use clock::{Clock, SystemClock};
pub use error::RuntimeError;
pub use feed::Progress;
pub use observe::{Observer, Unobserved};
pub use plug::{AgentResolver, Finder, Named, Plug};
pub use runtime::{Mode, Options, Runtime};
pub use slots::SlotUse;
pub use transact::{Access, NewRunSpec, RunLog, Transacted};
