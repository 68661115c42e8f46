//! `baton show WORKFLOW|RUN`: a stored workflow, what a file defines, or one
//! run with its steps.

use std::path::Path;
use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;

use super::subject::{Meant, meant};
use super::which::{self, Found};
use super::{open, path_of};
use crate::args::{Options, Output};
use crate::exit::Failure;
use crate::input::Source;
use crate::render::diagnostic::{self, Texts};
use crate::render::{document, execution, library, workflow};
use crate::session::Need;

pub(crate) async fn show(options: &Options, what: &Path) -> anyhow::Result<ExitCode> {
    match meant(what) {
        Meant::File(path) => file(options, path),
        Meant::Stored(word) => stored(options, word).await,
    }
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
