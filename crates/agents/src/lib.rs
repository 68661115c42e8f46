//! Calls an agent and reports what came back; knows nothing of runs.

#![warn(missing_docs)]

pub mod dispatcher;

pub use dispatcher::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Recovery, SharedDispatcher,
    StageDispatcher,
};
