//! `baton schema`: the JSON Schema of workflow files.

use std::process::ExitCode;

use baton_lang::SchemaOf;

use crate::args::{Options, Output, Schema};
use crate::render::document;

pub(crate) fn schema(options: &Options, args: &Schema) -> anyhow::Result<ExitCode> {
    let of = if args.overrides {
        SchemaOf::Overrides
    } else {
        SchemaOf::Workflow
    };
    let output = match options.output {
        Output::Table | Output::Json => Output::Json,
        Output::Yaml => Output::Yaml,
    };
    document::print(output, &baton_lang::schema(of, args.draft.into()))?;
    Ok(ExitCode::SUCCESS)
}
