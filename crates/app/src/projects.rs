//! Projects: directories that runs belong to. They are registered here, or by
//! `SpecFlow`, whose list is read afresh whenever it is asked for.

mod registry;
mod skills;

use std::path::Path;

use baton_model::plan::Workspace;
use baton_model::{ErrorCode, ExecutionStatus, Timestamp};
use baton_store::{ExecutionFilter, ProjectCreated, ProjectRow};
use uuid::Uuid;

use crate::aside::aside;
use crate::{App, AppError, Caller};

pub use registry::Unread;
pub use skills::{Skill, SkillKind};
pub(crate) use skills::{described, read_page};

/// Longest name of a project, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Shortest part of an id that is looked up, in letters.
const ID_PART_MIN: usize = 4;

/// A directory that runs may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id. Those of `SpecFlow` may be any text.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Absolute path of its directory.
    pub path: String,
    /// Who knows it.
    pub source: ProjectSource,
    /// Whether its directory is there now.
    pub is_there: bool,
    /// Who registered it here.
    pub created_by: Option<String>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
}

/// Who knows a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProjectSource {
    /// It is registered here.
    Baton,
    /// `SpecFlow` has it in `~/.specflow/registry.json`.
    SpecFlow,
}

impl ProjectSource {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Baton => "baton",
            Self::SpecFlow => "specflow",
        }
    }
}

/// All projects, and what could not be read of them.
#[derive(Clone, Debug, Default)]
pub struct Projects {
    /// Those that are registered here come first, in the order of their names.
    pub items: Vec<Project>,
    /// Entries of `SpecFlow`'s list that say nothing.
    pub unread: Vec<Unread>,
}

/// A directory somebody wants to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// Its absolute path.
    pub path: String,
    /// What to call it; none: as its directory is called.
    pub name: Option<String>,
}

/// A project that was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The project.
    pub project: Project,
    /// Whether its directory was registered before.
    pub existed: bool,
}

/// How many runs a project has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// All of them.
    pub all: u64,
    /// Those that have not ended.
    pub unfinished: u64,
}

impl App {
    /// Registers a directory. One that is registered already stays as it is.
    pub async fn add_project(
        &self,
        caller: &Caller,
        new: NewProject,
    ) -> Result<Registered, AppError> {
        let path = aside(move || settled(&new.path)).await??;
        let name = match new.name {
            Some(name) => name,
            None => name_of(&path),
        };
        expect_name(&name)?;
        let row = ProjectRow {
            id: Uuid::now_v7().to_string(),
            name,
            path,
            created_by: caller.name.clone(),
            created_at: self.runtime.now(),
        };
        let created = self.store.create_project(row.clone()).await?;
        if let ProjectCreated::PathTaken(holder) = created {
            let project = self.project(&holder).await?;
            return Ok(Registered {
                project,
                existed: true,
            });
        }
        tracing::info!(project = %row.id, path = %row.path, caller = %caller.name, "project added");
        Ok(Registered {
            project: of_row(row, true),
            existed: false,
        })
    }

    /// All projects, those of `SpecFlow` included.
    pub async fn projects(&self) -> Result<Projects, AppError> {
        let rows = self.store.projects().await?;
        let home = self.roots.home.clone();
        aside(move || {
            let registry = home.map(|home| registry::read(&home)).unwrap_or_default();
            for unread in &registry.unread {
                tracing::warn!(entry = %unread.key, why = %unread.why, "SpecFlow's registry");
            }
            let own = rows.into_iter().map(|row| {
                let is_there = Path::new(&row.path).is_dir();
                of_row(row, is_there)
            });
            Projects {
                items: own.chain(registry.projects).collect(),
                unread: registry.unread,
            }
        })
        .await
    }

    /// The project with exactly this id.
    pub async fn project(&self, id: &str) -> Result<Project, AppError> {
        let all = self.projects().await?.items;
        let found = all.into_iter().find(|project| project.id == id);
        found.ok_or_else(|| no_project(id))
    }

    /// The project that is called so: by its id, its path or its name, or by an
    /// end of its id.
    pub async fn find_project(&self, text: &str) -> Result<Project, AppError> {
        let all = self.projects().await?.items;
        let is_meant: [&dyn Fn(&Project) -> bool; 4] = [
            &|project| project.id == text,
            &|project| project.path == text,
            &|project| project.name == text,
            &|project| is_end_of_id(&project.id, text),
        ];
        for is_meant in is_meant {
            let mut found = all.iter().filter(|project| is_meant(project));
            let Some(first) = found.next() else { continue };
            let rest: Vec<&str> = found.map(|project| project.id.as_str()).collect();
            if rest.is_empty() {
                return Ok(first.clone());
            }
            let ids = [&[first.id.as_str()], rest.as_slice()].concat().join(", ");
            let message = format!("`{text}` fits several projects: {ids}");
            return Err(AppError::new(ErrorCode::IllegalState, message));
        }
        Err(no_project(text))
    }

    /// Takes a project out. Its directory and its runs stay as they are.
    pub async fn remove_project(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        if self.store.delete_project(id).await? {
            tracing::info!(project = %id, caller = %caller.name, "project removed");
            return Ok(());
        }
        let project = self.project(id).await?;
        let message = format!(
            "project `{}` is in SpecFlow's own list; take it out of ~/.specflow/registry.json",
            project.name
        );
        Err(AppError::new(ErrorCode::IllegalState, message))
    }

