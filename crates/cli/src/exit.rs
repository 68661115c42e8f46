//! Exit codes (BLUEPRINT §7), and the last words on standard error.

use std::io::Write;
use std::process::ExitCode;

use baton_app::AppError;
use baton_model::ErrorCode;

use crate::client::ApiError;
use crate::render::diagnostic;

/// What was asked for failed: a run failed or was cancelled, a workflow is invalid.
pub(crate) const FAILED: u8 = 1;
/// The arguments make no sense.
pub(crate) const USAGE: u8 = 2;
/// The server cannot be reached.
pub(crate) const UNREACHABLE: u8 = 69;
/// A file or directory cannot be read or written.
pub(crate) const FILES: u8 = 74;
/// The run was parked: it goes on with `baton resume`.
pub(crate) const PARKED: u8 = 75;

/// An error that brings its own exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self {
            code,
            message: message.into(),
        })
    }

    pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
        Self::new(USAGE, message)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What clap says about the arguments, with our exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Help goes to standard output; a closed pipe there is nobody's fault.
    drop(error.print());
    if error.use_stderr() {
        ExitCode::from(USAGE)
    } else {
        ExitCode::SUCCESS
    }
}

/// Prints an error with its whole chain and says how to exit.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    // Nobody is left to tell when standard error is closed.
    drop(writeln!(stderr, "error: {error:#}"));
    if let Some(ApiError::Refused(problem)) = error.downcast_ref::<ApiError>() {
        for found in &problem.validation_errors {
            drop(writeln!(stderr, "{}", diagnostic::line_of_json(found)));
        }
    }
    ExitCode::from(code_of(error))
}

fn code_of(error: &anyhow::Error) -> u8 {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.code;
    }
    if let Some(app) = error.downcast_ref::<AppError>() {
        return app.code.exit_code();
    }
    match error.downcast_ref::<ApiError>() {
        Some(ApiError::Refused(problem)) => {
            ErrorCode::from_word(&problem.code).map_or(FAILED, ErrorCode::exit_code)
        }
        Some(ApiError::Broken(_)) => UNREACHABLE,
        None => FAILED,
    }
}
