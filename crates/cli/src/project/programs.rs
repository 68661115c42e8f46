//! Programs of agents that are not to be found, which is better known before a
//! stage needs them. Nothing is refused for it: another process may work on the
//! run, and find them.

use std::collections::BTreeSet;
use std::path::Path;

use baton_agents::AdapterConfig;
use baton_model::Plan;
use baton_model::plan::StageKind;

use super::{Map, Surroundings, folder_of, shortened};

/// The program an adapter would start, if it is not to be found.
pub(crate) fn missing_program(adapter: &AdapterConfig) -> Option<String> {
    match adapter {
        AdapterConfig::Command(config) => config.missing_program().map(str::to_owned),
        AdapterConfig::Assistant(config) => config.missing_program(),
        AdapterConfig::Hub(_) | AdapterConfig::Simulated(_) => None,
    }
}

impl Surroundings {
    /// Agents of a plan whose programs are not to be found here, in words.
    pub(crate) fn missing_programs(&self, workflow: Option<&Path>, plan: &Plan) -> Vec<String> {
        let Some(Map::Read(file)) = self.maps.get(&folder_of(workflow)) else {
            return Vec::new();
        };
        if plan.env.contains_key("PATH") {
            return Vec::new();
        }
        let artifacts: BTreeSet<&str> = plan
            .stages
            .iter()
            .filter_map(|stage| match &stage.kind {
                StageKind::Agent(agent) => Some(agent.artifact.as_str()),
                StageKind::Gate(_) => None,
            })
            .collect();
        let missing = artifacts.into_iter().filter_map(|artifact| {
            let program = missing_program(file.agents.resolve(artifact).ok()?.adapter)?;
            let name = shortened(Path::new(&file.name));
            Some(format!(
                "the program of `{artifact}`, `{program}` in {name}, is not to be found here"
            ))
        });
        missing.collect()
    }
}
