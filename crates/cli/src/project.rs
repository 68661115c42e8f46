//! The project a workflow belongs to: its directory, what it lays over
//! workflows, and the artifacts it has for them.

pub(crate) mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use baton_agents::{Agents, AssistantConfig, Config};
use baton_app::artifacts::{AgentMap, Artifacts, Roots, Shelves};
use baton_app::overrides::{self, FILE_NAMES, Layer};
use baton_model::{ErrorCode, Object, Value};

use crate::args::{self, Options};
use crate::data::DataDir;
use crate::exit::Failure;
use crate::input::{self, Source};

/// What a directory has that is a project, besides a file of overrides.
const MARKS: [&str; 2] = ["baton.toml", ".baton"];

/// The directory of the project, if there is one: the one that was named, or
/// the current one when it has what projects have.
pub(crate) fn directory(asked: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    let here = Path::new(".");
    let project = match asked {
        Some(project) if !project.is_dir() => {
            let message = format!("--project {} is not a directory", project.display());
            return Err(Failure::of(ErrorCode::NotFound, message));
        }
        Some(project) => Some(project),
        None => Some(here).filter(|here| is_project(here)),
    };
    project
        .map(|project| {
            project
                .canonicalize()
                .context("cannot find the project directory")
        })
        .transpose()
}

fn is_project(directory: &Path) -> bool {
    let mut marks = MARKS.into_iter().chain(FILE_NAMES);
    marks.any(|mark| directory.join(mark).exists())
}

/// What workflows are checked against besides their own texts.
pub(crate) struct Surroundings {
    /// What is laid over them.
    pub(crate) layers: Vec<Layer>,
    has_project: bool,
    shelves: Shelves,
    /// What says who the agents are, by the folder of the workflow.
    maps: BTreeMap<PathBuf, Map>,
    /// What is there and cannot be read, by its name.
    pub(crate) unread: Vec<(String, anyhow::Error)>,
}

impl Surroundings {
    /// Nothing at all.
    pub(crate) fn none() -> Self {
        Self {
            layers: Vec::new(),
            has_project: false,
            shelves: Shelves::default(),
            maps: BTreeMap::new(),
            unread: Vec::new(),
        }
    }

    /// Looks around for these workflows; none stands for standard input.
    pub(crate) fn look<'w>(
        options: &Options,
        project: Option<&Path>,
        workflows: impl IntoIterator<Item = Option<&'w Path>>,
    ) -> anyhow::Result<Self> {
        let data = DataDir::locate(options.data_dir.as_deref())?;
        let own = Some(data.config()).filter(|own| project.is_some() && own.is_file());
        let mut around = Self {
            has_project: project.is_some(),
            ..Self::none()
        };
        let mut known: BTreeMap<PathBuf, Map> = BTreeMap::new();
        for workflow in workflows {
            let folder = folder_of(workflow);
            if around.maps.contains_key(&folder) {
                continue;
            }
            let file = input::config_for(options.config.as_deref(), project, workflow)?;
            let file = file.or_else(|| own.clone());
            let map = match file {
                Some(file) => known
                    .entry(file)
                    .or_insert_with_key(|file| around.load(file)),
                None => &Map::Absent,
            };
            around.maps.insert(folder, map.clone());
        }
        around.lay(project);
        around.shelves = Shelves::look(&roots(&data, project));
        Ok(around)
    }

    fn load(&mut self, file: &Path) -> Map {
        match AgentFile::load(file) {
            Ok(file) => Map::Read(Arc::new(file)),
            Err(failure) => {
                self.unread.push((shortened(file), failure));
                Map::Unread
            }
        }
    }

    fn lay(&mut self, project: Option<&Path>) {
        let Some(file) = project.and_then(overrides::find) else {
            return;
        };
        let name = shortened(&file);
        match overrides::read(&file) {
            Ok(layer) => self.layers.push(layer.renamed(name)),
            Err(failure) => self.unread.push((name, failure.into())),
        }
    }

    /// The same, if all of it could be read.
    pub(crate) fn whole(mut self) -> anyhow::Result<Self> {
        match self.unread.pop() {
            Some((_, failure)) => Err(failure),
            None => Ok(self),
        }
    }

    /// What the references of a workflow may lead to; none for a file that
    /// belongs to nothing, of whose agents nothing can be known.
    pub(crate) fn artifacts(&self, workflow: Option<&Path>) -> Option<Artifacts<'_>> {
        let map: Option<&dyn AgentMap> = match self.maps.get(&folder_of(workflow))? {
            Map::Read(file) => Some(file.as_ref()),
            Map::Absent if self.has_project => None,
            Map::Absent | Map::Unread => return None,
        };
        let shelves = &self.shelves;
        Some(Artifacts { map, shelves })
    }
}

