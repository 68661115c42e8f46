//! Runs of one skill in a registered project: started, looked at, answered,
//! ended. What they are is the built-in workflow [`SPECFLOW`].
//!
//! Two kinds of leniency set them apart from other runs: an agent may be
//! answered with any texts under any names, and whatever it brings is taken.

mod listing;
mod look;
mod noted;
mod prompt;
mod session_total;
mod start;
mod steering;
mod story;
mod translate;
mod vitals;

use std::fmt;

use baton_model::{
    Answers, ExecutionStatus, Failure, Object, Question, RunId, Timestamp, Usage, Value,
};
use baton_store::{ExecutionRow, StepRow};

use crate::AppError;
use crate::builtin::SPECFLOW;

pub use baton_runtime::{Killed, Processes, is_session_name};
pub(crate) use listing::KnownRuns;
pub use listing::StartedRuns;
pub use start::{Provider, StartProjectRun};
pub use steering::Manner;
pub use story::{Happening, Story};
pub use vitals::ChoosableSkill;

/// What the agent of a run of a skill begins with that does not exist: nobody
/// works for it, and whoever looks for somebody says so.
pub const MISSING_SKILL: &str = "missing-skill:";

/// The stage that such a run consists of.
const STAGE: &str = "skill";

/// A run of a skill in a project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectRun {
    /// Its row.
    pub execution: ExecutionRow,
    /// Its one step.
    pub step: StepRow,
    /// The project it was started in.
    pub project: String,
    /// Who works on it.
    pub provider: Provider,
    /// The skill, as it was asked for.
    pub skill: String,
    /// How long a turn may take, in milliseconds, as it was asked for.
    pub timeout_ms: f64,
    /// What has happened.
    pub story: Story,
    /// What the agent wrote in its last turn.
    pub stdout: String,
    /// What it wrote on standard error.
    pub stderr: String,
    /// Processes of its agent, while it is at work.
    pub processes: Option<Processes>,
}

impl ProjectRun {
    /// Its id.
    pub fn id(&self) -> RunId {
        self.execution.id
    }

    /// Where it stands. One that is being ended counts as ended: what its
    /// agent does until it is gone changes nothing any more.
    pub fn status(&self) -> ExecutionStatus {
        match self.story.stopping {
            Some(outcome) if !self.execution.status.is_terminal() => outcome,
            Some(_) | None => self.execution.status,
        }
    }

    /// What its agent asks and nobody has answered.
    pub fn open_questions(&self) -> Option<&[Question]> {
        let is_waiting = self.status() == ExecutionStatus::WaitingForInput;
        is_waiting.then_some(self.story.questions.as_slice())
    }

    /// What its agent has answered, where that has the form of an answer; when
    /// that was that it has failed, too.
    pub fn answer_of_agent(&self) -> Option<Object> {
        let brought = self.failure().and_then(|failure| failure.brought.clone());
        let mut outputs = match (brought, self.step.progress.outputs.as_deref()) {
            (Some(brought), _) => *brought,
            (None, outputs) => serde_json::from_str(outputs?).ok()?,
        };
        match outputs.remove("output")? {
            Value::Object(answer) => Some(answer),
            _ => None,
        }
    }

    /// Why it failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.story.failure.as_ref()
    }

    /// All answers so far.
    pub fn answers(&self) -> &Answers {
        &self.story.answers
    }

    /// The agent's session.
    pub fn session(&self) -> Option<&str> {
        self.story.session.as_deref()
    }

    /// What its agent has used up.
    pub fn usage(&self) -> Usage {
        self.story.usage
    }

    /// When it was told to end.
    pub fn cancelled_at(&self) -> Option<Timestamp> {
        let is_cancelled = self.status() == ExecutionStatus::Cancelled;
        self.story.stopped_at.filter(|_| is_cancelled)
    }
}

/// Why something cannot be done about a run of a project.
#[derive(Clone, Debug)]
pub enum ProjectRunError {
    /// No project has this id.
    UnknownProject(String),
    /// No run of a project has this id.
    UnknownRun(String),
    /// The run is in a state that does not allow it.
    WrongState(ExecutionStatus),
    /// Something else.
    Other(AppError),
}

impl fmt::Display for ProjectRunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProject(id) => write!(f, "there is no project `{id}`"),
            Self::UnknownRun(id) => write!(f, "no run of a project has the id `{id}`"),
            Self::WrongState(status) => write!(f, "the run is {status}"),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ProjectRunError {}

impl<E: Into<AppError>> From<E> for ProjectRunError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Whether a row is one of such a run.
fn is_project_run(row: &ExecutionRow) -> bool {
    row.workflow_key == SPECFLOW.name && row.parameters.contains_key("skill")
}
