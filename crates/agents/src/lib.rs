//! Calls an agent and reports what came back, and carries out hooks; knows
//! nothing of runs.

#![warn(missing_docs)]

mod assistant;
pub mod attempt_files;
pub mod attempt_processes;
mod clock;
pub mod command;
pub mod config;
pub mod dispatcher;
mod egress;
mod finder;
pub mod hooks;
pub mod hub;
mod inquiry;
mod log;
mod process_table;
mod registry;
mod result;
mod secrets;
pub mod shim;
pub mod simulated;
mod sweep;
#[cfg(test)]
mod testing;

pub use assistant::{
    AssistantConfig, AssistantDispatcher, OutputForm, Shelves, chosen_session, is_session_name,
    session_of_attempt,
};
pub use command::{CommandConfig, CommandDispatcher, ProcessHost};
pub use config::{
    AdapterConfig, Agents, Auth, Config, ConfigError, Limits, NotifyTargets, RateLimit, Resolved,
    ServerSettings, TlsFiles, Unresolved,
};
pub use dispatcher::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Feedback, Handoff, Recovery,
    SharedDispatcher, SpentCell, StageDispatcher, Work,
};
pub use finder::AttemptFinder;
pub use hooks::{HookCall, HookError, HookRunner};
pub use hub::{AbsentAgent, HubConfig, HubDispatcher, LocalAgent};
pub use registry::AgentRegistry;
pub use secrets::Secrets;
pub use shim::OnOrphan;
pub use simulated::{SimulatedConfig, SimulatedDispatcher};
pub use sweep::{runs_with_files, sweep};