    /// How many runs belong to a project.
    pub async fn run_counts(&self, project: &str) -> Result<RunCounts, AppError> {
        let filter = |statuses: Vec<ExecutionStatus>| ExecutionFilter {
            project_id: Some(project.to_owned()),
            statuses,
            limit: 1,
            ..ExecutionFilter::default()
        };
        let unfinished = ExecutionStatus::ALL.iter().copied();
        let unfinished = unfinished.filter(|status| !status.is_terminal()).collect();
        let all = self.store.executions(filter(Vec::new())).await?;
        let unfinished = self.store.executions(filter(unfinished)).await?;
        Ok(RunCounts {
            all: all.total_count,
            unfinished: unfinished.total_count,
        })
    }

    /// What agents can be told to do in a project: the commands, skills and
    /// agents that it has, and those of the user.
    pub async fn project_skills(&self, id: &str) -> Result<Vec<Skill>, AppError> {
        let project = self.project(id).await?;
        let home = self.roots.home.clone();
        aside(move || skills::all(Path::new(&project.path), home.as_deref())).await
    }

    /// Joins a workspace and its project: a project that is named brings its
    /// directory, and a directory that is registered its project.
    pub(crate) async fn settled_workspace(
        &self,
        workspace: Workspace,
    ) -> Result<Workspace, AppError> {
        match (&workspace.project, &workspace.directory) {
            (None, None) => Ok(workspace),
            (None, Some(directory)) => {
                let project = self.project_at(directory).await?;
                let project = project.map(|project| project.id);
                Ok(Workspace {
                    project,
                    ..workspace
                })
            }
            (Some(id), None) => {
                let project = self.find_project(id).await?;
                Ok(Workspace {
                    directory: Some(project.path),
                    project: Some(project.id),
                    ..workspace
                })
            }
            (Some(id), Some(directory)) => {
                let project = self.find_project(id).await?;
                if project.path != *directory {
                    let message = format!(
                        "project `{}` is in {}, not in {directory}",
                        project.name, project.path
                    );
                    return Err(AppError::new(ErrorCode::Malformed, message));
                }
                Ok(Workspace {
                    project: Some(project.id),
                    ..workspace
                })
            }
        }
    }

    /// The project in a directory; where it is registered here and with
    /// `SpecFlow`, the one that is registered here.
    async fn project_at(&self, directory: &str) -> Result<Option<Project>, AppError> {
        let all = self.projects().await?.items;
        let directory = directory.to_owned();
        aside(move || {
            let meant = Path::new(&directory).canonicalize().ok();
            let is_same = |project: &Project| {
                let found = Path::new(&project.path).canonicalize().ok();
                project.path == directory || (found.is_some() && found == meant)
            };
            all.into_iter().find(is_same)
        })
        .await
    }
}

fn of_row(row: ProjectRow, is_there: bool) -> Project {
    Project {
        id: row.id,
        name: row.name,
        path: row.path,
        source: ProjectSource::Baton,
        is_there,
        created_by: Some(row.created_by),
        created_at: Some(row.created_at),
    }
}

/// The one path of a directory, whatever links lead to it.
fn settled(path: &str) -> Result<String, AppError> {
    let refused = |why: String| AppError::new(ErrorCode::Malformed, why);
    if !Path::new(path).is_absolute() {
        return Err(refused(format!("`{path}` is no absolute path")));
    }
    let found = Path::new(path).canonicalize();
    let found = found.ok().filter(|found| found.is_dir());
    let found = found.ok_or_else(|| {
        let message = format!("there is no directory {path} where the server runs");
        AppError::new(ErrorCode::NotFound, message)
    })?;
    let text = found.into_os_string().into_string();
    text.map_err(|path| {
        let shown = path.to_string_lossy();
        refused(format!(
            "the path {shown} is not UTF-8, and no run could name it"
        ))
    })
}

fn name_of(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn expect_name(name: &str) -> Result<(), AppError> {
    let is_sound = !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX;
    if is_sound && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let message =
        format!("the name of a project has 1 to {NAME_BYTES_MAX} bytes, and no control characters");
    Err(AppError::new(ErrorCode::Malformed, message))
}

/// Whether an id begins or ends with a text, hyphens apart.
fn is_end_of_id(id: &str, text: &str) -> bool {
    let letters = |text: &str| text.replace('-', "").to_lowercase();
    let (id, part) = (letters(id), letters(text));
    part.len() >= ID_PART_MIN && (id.starts_with(&part) || id.ends_with(&part))
}

fn no_project(text: &str) -> AppError {
    AppError::new(ErrorCode::NotFound, format!("there is no project `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_settled_or_refused() {
        let root = tempfile::tempdir().unwrap();
        let odd = root.path().join("it's \"$HOME\" `x`");
        std::fs::create_dir(&odd).unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&odd, &link).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let canonical = text(&odd.canonicalize().unwrap());
        for path in [&odd, &link] {
            assert_eq!(settled(&text(path)).unwrap(), canonical);
        }
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        for (path, code) in [
            ("relative".to_owned(), ErrorCode::Malformed),
            (text(&root.path().join("nowhere")), ErrorCode::NotFound),
            (text(&file), ErrorCode::NotFound),
        ] {
            assert_eq!(settled(&path).unwrap_err().code, code, "{path}");
        }
        let loud = std::os::unix::ffi::OsStrExt::from_bytes(b"not \xFF utf-8");
        let loud: &std::ffi::OsStr = loud;
        let target = root.path().join(loud);
        std::fs::create_dir(&target).unwrap();
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let error = settled(&text(&link)).unwrap_err();
        assert!(error.message.contains("not UTF-8"), "{error}");
    }

    #[test]
    fn an_end_of_an_id_has_four_letters() {
        for (text, is_end) in [
            ("0199", true),
            ("019-9AB", true),
            ("beef", true),
            ("99ab", false),
            ("eef", false),
            ("", false),
        ] {
            assert_eq!(is_end_of_id("0199-ab00-beef", text), is_end, "{text:?}");
        }
    }
}
