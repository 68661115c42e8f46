//! The workflow a command is about: a file that is read here, or one that is
//! stored.
//!
//! A word means a file when there is one of that name, or a folder, when it has
//! a slash in it, or when it ends as workflow files do. Any other word means
//! what is stored; `./word` means a file in any case.

use std::path::{Path, PathBuf};

use baton_model::ErrorCode;
use baton_server::v1::dto::workflows::Workflow;

use crate::args::{self, Options};
use crate::client::{ApiError, escape};
use crate::exit::Failure;
use crate::input::{self, Source};
use crate::project::{self, Surroundings};
use crate::render::document;
use crate::session::Session;

use super::plan::Given;

const STDIN: &str = "-";
/// What workflow files end in.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// What a word on the command line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant<'w> {
    /// A file, or standard input.
    File(&'w Path),
    /// Something stored, by its name or its id.
    Stored(&'w str),
}

/// What a word means.
pub(super) fn meant(word: &Path) -> Meant<'_> {
    let Some(text) = word.to_str() else {
        return Meant::File(word);
    };
    let extension = word.extension().and_then(|extension| extension.to_str());
    let is_file = text == STDIN
        || text.contains('/')
        || extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        || word.exists();
    if is_file {
        Meant::File(word)
    } else {
        Meant::Stored(text)
    }
}

/// Where the API has a stored workflow.
pub(super) fn path_of_workflow(workflow: &str) -> String {
    format!("/workflows/{}", escape(workflow))
}

/// A stored workflow with its text.
pub(super) async fn stored(session: &mut Session, word: &str) -> anyhow::Result<Workflow> {
    let found = session.get(&path_of_workflow(word)).await;
    found.map_err(|error| match error.downcast_ref::<ApiError>() {
        Some(refused) if refused.is_not_found() => {
            let message = format!("there is neither a file nor a stored workflow `{word}`");
            Failure::of(ErrorCode::NotFound, message)
        }
        Some(_) | None => error,
    })
}

/// A workflow with what was given for it, and where its stages would work.
pub(super) struct Subject {
    pub(super) given: Given,
    pub(super) place: Place,
}

impl Subject {
    /// The workflow in a file.
    pub(super) fn of_file(
        options: &Options,
        file: &Path,
        project: Option<&Path>,
        (parameters, overrides): (&args::Parameters, &args::RunOverrides),
    ) -> anyhow::Result<Self> {
        let given = Given::read(Source::definition(file)?, parameters, overrides)?;
        let place = Place::settle(options, project, given.source.path.as_deref())?;
        Ok(Self { given, place })
    }

    /// A stored workflow, whose text is read like a file.
    pub(super) fn of_stored(
        options: &Options,
        workflow: Workflow,
        project: Option<&Path>,
        (parameters, overrides): (&args::Parameters, &args::RunOverrides),
    ) -> anyhow::Result<Self> {
        let source = Source {
            name: workflow.name.clone(),
            text: workflow.definition.clone().unwrap_or_default(),
            path: None,
        };
        let mut given = Given::read(source, parameters, overrides)?;
        given.stored = Some(workflow);
        let place = Place::settle(options, project, None)?;
        Ok(Self { given, place })
    }
}

/// Where stages work, and what is around them there.
pub(super) struct Place {
    /// The project.
    pub(super) directory: Option<PathBuf>,
    /// The `baton.toml`.
    pub(super) config: Option<PathBuf>,
    /// What workflows are checked against here.
    pub(super) around: Surroundings,
    /// Whether all that is laid over workflows is known here.
    pub(super) is_known: bool,
}

impl Place {
    /// On this machine or, when a server is asked, on that one's.
    pub(super) fn settle(
        options: &Options,
        asked: Option<&Path>,
        workflow: Option<&Path>,
    ) -> anyhow::Result<Self> {
        if let Some(server) = &options.server {
            return Self::elsewhere(server.url(), asked);
        }
        let directory = project::directory(asked)?;
        let around = Surroundings::look(options, directory.as_deref(), [workflow])?.whole()?;
        let config = input::config_for(options.config.as_deref(), directory.as_deref(), workflow)?;
        input::check_config(config.as_deref())?;
        Ok(Self {
            directory,
            config,
            around,
            is_known: true,
        })
    }

    /// A project of a server is the server's to look at.
    fn elsewhere(server: &str, asked: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(asked) = asked.filter(|asked| !asked.is_absolute()) {
            let shown = asked.display();
            let message =
                format!("--project {shown}: name a directory of {server} by its whole path");
            return Err(Failure::usage(message));
        }
        if let (None, Some(here)) = (asked, project::directory(None)?) {
            let here = here.display();
            document::err(&format!(
                "note: {server} knows nothing of the project here, {here}; \
                 --project names one of its own"
            ));
        }
        Ok(Self {
            directory: asked.map(Path::to_owned),
            config: None,
            around: Surroundings::none(),
            is_known: asked.is_none(),
        })
    }

    /// The project's directory as requests have it.
    pub(super) fn directory_text(&self) -> Option<String> {
        self.directory.as_deref().map(text)
    }

    /// The `baton.toml` as requests have it.
    pub(super) fn config_text(&self) -> Option<String> {
        self.config.as_deref().map(text)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_look_like_files_mean_files() {
        for word in ["-", "./a", "a/b", "a.yaml", "b.yml", "c.json", "Cargo.toml"] {
            assert_eq!(meant(Path::new(word)), Meant::File(Path::new(word)));
        }
        for word in ["a", "Release v1.2", "0193-ab", "nowhere"] {
            assert_eq!(meant(Path::new(word)), Meant::Stored(word));
        }
    }
}
