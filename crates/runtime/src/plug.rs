//! What the runtime asks of the layer above it.

use baton_agents::SharedDispatcher;
use baton_model::Failure;
use baton_model::plan::Workspace;

/// Finds out who works on a stage.
pub trait AgentResolver: Send + Sync {
    /// The dispatcher behind a reference such as `agent:reviewer`, as the
    /// run's workspace has it. The failure becomes the attempt's.
    fn resolve(&self, workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure>;
}
