//! Calls an agent and reports what came back, and carries out hooks; knows
//! nothing of runs.

#![warn(missing_docs)]

pub mod attempt_files;
mod clock;
pub mod command;
pub mod config;
pub mod dispatcher;
mod egress;
pub mod hooks;
mod inquiry;
mod log;
mod process_table;
mod registry;
mod result;
pub mod shim;
pub mod simulated;
mod sweep;
#[cfg(test)]
mod testing;

pub use command::{CommandConfig, CommandDispatcher, ProcessHost};
pub use config::{
    AdapterConfig, Agents, Auth, Config, ConfigError, Limits, NotifyTargets, RateLimit, Resolved,
    ServerSettings, TlsFiles, Unresolved,
};
pub use dispatcher::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Feedback, Handoff, Recovery,
    SharedDispatcher, StageDispatcher, Work,
};
pub use hooks::{HookCall, HookError, HookRunner};
pub use registry::AgentRegistry;
pub use shim::OnOrphan;
pub use simulated::{SimulatedConfig, SimulatedDispatcher};
pub use sweep::{runs_with_files, sweep};
