//! Carries out what a workflow wants done beside a run: programs and notices.
//!
//! One action is one call and one answer; when an action is due, whether it
//! was done already, and what its failure means is for the caller to know.
//! An action may be carried out twice: a server that dies in the middle of it
//! takes it along, and the next one begins again.

mod notice;
mod program;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use baton_model::plan::HookAction;
use baton_model::{ExecutionStatus, HookKey, RunId};

use crate::command::{ProcessHost, inherited};
use crate::config::NotifyTargets;
use crate::egress::{Egress, EgressError};

/// How long a program may take.
const PROGRAM_TIME_MAX: Duration = Duration::from_mins(1);

/// Which action of which run is to be carried out.
#[derive(Clone, Debug)]
pub struct HookCall {
    /// The run.
    pub run: RunId,
    /// Its workflow, as people call it.
    pub workflow: String,
    /// Where the run stands.
    pub status: ExecutionStatus,
    /// Why it did not complete.
    pub error: Option<String>,
    /// Which action of which hook, after which end of the run.
    pub key: HookKey,
    /// The run's project directory; none: a scratch folder of the run.
    pub directory: Option<PathBuf>,
}

/// Why an action came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The program could not start, failed, or took too long. The author of
    /// the workflow can mend that.
    #[error("{0}")]
    Program(String),
    /// `baton.toml` does not say where the target is.
    #[error(
        "baton.toml has no section [notify.{}] that says where to send this",
        toml_key(target)
    )]
    UnknownTarget {
        /// As the workflow names it.
        target: String,
    },
    /// The target was not reached or refused the notice; later may be better.
    #[error("cannot notify `{target}`: {why}")]
    Unsent {
        /// As the workflow names it.
        target: String,
        /// What happened; never holds the URL, which may be a secret.
        why: String,
    },
    /// This machine could not do its part.
    #[error("cannot {0}: {1}")]
    Machine(&'static str, io::Error),
}

impl HookError {
    fn unsent(target: &str, error: &EgressError) -> Self {
        Self::Unsent {
            target: target.to_owned(),
            why: error.to_string(),
        }
    }
}

/// A name as a TOML key; every JSON string is one.
fn toml_key(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// Carries out actions, with the targets of one `baton.toml`.
#[derive(Debug)]
pub struct HookRunner {
    targets: NotifyTargets,
    host: ProcessHost,
    /// What programs inherit from this server, read once.
    inherited: BTreeMap<String, String>,
    egress: Egress,
    program_time_max: Duration,
}

impl HookRunner {
    /// Nothing is opened or started before the first action.
    pub fn new(targets: NotifyTargets, host: ProcessHost) -> Self {
        Self {
            targets,
            host: host.absolute(),
            inherited: inherited(),
            egress: Egress::default(),
            program_time_max: PROGRAM_TIME_MAX,
        }
    }

    /// Gives programs another time limit than a minute.
    #[must_use]
    pub fn with_program_time_max(self, program_time_max: Duration) -> Self {
        Self {
            program_time_max,
            ..self
        }
    }

    /// Carries out one action, whose texts hold no `${{ }}` any more.
    ///
    /// Returns once nothing of it is left. Dropping the future ends a program
    /// with all it has started; so does a second call for the same action.
    pub async fn run(&self, action: &HookAction, call: &HookCall) -> Result<(), HookError> {
        match action {
            HookAction::Run { argv } => self.run_program(argv, call).await,
            HookAction::Notify { target, message } => {
                self.notify(target, message.as_deref(), call).await
            }
        }
    }
}
