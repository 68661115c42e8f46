//! `baton agents`: who works for which reference on this machine, and whether
//! it can. Nothing is called but programs that are asked for their version.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_agents::{AdapterConfig, AssistantConfig, Config};
use baton_app::artifacts::Shelves;
use baton_model::ErrorCode;
use serde::Serialize;

use super::doctor::agents::{version, which};
use crate::args::{self, Options};
use crate::data::DataDir;
use crate::exit::Failure;
use crate::project::programs::missing_program;
use crate::render::{agents as render, document};
use crate::{input, project};

/// One reference, or a pattern of them, and who works for it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Agent {
    pub(crate) reference: String,
    /// None: nobody works for it.
    pub(crate) adapter: Option<String>,
    /// What says so: `baton.toml`, `default_adapter`, `page` or `name`.
    pub(crate) by: &'static str,
    /// The file that says so.
    pub(crate) place: Option<String>,
    /// The program that is started; none: none is.
    pub(crate) program: Option<String>,
    /// Where the program is.
    pub(crate) path: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) permission_mode: Option<String>,
    /// What the program says of its version; only after a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// Why nothing can come of it.
    pub(crate) problem: Option<String>,
}

/// All of them.
#[derive(Debug, Serialize)]
pub(crate) struct Agents {
    pub(crate) items: Vec<Agent>,
}

pub(crate) async fn agents(
    options: &Options,
    command: &args::AgentsCommand,
) -> anyhow::Result<ExitCode> {
    let here = Here::look(options)?;
    match command {
        args::AgentsCommand::List => {
            let items = here.all();
            let agents = Agents { items };
            document::answer(options.output, &agents, || render::list(&agents))?;
            Ok(ExitCode::SUCCESS)
        }
        args::AgentsCommand::Show(args) => {
            let agent = here.one(&args.reference)?;
            document::answer(options.output, &agent, || render::detail(&agent))?;
            Ok(ExitCode::SUCCESS)
        }
        args::AgentsCommand::Check(args) => check(options, &here, &args.references).await,
    }
}

