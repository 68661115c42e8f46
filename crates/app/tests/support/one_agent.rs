//! A plug with nothing but one agent, for tests and benches.

use std::sync::Arc;

use async_trait::async_trait;
use baton_agents::SharedDispatcher;
use baton_model::plan::Workspace;
use baton_model::{Edit, Failure, Plan, StageId, Value};
use baton_runtime::{AgentResolver, HookRequest, Plug};

/// Whoever is named, it is this agent.
pub(crate) struct OneAgent(pub(crate) SharedDispatcher);

impl AgentResolver for OneAgent {
    fn resolve(&self, _: &Workspace, _: &str) -> Result<SharedDispatcher, Failure> {
        Ok(Arc::clone(&self.0))
    }
}

#[async_trait]
impl Plug for OneAgent {
    fn compile_edits(&self, _: &Plan, _: &[StageId], _: &[Value]) -> Result<Vec<Edit>, String> {
        Err("no agent here edits its run".to_owned())
    }

    async fn run_hook(&self, _: &Plan, _: &HookRequest) -> Result<(), String> {
        Err("no workflow here has hooks".to_owned())
    }
}
