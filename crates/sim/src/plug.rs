//! What a server's runtime is plugged into: agents, edits, hooks.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_agents::SharedDispatcher;
use baton_engine::HookRequest;
use baton_model::plan::Workspace;
use baton_model::{Edit, Failure, FailureLabel, Plan, StageId, Value};
use baton_runtime::{AgentResolver, Plug};

use crate::agents::{Agents, Dispatcher};
use crate::dice::Dice;
use crate::edits;
use crate::machine::Machine;
use crate::plans::AGENTS;
use crate::swarm::PerMille;
use crate::witness::Witness;

/// The longest a hook takes.
const HOOK_TAKES_MAX: Duration = Duration::from_secs(4);

/// The plug of one machine.
pub(crate) struct ServerPlug {
    pub(crate) machine: Arc<Machine>,
    pub(crate) agents: Arc<Agents>,
    pub(crate) witness: Arc<Witness>,
    pub(crate) dice: Mutex<Dice>,
    pub(crate) hook_fails: PerMille,
}

impl AgentResolver for ServerPlug {
    fn resolve(&self, _workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure> {
        let place = AGENTS.iter().position(|known| *known == artifact);
        let place =
            place.ok_or_else(|| Failure::new(FailureLabel::EXIT, "nobody has that name"))?;
        Ok(Arc::new(Dispatcher {
            agents: Arc::clone(&self.agents),
            machine: Arc::clone(&self.machine),
            takes_slot: place > 0,
        }))
    }
}

#[async_trait]
impl Plug for ServerPlug {
    fn compile_edits(
        &self,
        _plan: &Plan,
        _live: &[StageId],
        proposed: &[Value],
    ) -> Result<Vec<Edit>, String> {
        edits::compiled(proposed)
    }

    async fn run_hook(&self, _plan: &Plan, hook: &HookRequest) -> Result<(), String> {
        self.machine.gate().await;
        self.witness
            .hook_called(self.machine.id, hook.run, hook.key);
        let (takes, fails) = {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            let takes = dice.time(Duration::ZERO, HOOK_TAKES_MAX);
            (takes, dice.per_mille(self.hook_fails))
        };
        tokio::time::sleep(takes).await;
        self.machine.gate().await;
        if fails {
            Err("as drawn".to_owned())
        } else {
            Ok(())
        }
    }
}
