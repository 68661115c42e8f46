//! What projects and runs lay over workflows (BLUEPRINT §4): the file of a
//! project is found here, and what it says is for the language to judge.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use baton_lang::{Overrides, OverridesForm};
use baton_model::{ErrorCode, Object, Value};

use crate::{AppError, regular_file};

/// Names of the file, the one that counts first.
pub const FILE_NAMES: [&str; 2] = [
    ".baton-workflow-overrides.yaml",
    ".skillmeat-workflow-overrides.yaml",
];

/// What plans call the overrides a run was started with.
pub const OF_RUN: &str = "this run";

/// The language refuses what is longer, so nothing beyond has to be read.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A text that is laid over a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// What findings and plans call it.
    pub name: String,
    /// What it says.
    pub text: String,
    of: LayerOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum LayerOf {
    Project,
    Run,
}

impl Layer {
    /// The file of a project, with a block for each workflow.
    pub fn of_project(name: String, text: String) -> Self {
        let of = LayerOf::Project;
        Self { name, text, of }
    }

    /// What is set for one run.
    pub fn of_run(name: String, text: String) -> Self {
        let of = LayerOf::Run;
        Self { name, text, of }
    }

    /// The same under a name that is shorter where it is shown.
    #[must_use]
    pub fn renamed(self, name: String) -> Self {
        Self { name, ..self }
    }

    pub(crate) fn as_overrides(&self) -> Overrides<'_> {
        Overrides {
            name: &self.name,
            text: &self.text,
            form: match self.of {
                LayerOf::Project => OverridesForm::File,
                LayerOf::Run => OverridesForm::Block,
            },
        }
    }
}

/// What is laid over a workflow in a project, then what a run adds, in the
/// order in which they count.
pub fn layers(project: Option<&Path>, run: Option<Object>) -> Result<Vec<Layer>, AppError> {
    let mut layers = Vec::new();
    if let Some(project) = project {
        layers.extend(of_project(project)?);
    }
    let run = run.map(|block| Layer::of_run(OF_RUN.to_owned(), Value::Object(block).to_string()));
    layers.extend(run);
    Ok(layers)
}

/// The overrides of a project: of its own directory, else of the nearest one
/// above it that has some.
pub fn of_project(directory: &Path) -> Result<Option<Layer>, AppError> {
    find(directory).map(|file| read(&file)).transpose()
}

/// Reads a file of overrides, under the name of its path.
pub fn read(file: &Path) -> Result<Layer, AppError> {
    let name = file.display().to_string();
    let text = read_text(file).map_err(|error| {
        let message = format!("cannot read the overrides {name}: {error}");
        AppError::new(ErrorCode::InvalidDefinition, message)
    })?;
    Ok(Layer::of_project(name, text))
}

/// Where the overrides of a project are.
pub fn find(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().find_map(|directory| {
        let files = FILE_NAMES.map(|name| directory.join(name));
        // One that leads nowhere was put there, too, and is complained about.
        files
            .into_iter()
            .find(|file| file.symlink_metadata().is_ok())
    })
}

/// What is too long comes without its end, and is refused for its length.
fn read_text(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let file = regular_file::open(file)?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use nix::sys::stat::Mode;

    use super::*;

    fn text(directory: &Path) -> Option<String> {
        of_project(directory).unwrap().map(|layer| layer.text)
    }

    #[test]
    fn the_nearest_directory_wins_and_in_one_the_first_name() {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("a/b");
        fs::create_dir_all(&project).unwrap();
        let [ours, theirs] = FILE_NAMES;
        assert_eq!(text(&project), None);
        for (file, expected) in [
            (root.path().join(theirs), "above, theirs"),
            (root.path().join(ours), "above, ours"),
            (project.join(theirs), "own, theirs"),
            (project.join(ours), "own, ours"),
        ] {
            fs::write(file, expected).unwrap();
            assert_eq!(text(&project).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_not_nothing() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(FILE_NAMES[0]);
        std::os::unix::fs::symlink(root.path().join("gone"), &file).unwrap();
        let error = of_project(root.path()).unwrap_err();
        assert!(error.message.contains(FILE_NAMES[0]), "{error}");
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert!(of_project(root.path()).is_err());
        fs::remove_dir(&file).unwrap();
        nix::unistd::mkfifo(&file, Mode::S_IRWXU).unwrap();
        let error = of_project(root.path()).unwrap_err();
        assert!(
            error.message.ends_with("it is not a regular file"),
            "{error}"
        );
        fs::remove_file(&file).unwrap();
        fs::write(&file, b"\xff").unwrap();
        assert!(of_project(root.path()).is_err());
    }

    #[test]
    fn a_run_comes_after_its_project() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(FILE_NAMES[1]), "overrides: {}").unwrap();
        let layers = layers(Some(root.path()), Some(Object::new())).unwrap();
        assert_eq!(layers[0].text, "overrides: {}");
        assert_eq!(
            (layers[1].name.as_str(), layers[1].text.as_str()),
            (OF_RUN, "{}")
        );
        assert_eq!(layers.len(), 2);
    }
}
