//! What users hand in: workflow files and parameters.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use baton_agents::Config;
use baton_app::definitions::{ParameterInput, Parameters};
use baton_app::overrides::Layer;
use baton_model::{ErrorCode, Object, Value};

use crate::args;
use crate::exit::Failure;
use crate::render::diagnostic::{self, Texts};
use crate::render::document;

/// More than this is nothing anybody wrote, so nothing beyond has to be read.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A text and the name it goes by in messages.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where it lies; none for standard input.
    pub(crate) path: Option<PathBuf>,
}

impl Source {
    /// Reads a file, or standard input for `-`, whole or not at all.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let source = Self::definition(path)?;
        if source.text.len() as u64 > BYTES_MAX {
            let message = format!("{} is longer than {BYTES_MAX} bytes", source.name);
            return Err(Failure::of(ErrorCode::TooLarge, message));
        }
        Ok(source)
    }

    /// Reads a workflow file. One that is too long comes without its end: the
    /// language refuses it for its length, as it does every other mistake.
    pub(crate) fn definition(path: &Path) -> anyhow::Result<Self> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin {
            "<stdin>".to_owned()
        } else {
            path.display().to_string()
        };
        let bytes = if is_stdin {
            bounded(io::stdin().lock())
        } else {
            read_file(path)
        };
        let bytes = bytes.map_err(|error| {
            let code = match error.kind() {
                io::ErrorKind::NotFound => ErrorCode::NotFound,
                _ => ErrorCode::InvalidDefinition,
            };
            Failure::of(code, format!("cannot read {name}: {error}"))
        })?;
        let text = text(&name, bytes)?;
        let path = (!is_stdin).then(|| path.to_owned());
        Ok(Self { name, text, path })
    }

    /// The value it is, in YAML or JSON. Every mistake in it is shown at its
    /// place; `what` it holds is said once, under `code`.
    pub(crate) fn value(&self, what: &str, code: ErrorCode) -> anyhow::Result<Value> {
        baton_lang::read_value(&self.text).map_err(|mistakes| {
            for found in &mistakes {
                document::err(&diagnostic::render(Texts::only(self), found));
            }
            Failure::of(code, format!("{}: cannot read the {what}", self.name))
        })
    }

    /// What is laid over a workflow.
    pub(crate) fn of_layer(layer: &Layer) -> Self {
        Self {
            name: layer.name.clone(),
            text: layer.text.clone(),
            path: None,
        }
    }
}

/// What is too long was cut anywhere, and is refused for its length later on.
fn text(name: &str, bytes: Vec<u8>) -> anyhow::Result<String> {
    if bytes.len() as u64 > BYTES_MAX {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let (line, column) = place(&error.as_bytes()[..valid]);
        let message = format!("{name}:{line}:{column}: this is not text in UTF-8");
        Failure::of(ErrorCode::InvalidDefinition, message)
    })
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a directory; name a file in it"));
    }
    bounded(file)
}

fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Line and column, from 1, just after valid text.
fn place(valid: &[u8]) -> (usize, usize) {
    let text = String::from_utf8_lossy(valid);
    let line = text.matches('\n').count() + 1;
    let column = text
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (line, column)
}

/// Parameters of the command line: those of the file, overridden one by one.
pub(crate) fn parameters(args: &args::Parameters) -> anyhow::Result<Parameters> {
    let mut parameters: Parameters = Vec::new();
    if let Some(file) = &args.params_file {
        for (name, value) in read_parameters(file)? {
            parameters.push((name, ParameterInput::Value(value)));
        }
    }
    for pair in &args.param {
        let (name, value) = pair
            .split_once('=')
            .map(|(name, value)| (name.trim(), value))
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| {
                Failure::usage(format!("Invalid --param format `{pair}`: write KEY=VALUE"))
            })?;
        parameters.retain(|(known, _)| known != name);
        parameters.push((name.to_owned(), ParameterInput::Text(value.to_owned())));
    }
    Ok(parameters)
}

fn read_parameters(file: &Path) -> anyhow::Result<Object> {
    let source = Source::read(file)?;
    match source.value("parameters", ErrorCode::InvalidParameters)? {
        Value::Null => Ok(Object::new()),
        Value::Object(object) => Ok(object),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let message = format!("{} must hold a map of parameters", source.name);
            Err(Failure::usage(message))
        }
    }
}

/// The `baton.toml` that goes with a workflow: the one that was named, else
/// the project's, else the one beside the workflow.
pub(crate) fn config_for(
    asked: Option<&Path>,
    project: Option<&Path>,
    workflow: Option<&Path>,
) -> anyhow::Result<Option<PathBuf>> {
    if let Some(asked) = asked {
        if !asked.is_file() {
            let message = format!("there is no configuration file {}", asked.display());
            return Err(Failure::of(ErrorCode::NotFound, message));
        }
        return Ok(Some(std::path::absolute(asked)?));
    }
    let beside = workflow.and_then(Path::parent);
    let places = [project, Some(Path::new(".")), beside];
    let found = places
        .into_iter()
        .flatten()
        .map(|place| place.join("baton.toml"));
    found
        .filter(|file| file.is_file())
        .map(|file| Ok(std::path::absolute(file)?))
        .next()
        .transpose()
}

/// Reads the `baton.toml` before anything is opened or made for the run, so
/// that a mistake in it is the same whoever works on the run.
pub(crate) fn check_config(file: Option<&Path>) -> anyhow::Result<()> {
    match file.map(Config::load) {
        Some(Err(error)) => Err(Failure::usage(error.to_string())),
        Some(Ok(_)) | None => Ok(()),
    }
}
