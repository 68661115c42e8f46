//! Who the agents are: one registry for each `baton.toml` that runs name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use baton_agents::{AgentRegistry, Config, ProcessHost, SharedDispatcher};
use baton_model::plan::Workspace;
use baton_model::{Failure, FailureLabel};
use baton_runtime::AgentResolver;

/// Reads each file once, and again when it changed.
pub(crate) struct ConfigResolver {
    host: ProcessHost,
    /// For runs that name no file.
    default_config: Option<PathBuf>,
    registries: Mutex<HashMap<PathBuf, Loaded>>,
    empty: AgentRegistry,
}

struct Loaded {
    changed: Option<SystemTime>,
    registry: Arc<AgentRegistry>,
}

impl ConfigResolver {
    pub(crate) fn new(host: ProcessHost, default_config: Option<PathBuf>) -> Self {
        let empty = AgentRegistry::new(Config::default(), &host);
        Self {
            host,
            default_config,
            registries: Mutex::default(),
            empty,
        }
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
        let file = workspace
            .config
            .as_deref()
            .map(Path::new)
            .or(self.default_config.as_deref());
        let found = match file {
            Some(file) => self.registry(file)?.dispatcher(artifact),
            None => self.empty.dispatcher(artifact),
        };
        found.map_err(|missing| unreachable(format!("{missing}\n{}", missing.help)))
    }
}

fn unreachable(message: String) -> Failure {
    Failure::new(FailureLabel::UNREACHABLE, message)
}
