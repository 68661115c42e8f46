//! `baton show WORKFLOW|RUN`: a stored workflow, what a file defines, or one
//! run with its steps; and texts that ship with the program.

use std::path::Path;
use std::process::ExitCode;

use baton_app::builtin::{self, BuiltinKind};
use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;
use serde_json::json;

use super::subject::{Meant, meant};
use super::which::{self, Found};
use super::{open, path_of};
use crate::args::{self, Options, Output};
use crate::exit::Failure;
use crate::input::Source;
use crate::render::diagnostic::{self, Texts};
use crate::render::{document, execution, library, workflow};
use crate::session::Need;

pub(crate) async fn show(options: &Options, args: &args::Show) -> anyhow::Result<ExitCode> {
    match (&args.builtin, args.what.as_deref().map(meant)) {
        (Some(name), _) => shipped(options, name),
        (None, Some(Meant::File(path))) => file(options, path),
        (None, Some(Meant::Stored(word))) => stored(options, word).await,
        (None, None) => Err(Failure::usage("name what is to be shown")),
    }
}

/// A text that ships with the program, as it stands.
fn shipped(options: &Options, name: &str) -> anyhow::Result<ExitCode> {
    let Some(found) = builtin::find(name) else {
        let names = builtin::ALL.iter().map(|builtin| builtin.name);
        let names: Vec<_> = names.collect();
        let message = format!(
            "nothing called `{name}` ships with Baton; there is {}",
            names.join(", ")
        );
        return Err(Failure::of(ErrorCode::NotFound, message));
    };
    match options.output {
        Output::Table => document::out(found.definition.trim_end())?,
        Output::Json | Output::Yaml => {
            let kind = match found.kind {
                BuiltinKind::Workflow => "workflow",
                BuiltinKind::Agent => "agent",
            };
            let shown = json!({ "name": found.name, "kind": kind, "definition": found.definition });
            document::print(options.output, &shown)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn stored(options: &Options, word: &str) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let found = which::find(&mut session, word).await;
    session.close().await;
    match found? {
        Found::Workflow(found) => {
            document::answer(options.output, &found, || library::detail(&found))?;
        }
        Found::Run(found) => {
            document::answer(options.output, &found, || execution::detail(&found))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One run with its steps.
pub(crate) async fn run(options: &Options, id: &str) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let found = session.get::<Execution>(&path_of(id)).await;
    session.close().await;
    let execution = found?;
    document::answer(options.output, &execution, || execution::detail(&execution))?;
    Ok(ExitCode::SUCCESS)
}

fn file(options: &Options, path: &Path) -> anyhow::Result<ExitCode> {
    let source = Source::definition(path)?;
    let checked = baton_lang::check(&source.text);
    let failed = checked.has_errors();
    let Some(definition) = checked.definition.filter(|_| !failed) else {
        for found in &checked.diagnostics {
            document::err(&diagnostic::render(Texts::only(&source), found));
        }
        let message = format!("{}: the workflow cannot be read", source.name);
        return Err(Failure::of(ErrorCode::InvalidDefinition, message));
    };
    match options.output {
        Output::Table => document::out(&workflow::show(&definition))?,
        Output::Json | Output::Yaml => {
            document::print(options.output, &workflow::to_json(&definition))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
