//! `baton plan FILE`: what a workflow would do.

use std::path::Path;
use std::process::ExitCode;

use baton_app::definitions::{self, Compiled};

use crate::args::{Options, Output, Parameters};
use crate::exit::Failure;
use crate::input::{self, Source};
use crate::render::{diagnostic, document};

pub(crate) fn plan(
    options: &Options,
    file: &Path,
    parameters: &Parameters,
) -> anyhow::Result<ExitCode> {
    let source = Source::definition(file)?;
    let parameters = input::parameters(parameters)?;
    let report = check(&source, &parameters)?.report();
    match options.output {
        Output::Table => document::out(&report.to_text())?,
        Output::Json | Output::Yaml => {
            document::print(options.output, &report.to_json())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Plans a definition; mistakes are shown with the lines they are in.
pub(crate) fn check(
    source: &Source,
    parameters: &definitions::Parameters,
) -> anyhow::Result<Compiled> {
    definitions::compile(&source.text, parameters).map_err(|error| {
        for found in &error.diagnostics {
            document::err(&diagnostic::render(source, found));
        }
        let message = match error.diagnostics.len() {
            0 => format!("{}: {}", source.name, error.message),
            1 => format!("{}: 1 mistake", source.name),
            n_mistakes => format!("{}: {n_mistakes} mistakes", source.name),
        };
        Failure::of(error.code, message)
    })
}