async fn check(options: &Options, here: &Here, references: &[String]) -> anyhow::Result<ExitCode> {
    let mut items = if references.is_empty() {
        here.all()
    } else {
        let named = references.iter().map(|reference| here.one(reference));
        named.collect::<Result<_, _>>()?
    };
    // Many agents share a program.
    let mut versions = BTreeMap::new();
    for agent in &mut items {
        let Some(path) = agent.path.clone().filter(|_| agent.asks_for_version()) else {
            continue;
        };
        if !versions.contains_key(&path) {
            let said = version(Path::new(&path)).await;
            versions.insert(path.clone(), said);
        }
        agent.version = versions.get(&path).cloned();
    }
    let is_sound = items.iter().all(|agent| agent.problem.is_none());
    let agents = Agents { items };
    document::answer(options.output, &agents, || render::checked(&agents))?;
    Ok(if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Agent {
    /// Whether its program is one that only says its version when asked to;
    /// anybody's own might do anything.
    fn asks_for_version(&self) -> bool {
        let adapter = self.adapter.as_deref().unwrap_or_default();
        AssistantConfig::adapters().any(|known| known == adapter)
    }
}

/// What there is here.
struct Here {
    file: Option<PathBuf>,
    config: Config,
    /// Pages of agents, by reference, with where each lies.
    pages: Vec<(String, String)>,
}

impl Here {
    fn look(options: &Options) -> anyhow::Result<Self> {
        let data = DataDir::locate(options.data_dir.as_deref())?;
        let project = project::directory(None)?;
        let file = input::config_for(options.config.as_deref(), project.as_deref(), None)?;
        let file = file.or_else(|| Some(data.config()).filter(|own| own.is_file()));
        let config = match &file {
            Some(file) => Config::load(file).map_err(|error| Failure::usage(error.to_string()))?,
            None => Config::default(),
        };
        let shelves = Shelves::look(&project::roots(&data, project.as_deref()));
        let pages = shelves.artifacts().into_iter();
        let pages = pages.filter(|page| page.kind == "agent");
        Ok(Self {
            file,
            config,
            pages: pages
                .map(|page| (format!("agent:{}", page.name), page.place))
                .collect(),
        })
    }

    fn file(&self) -> Option<String> {
        self.file.as_ref().map(|file| file.display().to_string())
    }

    fn all(&self) -> Vec<Agent> {
        let entries = self.config.agents.named();
        let mut agents: Vec<Agent> = entries
            .map(|(name, adapter)| of_adapter(name, adapter, "baton.toml", self.file()))
            .collect();
        for (reference, _) in &self.pages {
            if !agents.iter().any(|agent| agent.reference == *reference) {
                agents.push(self.resolved(reference));
            }
        }
        agents
    }

    fn one(&self, reference: &str) -> anyhow::Result<Agent> {
        let agent = self.resolved(reference);
        match agent.adapter {
            Some(_) => Ok(agent),
            None => Err(Failure::of(
                ErrorCode::NotFound,
                agent.problem.unwrap_or_default(),
            )),
        }
    }

    /// Who works for a reference, as a run would find it.
    fn resolved(&self, reference: &str) -> Agent {
        let unresolved = match self.config.agents.resolve(reference) {
            Ok(found) => {
                let by = if found.is_default() {
                    "default_adapter"
                } else {
                    "baton.toml"
                };
                return of_adapter(reference, found.adapter, by, self.file());
            }
            Err(unresolved) => unresolved,
        };
        if let Some(config) = AssistantConfig::of_reference(reference) {
            let adapter = AdapterConfig::Assistant(config);
            return of_adapter(reference, &adapter, "name", None);
        }
        let lower = reference.to_lowercase();
        let page = self.pages.iter().find(|(name, _)| *name == lower);
        if let (Some((_, place)), Some(config)) = (page, AssistantConfig::usual("claude")) {
            let adapter = AdapterConfig::Assistant(config);
            return of_adapter(reference, &adapter, "page", Some(place.clone()));
        }
        Agent {
            reference: reference.to_owned(),
            adapter: None,
            by: "nothing",
            place: None,
            program: None,
            path: None,
            model: None,
            permission_mode: None,
            version: None,
            problem: Some(format!("{unresolved}\n{}", unresolved.help)),
        }
    }
}

fn of_adapter(
    reference: &str,
    adapter: &AdapterConfig,
    by: &'static str,
    place: Option<String>,
) -> Agent {
    let missing = missing_program(adapter);
    let (program, directory, path_variable) = match adapter {
        AdapterConfig::Command(config) => (
            config.argv.first().cloned(),
            config.directory.as_path(),
            config.env.get("PATH"),
        ),
        AdapterConfig::Assistant(config) => (
            Some(config.program()),
            config.directory.as_path(),
            config.env.get("PATH"),
        ),
        AdapterConfig::Hub(_) | AdapterConfig::Simulated(_) => (None, Path::new(""), None),
    };
    let path = program.as_ref().filter(|_| missing.is_none());
    let path = path.and_then(|program| {
        if program.contains('/') {
            return Some(directory.join(program));
        }
        let path = path_variable.map(Into::into);
        which(
            program,
            path.or_else(|| std::env::var_os("PATH")).as_deref(),
        )
    });
    let (model, permission_mode) = match adapter {
        AdapterConfig::Assistant(config) => (config.model.clone(), config.permission_mode.clone()),
        AdapterConfig::Command(_) | AdapterConfig::Hub(_) | AdapterConfig::Simulated(_) => {
            (None, None)
        }
    };
    Agent {
        reference: reference.to_owned(),
        adapter: Some(adapter.name().to_owned()),
        by,
        place,
        path: path.map(|path| path.display().to_string()),
        model,
        permission_mode,
        version: None,
        problem: missing.map(|program| format!("its program `{program}` is not to be found")),
        program,
    }
}
