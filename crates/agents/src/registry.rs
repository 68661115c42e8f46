//! From an agent reference to the dispatcher that works for it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use crate::assistant::{AssistantConfig, AssistantDispatcher};
use crate::command::{CommandDispatcher, ProcessHost};
use crate::config::{AdapterConfig, Agents, Config, Unresolved};
use crate::dispatcher::SharedDispatcher;
use crate::hooks::HookRunner;
use crate::hub::HubDispatcher;
use crate::secrets::Secrets;
use crate::simulated::SimulatedDispatcher;

/// The dispatchers of one `baton.toml`, one for each entry, and what carries
/// out hooks with its targets; all made once.
pub struct AgentRegistry {
    agents: Agents,
    /// By entry.
    dispatchers: Vec<SharedDispatcher>,
    default: Option<SharedDispatcher>,
    /// Programs that are called as they are, by what their agents are called.
    usual: BTreeMap<String, SharedDispatcher>,
    hooks: Arc<HookRunner>,
    secrets: Secrets,
}

impl AgentRegistry {
    /// Makes the dispatchers of all entries. Nothing is started or opened.
    pub fn new(config: Config, host: &ProcessHost) -> Self {
        let agents = config.agents;
        let make = |adapter: &AdapterConfig| dispatcher(adapter, host);
        Self {
            dispatchers: agents.entries().map(make).collect(),
            default: agents.default_adapter().map(make),
            usual: usual(host, &config.secrets),
            agents,
            secrets: config.secrets,
            hooks: Arc::new(HookRunner::new(config.notify, host.clone())),
        }
    }

    /// Who works for `reference`.
    pub fn dispatcher(&self, reference: &str) -> Result<SharedDispatcher, Unresolved> {
        let resolved = match self.agents.resolve(reference) {
            Ok(resolved) => resolved,
            Err(unresolved) => return self.usual(reference).ok_or(unresolved),
        };
        let dispatcher = match resolved.entry {
            Some(entry) => self.dispatchers.get(entry),
            None => self.default.as_ref(),
        };
        Ok(Arc::clone(dispatcher.expect(
            "every entry got its dispatcher when the registry was made",
        )))
    }

    /// Who works for an agent that nothing is said of but that it is called like
    /// its program: `agent:claude`.
    pub fn usual(&self, reference: &str) -> Option<SharedDispatcher> {
        self.usual.get(reference).map(Arc::clone)
    }

    /// Secrets that cannot be had here, of those that variables of a run name
    /// (`of_run`: the variable, and the secret) or of its agents: each in words,
    /// with who names it.
    pub fn missing_secrets<'r>(
        &self,
        of_run: &[(&str, String)],
        references: impl IntoIterator<Item = &'r str>,
    ) -> Vec<String> {
        let mut missing = Vec::new();
        for (variable, secret) in of_run {
            let why = self.secrets.missing(secret);
            missing.extend(why.map(|why| format!("{why} (`config.env.{variable}` names it)")));
        }
        for reference in references {
            let resolved = self.agents.resolve(reference).ok();
            let env = resolved.and_then(|resolved| resolved.adapter.env());
            for (variable, text) in env.into_iter().flatten() {
                let file = self.agents.file().and_then(Path::file_name);
                let file = file.unwrap_or(OsStr::new("baton.toml"));
                let why = self.secrets.missing_in(text);
                missing.extend(why.map(|why| {
                    let file = file.display();
                    format!("{why} (`env.{variable}` of `{reference}` in {file} names it)")
                }));
            }
        }
        missing
    }

    /// What carries out the hooks of runs that use this file.
    pub fn hooks(&self) -> Arc<HookRunner> {
        Arc::clone(&self.hooks)
    }

    /// The map this was made from.
    pub fn agents(&self) -> &Agents {
        &self.agents
    }
}

fn usual(host: &ProcessHost, secrets: &Secrets) -> BTreeMap<String, SharedDispatcher> {
    let programs = AssistantConfig::adapters().filter_map(|adapter| {
        let config = AssistantConfig {
            secrets: secrets.clone(),
            ..AssistantConfig::usual(adapter)?
        };
        let dispatcher: SharedDispatcher = Arc::new(AssistantDispatcher::new(config, host.clone()));
        Some((format!("agent:{adapter}"), dispatcher))
    });
    programs.collect()
}

fn dispatcher(adapter: &AdapterConfig, host: &ProcessHost) -> SharedDispatcher {
    match adapter {
        AdapterConfig::Command(config) => {
            Arc::new(CommandDispatcher::new(config.clone(), host.clone()))
        }
        AdapterConfig::Hub(config) => Arc::new(HubDispatcher::new(config.clone())),
        AdapterConfig::Assistant(config) => {
            Arc::new(AssistantDispatcher::new(config.clone(), host.clone()))
        }
        AdapterConfig::Simulated(config) => Arc::new(SimulatedDispatcher::new(config.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::Shelves;
    use crate::shim::OnOrphan;

    #[test]
    fn every_entry_has_one_dispatcher_of_its_own() {
        let text = "default_adapter = \"simulated\"\n\
                    [agents.\"agent:*\"]\nadapter = \"command\"\ncommand = [\"true\"]\n";
        let config = Config::parse(text, Path::new("baton.toml")).unwrap();
        let host = ProcessHost {
            shim_argv: Vec::new(),
            attempts_root: "attempts".into(),
            scratch_root: "scratch".into(),
            on_orphan: OnOrphan::Finish,
            shelves: Shelves::default(),
        };
        let registry = AgentRegistry::new(config, &host);
        let of = |reference| registry.dispatcher(reference).unwrap();
        assert!(Arc::ptr_eq(&of("agent:a"), &of("agent:b")));
        assert!(of("agent:a").needs_slot());
        assert!(!of("skill:a").needs_slot());
        let empty = AgentRegistry::new(Config::default(), &host);
        assert_eq!(
            empty.dispatcher("agent:claude").unwrap().adapter(),
            "claude"
        );
        assert!(empty.dispatcher("agent:reviewer").is_err());
    }
}
