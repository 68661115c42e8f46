//! Calls an agent and reports what came back; knows nothing of runs.

#![warn(missing_docs)]

pub mod attempt_files;
mod clock;
pub mod command;
pub mod config;
pub mod dispatcher;
mod log;
mod process_table;
mod registry;
mod result;
pub mod shim;
pub mod simulated;
mod sweep;

pub use command::{CommandConfig, CommandDispatcher, ProcessHost};
pub use config::{AdapterConfig, Agents, Config, ConfigError, Limits, Resolved, Unresolved};
pub use dispatcher::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Recovery, SharedDispatcher,
    StageDispatcher,
};
pub use registry::AgentRegistry;
pub use shim::OnOrphan;
pub use simulated::{SimulatedConfig, SimulatedDispatcher};
pub use sweep::sweep;
