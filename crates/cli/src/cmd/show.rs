//! `baton show RUN|FILE`: one run with its steps, or what a file defines.

use std::path::Path;
use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;

use super::open;
use crate::args::{Options, Output};
use crate::client::escape;
use crate::exit::Failure;
use crate::input::Source;
use crate::render::diagnostic::{self, Texts};
use crate::render::{document, execution, workflow};
use crate::session::Need;

pub(crate) async fn show(options: &Options, what: &str) -> anyhow::Result<ExitCode> {
    let looks_like_a_file = what.contains(['/', '.']);
    if looks_like_a_file || Path::new(what).is_file() {
        file(options, what)
    } else {
        run(options, what).await
    }
}

/// One run with its steps.
pub(crate) async fn run(options: &Options, id: &str) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let path = format!("/workflow-executions/{}", escape(id));
    let found = session.get::<Execution>(&path).await;
    session.close().await;
    let execution = found?;
    document::answer(options.output, &execution, || execution::detail(&execution))?;
    Ok(ExitCode::SUCCESS)
}

fn file(options: &Options, path: &str) -> anyhow::Result<ExitCode> {
    let source = Source::definition(Path::new(path))?;
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