/// The directories in which something may happen that changes what
/// [`Surroundings::look`] finds. A file of overrides above the project counts
/// once there is one; until then, everything up to the root would be noise.
pub(crate) fn directories_around(
    options: &Options,
    asked: Option<&Path>,
) -> anyhow::Result<BTreeSet<PathBuf>> {
    let data = DataDir::locate(options.data_dir.as_deref())?;
    let project = directory(asked)?;
    let mut directories = roots(&data, project.as_deref()).directories();
    directories.insert(asked.unwrap_or(Path::new(".")).to_owned());
    if let Some(project) = &project
        && let Some(above) = overrides::find(project).as_deref().and_then(Path::parent)
    {
        let between = project
            .ancestors()
            .take_while(|between| between.starts_with(above));
        directories.extend(between.map(Path::to_owned));
    }
    let configs = [options.config.clone(), Some(data.config())];
    let folders = configs.iter().flatten().filter_map(|file| file.parent());
    directories.extend(folders.filter(|folder| folder.is_dir()).map(Path::to_owned));
    Ok(directories)
}

pub(crate) fn roots(data: &DataDir, project: Option<&Path>) -> Roots {
    Roots {
        project: project.map(Path::to_owned),
        home: std::env::home_dir(),
        data: Some(data.path().to_owned()),
    }
}

fn folder_of(workflow: Option<&Path>) -> PathBuf {
    let folder = workflow.and_then(Path::parent);
    folder.map(Path::to_owned).unwrap_or_default()
}

/// What says who the agents are.
#[derive(Clone)]
enum Map {
    Absent,
    Unread,
    Read(Arc<AgentFile>),
}

/// The agents of a `baton.toml`.
struct AgentFile {
    name: String,
    agents: Agents,
}

impl AgentFile {
    fn load(file: &Path) -> anyhow::Result<Self> {
        let config = Config::load(file).map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Self {
            name: file.display().to_string(),
            agents: config.agents,
        })
    }
}

impl AgentMap for AgentFile {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn maps(&self, reference: &str) -> bool {
        let is_program = || AssistantConfig::of_reference(reference).is_some();
        self.agents.resolve(reference).is_ok() || is_program()
    }
}

/// A path below the current directory, seen from there.
fn shortened(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}

/// What is set for one run: as a text, for mistakes in it, and as a value.
pub(crate) struct OfRun {
    pub(crate) layer: Layer,
    pub(crate) block: Object,
}

/// Reads the file of `--override`.
pub(crate) fn of_run(args: &args::RunOverrides) -> anyhow::Result<Option<OfRun>> {
    let Some(file) = &args.file else {
        return Ok(None);
    };
    let source = Source::read(file)?;
    let value = source.value("overrides", ErrorCode::InvalidDefinition)?;
    let block = match value {
        Value::Null => Object::new(),
        Value::Object(block) => block,
        _ => {
            let message = format!("{} must hold a map, such as `config: …`", source.name);
            return Err(Failure::of(ErrorCode::InvalidDefinition, message));
        }
    };
    let layer = Layer::of_run(source.name, source.text);
    Ok(Some(OfRun { layer, block }))
}
