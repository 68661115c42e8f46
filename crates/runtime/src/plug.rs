//! What the runtime asks of the layers above it.

use async_trait::async_trait;
use baton_agents::SharedDispatcher;
use baton_agents::attempt_processes::{Killed, Processes};
use baton_engine::HookRequest;
use baton_model::plan::Workspace;
use baton_model::{AttemptKey, Edit, Failure, Plan, StageId, Value};

/// A reference, or a pattern of them, and the file that says who works for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Such as `agent:reviewer` or `agent:*`.
    pub reference: String,
    /// Where the file lies.
    pub file: String,
}

/// Finds out who works on a stage.
pub trait AgentResolver: Send + Sync {
    /// The dispatcher behind a reference such as `agent:reviewer`, as the
    /// run's workspace has it. The failure becomes the attempt's.
    fn resolve(&self, workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure>;

    /// The references that somebody works for because a file of the workspace
    /// says so.
    fn named(&self, _workspace: &Workspace) -> Result<Vec<Named>, Failure> {
        Ok(Vec::new())
    }

    /// Secrets that a run of this plan needs and that cannot be had here: each
    /// in words, with its name and who names it.
    fn missing_secrets(&self, _plan: &Plan) -> Vec<String> {
        Vec::new()
    }

    /// Who finds out what became of an attempt that an earlier server began.
    ///
    /// What that server started goes on whatever the configuration says now: a
    /// resolver whose agents leave something behind looks for that first.
    fn finder(&self, workspace: &Workspace, artifact: &str, _begun: &AttemptKey) -> Finder {
        match self.resolve(workspace, artifact) {
            Ok(dispatcher) => Finder::Dispatcher(dispatcher),
            Err(_nobody) => Finder::Nobody,
        }
    }

    /// The processes of an attempt that is at work, where it has some and they
    /// are on this machine.
    fn processes(&self, _attempt: &AttemptKey) -> Option<Processes> {
        None
    }

    /// Ends the processes of an attempt at once; the attempt then ends like
    /// one whose program died.
    fn kill(&self, _attempt: &AttemptKey) -> Killed {
        Killed::default()
    }
}

/// Who finds out what became of an attempt.
pub enum Finder {
    /// This one.
    Dispatcher(SharedDispatcher),
    /// Nobody has to: it has left nothing, and nobody works on its stage now.
    Nobody,
    /// Nobody can say while the configuration cannot be read.
    Unknown(Failure),
}

/// All that a run needs beyond its store and its clock.
#[async_trait]
pub trait Plug: AgentResolver {
    /// Makes edits of what an agent wrote. `plan` holds the stages as they
    /// are now, and those that were deleted; `live` names the former. The text
    /// says everything that is wrong with them.
    fn compile_edits(
        &self,
        plan: &Plan,
        live: &[StageId],
        proposed: &[Value],
    ) -> Result<Vec<Edit>, String>;

    /// Carries out an action of a hook and waits for its end, which comes
    /// within a time of its own. The text says what went wrong.
    async fn run_hook(&self, plan: &Plan, hook: &HookRequest) -> Result<(), String>;
}
