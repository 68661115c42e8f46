//! What runs need from outside: who their agents are and what carries out
//! their hooks, by the `baton.toml` they name, and what their agents' edits
//! mean.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use baton_agents::attempt_processes;
use baton_agents::{
    AbsentAgent, AgentRegistry, AttemptFinder, Config, HookCall, HookRunner, HubConfig,
    HubDispatcher, LocalAgent, ProcessHost, SharedDispatcher,
};
use baton_app::project_runs::MISSING_SKILL;
use baton_app::rounds::HUB;
use baton_engine::HookRequest;
use baton_model::plan::{StageKind, Workspace};
use baton_model::{AttemptKey, Diagnostic, Edit, Failure, FailureLabel, Plan, StageId, Value};
use baton_runtime::{AgentResolver, Finder, Killed, Named, Plug, Processes};

/// What references of agents begin with.
const AGENT: &str = "agent:";

/// Who works for what is only a page, such as `.claude/agents/reviewer.md`.
const READER_OF_PAGES: &str = "agent:claude";

/// Reads each file once, and again when it changed.
pub(crate) struct ConfigResolver {
    host: ProcessHost,
    /// For runs that name no file.
    default_config: Option<PathBuf>,
    registries: Mutex<HashMap<PathBuf, Loaded>>,
    empty: AgentRegistry,
    /// The hub that the environment names.
    hub: Option<SharedDispatcher>,
    /// Knows every program of this host by its files.
    by_files: AttemptFinder,
}

struct Loaded {
    changed: Option<SystemTime>,
    registry: Arc<AgentRegistry>,
}

impl ConfigResolver {
    pub(crate) fn new(
        host: ProcessHost,
        default_config: Option<PathBuf>,
        hub: Option<HubConfig>,
    ) -> Self {
        let empty = AgentRegistry::new(Config::default(), &host);
        let by_files = AttemptFinder::new(host.clone());
        Self {
            host,
            default_config,
            registries: Mutex::default(),
            empty,
            hub: hub.map(|hub| Arc::new(HubDispatcher::new(hub)) as SharedDispatcher),
            by_files,
        }
    }

    /// The `baton.toml` that counts for a workspace.
    fn config_of<'a>(&'a self, workspace: &'a Workspace) -> Option<&'a Path> {
        let own = workspace.config.as_deref().map(Path::new);
        own.or(self.default_config.as_deref())
    }

    fn hooks(&self, workspace: &Workspace) -> Result<Arc<HookRunner>, Failure> {
        match self.config_of(workspace) {
            Some(file) => Ok(self.registry(file)?.hooks()),
            None => Ok(self.empty.hooks()),
        }
    }

    /// Who works for an agent behind the hub: that of the environment, or else
    /// an agent of this server's own.
    fn behind_hub(&self, workspace: &Workspace, agent: &str) -> SharedDispatcher {
        if let Some(hub) = &self.hub {
            return Arc::clone(hub);
        }
        let reference = format!("{AGENT}{agent}");
        match self.resolve(workspace, &reference) {
            Ok(own) => Arc::new(LocalAgent::new(reference, own)),
            Err(missing) => {
                let help = "or name a hub that has it: AGENT_HUB_URL";
                let message = format!("{}\n{help}", missing.message);
                Arc::new(AbsentAgent::new(unreachable(message)))
            }
        }
    }

    /// Who works for an agent, a skill or a command that is only a page: the
    /// program such pages are written for.
    fn of_page(&self, workspace: &Workspace, artifact: &str) -> Option<SharedDispatcher> {
        let project = workspace.directory.as_deref().map(Path::new);
        self.host.shelves.locate(project, artifact)?;
        match self.config_of(workspace).map(|file| self.registry(file)) {
            Some(Ok(registry)) => registry.usual(READER_OF_PAGES),
            Some(Err(_)) | None => self.empty.usual(READER_OF_PAGES),
        }
    }

    /// The agents of a plan that this server would call itself.
    fn agents_here<'p>(&self, plan: &'p Plan) -> BTreeSet<Cow<'p, str>> {
        let references = plan.stages.iter().filter_map(|stage| match &stage.kind {
            StageKind::Agent(agent) => Some(agent.artifact.as_str()),
            StageKind::Gate(_) => None,
        });
        let here = references.filter_map(|reference| match reference.strip_prefix(HUB) {
            Some(agent) if self.hub.is_none() => Some(Cow::Owned(format!("{AGENT}{agent}"))),
            Some(_) => None,
            None => Some(Cow::Borrowed(reference)),
        });
        here.collect()
    }

    fn registry(&self, file: &Path) -> Result<Arc<AgentRegistry>, Failure> {
        let changed = std::fs::metadata(file)
            .and_then(|found| found.modified())
            .ok();
        let mut registries = self
            .registries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = registries
            .get(file)
            .filter(|loaded| loaded.changed == changed)
        {
            return Ok(Arc::clone(&loaded.registry));
        }
        let config = Config::load(file).map_err(|error| unreachable(error.to_string()))?;
        let registry = Arc::new(AgentRegistry::new(config, &self.host));
        let loaded = Loaded {
            changed,
            registry: Arc::clone(&registry),
        };
        registries.insert(file.to_owned(), loaded);
        Ok(registry)
    }
}

