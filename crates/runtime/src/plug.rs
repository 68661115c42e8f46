//! What the runtime asks of the layers above it.

use async_trait::async_trait;
use baton_agents::SharedDispatcher;
use baton_engine::HookRequest;
use baton_model::plan::Workspace;
use baton_model::{Edit, Failure, Plan, Value};

/// Finds out who works on a stage.
pub trait AgentResolver: Send + Sync {
    /// The dispatcher behind a reference such as `agent:reviewer`, as the
    /// run's workspace has it. The failure becomes the attempt's.
    fn resolve(&self, workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure>;
}

/// All that a run needs beyond its store and its clock.
#[async_trait]
pub trait Plug: AgentResolver {
    /// Makes edits of what an agent wrote. `plan` holds the stages as they
    /// are now. The text says everything that is wrong with them.
    fn compile_edits(&self, plan: &Plan, proposed: &[Value]) -> Result<Vec<Edit>, String>;

    /// Carries out an action of a hook and waits for its end, which comes
    /// within a time of its own. The text says what went wrong.
    async fn run_hook(&self, plan: &Plan, hook: &HookRequest) -> Result<(), String>;
}
