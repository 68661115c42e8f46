//! `baton completions SHELL`: what completes commands and options.

use std::process::ExitCode;

use crate::args::{Cli, Completions};
use crate::render::document;

pub(crate) fn completions(args: &Completions) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::definition(), "baton", &mut script);
    document::out(String::from_utf8_lossy(&script).trim_end())?;
    Ok(ExitCode::SUCCESS)
}
