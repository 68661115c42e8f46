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
/// The user pressed Ctrl+C.
pub(crate) const INTERRUPTED: u8 = 130;
/// The server cannot be reached.
pub(crate) const UNREACHABLE: u8 = 69;
/// A file or directory cannot be read or written.
pub(crate) const FILES: u8 = 74;
/// The run was parked: it goes on with `baton resume`.
pub(crate) const PARKED: u8 = 75;

/// An error that brings its own exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: u8,
    /// What kind of error it is, in one word for programs.
    word: &'static str,
    message: String,
}

impl Failure {
    /// The same kind of error as one of the API's.
    pub(crate) fn of(code: ErrorCode, message: impl Into<String>) -> anyhow::Error {
        Self::error(code.exit_code(), code.as_str(), message)
    }

    /// The arguments make no sense.
    pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
        Self::error(USAGE, "usage", message)
    }

    /// A file or directory cannot be read or written.
    pub(crate) fn files(message: impl Into<String>) -> anyhow::Error {
        Self::error(FILES, "files", message)
    }

    /// Nobody answers.
    pub(crate) fn unreachable(message: impl Into<String>) -> anyhow::Error {
        Self::error(UNREACHABLE, "unreachable", message)
    }

    fn error(exit: u8, word: &'static str, message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self {
            exit,
            word,
            message: message.into(),
        })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Workflows are switched off, which is no failure.
#[derive(Debug)]
pub(crate) struct ComingSoon;

impl std::fmt::Display for ComingSoon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("workflows are not switched on here: coming soon")
    }
}

impl std::error::Error for ComingSoon {}

/// What clap says about the arguments, with our exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if error.use_stderr() {
        return ExitCode::from(USAGE);
    }
    // Help goes to standard output; a closed pipe there is nobody's fault.
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(FILES),
        Ok(()) | Err(_) => ExitCode::SUCCESS,
    }
}

/// Prints an error with its whole chain and says how to exit.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(complain(error))
}

/// The same, for a command that goes on with something else.
pub(crate) fn complain(error: &anyhow::Error) -> u8 {
    let (exit, word) = kind_of(error);
    let mut stderr = std::io::stderr().lock();
    // Nobody is left to tell when standard error is closed.
    drop(match word {
        Some(word) => writeln!(stderr, "error[{word}]: {error:#}"),
        None => writeln!(stderr, "error: {error:#}"),
    });
    if let Some(ApiError::Refused(problem)) = error.downcast_ref::<ApiError>() {
        if problem.code == ErrorCode::Unauthenticated.as_str() {
            let hint = "say who asks with BATON_TOKEN or --token-file; \
                        baton token create on the server makes a token";
            drop(writeln!(stderr, "  help: {hint}"));
        }
        for found in &problem.validation_errors {
            drop(writeln!(stderr, "{}", diagnostic::line_of_json(found)));
        }
    }
    exit
}

/// How to exit for an error.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    kind_of(error).0
}

/// How to exit, and the word for the kind of error where there is one.
fn kind_of(error: &anyhow::Error) -> (u8, Option<&str>) {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return (failure.exit, Some(failure.word));
    }
    if let Some(app) = error.downcast_ref::<AppError>() {
        return (app.code.exit_code(), Some(app.code.as_str()));
    }
    match error.downcast_ref::<ApiError>() {
        Some(ApiError::Refused(problem)) => {
            let exit = ErrorCode::from_word(&problem.code).map_or(FAILED, ErrorCode::exit_code);
            (exit, Some(&problem.code))
        }
        Some(ApiError::Unreached(_) | ApiError::Broken(_) | ApiError::Silent(_)) => {
            (UNREACHABLE, Some("unreachable"))
        }
        None => (FAILED, None),
    }
}