impl AgentResolver for ConfigResolver {
    fn resolve(&self, workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure> {
        if let Some(agent) = artifact.strip_prefix(HUB) {
            return Ok(self.behind_hub(workspace, agent));
        }
        if let Some(skill) = artifact.strip_prefix(MISSING_SKILL) {
            return Err(unreachable(format!("Could not load skill: {skill}")));
        }
        let found = match self.config_of(workspace) {
            Some(file) => self.registry(file)?.dispatcher(artifact),
            None => self.empty.dispatcher(artifact),
        };
        found.or_else(|missing| {
            let by_page = self.of_page(workspace, artifact);
            by_page.ok_or_else(|| unreachable(format!("{missing}\n{}", missing.help)))
        })
    }

    fn named(&self, workspace: &Workspace) -> Result<Vec<Named>, Failure> {
        let Some(file) = self.config_of(workspace) else {
            return Ok(Vec::new());
        };
        let registry = self.registry(file)?;
        let named = registry.agents().named().map(|(reference, _)| Named {
            reference: reference.to_owned(),
            file: file.display().to_string(),
        });
        Ok(named.collect())
    }

    fn missing_secrets(&self, plan: &Plan) -> Vec<String> {
        let of_run = baton_engine::secrets_of(plan);
        let agents = self.agents_here(plan);
        let agents = agents.iter().map(|agent| &**agent);
        match self
            .config_of(&plan.workspace)
            .map(|file| self.registry(file))
        {
            Some(Ok(registry)) => registry.missing_secrets(&of_run, agents),
            // That it cannot be read is told by whoever looks for its agents.
            Some(Err(_)) => Vec::new(),
            None => self.empty.missing_secrets(&of_run, agents),
        }
    }

    fn finder(&self, workspace: &Workspace, artifact: &str, begun: &AttemptKey) -> Finder {
        if let Some(found) = self.by_files.find(begun) {
            return Finder::Dispatcher(found);
        }
        let own = match (artifact.strip_prefix(HUB), &self.hub) {
            (Some(_), Some(hub)) => return Finder::Dispatcher(Arc::clone(hub)),
            (Some(agent), None) => Cow::Owned(format!("{AGENT}{agent}")),
            (None, _) => Cow::Borrowed(artifact),
        };
        let found = match self.config_of(workspace).map(|file| self.registry(file)) {
            Some(Ok(registry)) => registry.dispatcher(&own),
            Some(Err(failure)) => return Finder::Unknown(failure),
            None => self.empty.dispatcher(&own),
        };
        found.map_or(Finder::Nobody, Finder::Dispatcher)
    }

    fn processes(&self, attempt: &AttemptKey) -> Option<Processes> {
        let found = attempt_processes::processes(&self.host.attempts_root, attempt);
        found.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look for the processes of an attempt");
            None
        })
    }

    fn kill(&self, attempt: &AttemptKey) -> Killed {
        let killed = attempt_processes::kill(&self.host.attempts_root, attempt);
        killed.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot end the processes of an attempt");
            Killed::default()
        })
    }
}

#[async_trait]
impl Plug for ConfigResolver {
    fn compile_edits(
        &self,
        plan: &Plan,
        live: &[StageId],
        proposed: &[Value],
    ) -> Result<Vec<Edit>, String> {
        baton_lang::compile_edits(plan, live, proposed).map_err(|mistakes| joined(&mistakes))
    }

    async fn run_hook(&self, plan: &Plan, hook: &HookRequest) -> Result<(), String> {
        let text = |failure: &Failure| failure.message.clone();
        let action = hook.action.as_ref().map_err(text)?;
        let runner = self
            .hooks(&plan.workspace)
            .map_err(|missing| text(&missing))?;
        let call = HookCall {
            run: hook.run,
            workflow: plan.workflow.name.clone(),
            status: hook.status,
            key: hook.key,
            directory: plan.workspace.directory.as_ref().map(PathBuf::from),
            error: hook.error.clone(),
        };
        let ended = runner.run(action, &call).await;
        ended.map_err(|error| error.to_string())
    }
}

/// Every mistake in one text: its place, what it is, and what helps.
fn joined(mistakes: &[Diagnostic]) -> String {
    let each = mistakes.iter().map(|found| {
        let help = found.help.as_ref().map(|help| format!(" ({help})"));
        format!(
            "{}: {}{}",
            found.path,
            found.message,
            help.unwrap_or_default()
        )
    });
    each.collect::<Vec<_>>().join("; ")
}

fn unreachable(message: String) -> Failure {
    Failure::new(FailureLabel::UNREACHABLE, message)
}
