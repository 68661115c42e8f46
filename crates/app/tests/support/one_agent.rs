//! A whole engine with nothing but one agent, for tests and benches.

use std::sync::Arc;

use async_trait::async_trait;
use baton_agents::SharedDispatcher;
use baton_app::App;
use baton_model::plan::Workspace;
use baton_model::{Edit, Failure, Plan, StageId, Value};
use baton_runtime::{AgentResolver, Clock, HookRequest, Mode, Options, Plug, Runtime};
use baton_store::{FullStore, LeaseTerm, ServerId, Store};
use uuid::Uuid;

/// Starts an engine on a store, whose stages all are this agent's.
pub(crate) fn start<S: FullStore + 'static>(
    store: &Arc<S>,
    agent: SharedDispatcher,
    clock: Arc<dyn Clock>,
    processes_max: usize,
) -> (App, Runtime) {
    let plug = Arc::new(OneAgent(agent));
    let options = Options {
        mode: Mode::Execute,
        processes_max,
        server: ServerId::new(Uuid::now_v7()),
        term: LeaseTerm::Exclusive,
    };
    let runtime = Runtime::start(
        Arc::clone(store) as Arc<dyn Store>,
        Arc::clone(&plug) as Arc<dyn Plug>,
        clock,
        options,
    );
    let library = Arc::clone(store) as Arc<dyn FullStore>;
    (App::new(library, runtime.clone(), plug), runtime)
}

/// Whoever is named, it is this agent.
struct OneAgent(SharedDispatcher);

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
