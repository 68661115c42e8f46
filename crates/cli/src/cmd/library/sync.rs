//! `baton sync PATH…`: files are stored anew where something has changed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_server::v1::dto::workflows::Workflow;
use serde::Serialize;
use walkdir::WalkDir;

use super::head::{self, Head};
use super::{Mistakes, check, named, replace, store};
use crate::args::{Options, Sync};
use crate::client::ApiError;
use crate::cmd::open;
use crate::cmd::subject::path_of_workflow;
use crate::exit;
use crate::input::Source;
use crate::render::{document, library};
use crate::session::{Need, Session};

/// What workflow files end in.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];
/// Folders of what was built or fetched.
const PASSED_OVER: [&str; 2] = ["target", "node_modules"];

/// What became of one file.
#[derive(Debug, Serialize)]
pub(crate) struct Synced {
    pub(crate) file: String,
    /// `created`, `updated`, `unchanged` or `failed`.
    pub(crate) outcome: &'static str,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) error: Option<String>,
}

#[derive(Serialize)]
struct All {
    items: Vec<Synced>,
}

pub(crate) async fn sync(options: &Options, args: &Sync) -> anyhow::Result<ExitCode> {
    let files: Vec<PathBuf> = args.paths.iter().flat_map(|path| files_of(path)).collect();
    let mistakes = Mistakes::when(args.draft);
    let mut session = open(options, Need::Decide).await?;
    let mut items = Vec::with_capacity(files.len());
    let mut exit = 0;
    for file in files {
        let shown = file.display().to_string();
        items.push(match one(&mut session, &file, mistakes).await {
            Ok((outcome, workflow)) => Synced {
                file: shown,
                outcome,
                id: Some(workflow.id),
                name: Some(workflow.name),
                error: None,
            },
            Err(error) => {
                exit = exit.max(exit::complain(&error));
                Synced {
                    file: shown,
                    outcome: "failed",
                    id: None,
                    name: None,
                    error: Some(format!("{error:#}")),
                }
            }
        });
        if exit == exit::UNREACHABLE {
            break;
        }
    }
    session.close().await;
    let all = All { items };
    document::answer(options.output, &all, || library::synced(&all.items))?;
    Ok(ExitCode::from(exit))
}

/// A file, or the workflows somewhere in a folder.
fn files_of(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let is_looked_into = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || PASSED_OVER.contains(&name.as_ref()))
    };
    let entries = WalkDir::new(path).sort_by_file_name().into_iter();
    let files = entries
        .filter_entry(is_looked_into)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path);
    files.filter(|file| holds_a_workflow(file)).collect()
}

fn holds_a_workflow(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        && Source::definition(file).is_ok_and(|source| head::read(&source.text).is_some())
}

async fn one(
    session: &mut Session,
    file: &Path,
    mistakes: Mistakes,
) -> anyhow::Result<(&'static str, Workflow)> {
    let source = Source::definition(file)?;
    check(&source, mistakes)?;
    let known = match head::read(&source.text) {
        Some(head) => known(session, &head).await?,
        None => None,
    };
    match known {
        None => Ok((
            "created",
            store(session, source.text, None, mistakes).await?,
        )),
        Some(known) if known.definition.as_deref() == Some(&source.text) => {
            Ok(("unchanged", known))
        }
        Some(known) => {
            let replaced = replace(session, &known.id, source.text, mistakes).await?;
            Ok(("updated", replaced))
        }
    }
}

/// The stored workflow that a file belongs to: the one of its name, else the
/// only one of its id.
async fn known(session: &mut Session, head: &Head) -> anyhow::Result<Option<Workflow>> {
    if let Some(found) = named(session, &head.name).await? {
        return Ok(Some(found));
    }
    let Some(key) = &head.id else {
        return Ok(None);
    };
    let found = session.find::<Workflow>(&path_of_workflow(key)).await;
    match found {
        Ok(found) => Ok(found.filter(|known| known.workflow_key.as_ref() == Some(key))),
        // Several have this id, and none of them this name.
        Err(error) => match error.downcast_ref::<ApiError>() {
            Some(ApiError::Refused(problem)) if problem.status == 409 => Ok(None),
            Some(_) | None => Err(error),
        },
    }
}
