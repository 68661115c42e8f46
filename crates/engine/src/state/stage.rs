//! What is known of one stage of a run.

use std::sync::Arc;

use baton_model::event::GateDecision;
use baton_model::{
    Answers, Asker, Failure, FailureLabel, Object, Question, StepStatus, Timestamp, Usage,
};

/// A stage within a run.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any two may go together"
)]
pub struct StageState {
    /// Where it stands.
    pub status: StepStatus,
    /// How often it was opened, from 1.
    pub iteration: u32,
    /// Its latest attempt in this iteration; 0 before the first.
    pub attempt: u32,
    /// Its latest start in the whole run; 0 before the first.
    pub dispatch: u32,
    /// Its latest turn in this attempt: the first, then one more for each
    /// question answered, each repair, and the summary.
    pub turn: u32,
    /// What this turn is for.
    pub work: Work,
    /// How often this attempt was run again after a crash.
    pub crash_restarts: u32,
    /// How often this turn was, of those times.
    pub turn_restarts: u32,
    /// How often its agent was asked to mend the output of this attempt.
    pub repairs: u32,
    /// How many stages it still waits for; the barrier before its batch
    /// counts as one.
    pub waiting_for: u32,
    /// Set while a running attempt is being ended: `timeout`, `cancelled` or
    /// `rework`.
    pub stopping: Option<FailureLabel>,
    /// The next deadline, or time of the next attempt, that concerns it.
    pub timer: Option<Timestamp>,
    /// When its latest attempt runs, or ran, out of time.
    pub deadline: Option<Timestamp>,
    /// What it brought back.
    pub outputs: Option<Arc<Object>>,
    /// What it hands on besides its outputs.
    pub handed: Option<Arc<Handed>>,
    /// Why its latest attempt failed.
    pub failure: Option<Failure>,
    /// Session of its agent.
    pub session: Option<String>,
    /// What that session has told of all it has taken.
    pub session_total: Option<Usage>,
    /// What all turns of its agent took, as far as they have told.
    pub spent: Usage,
    /// The latest start of which it is known what it took; 0 before the first.
    pub(crate) spent_by: u32,
    /// For a gate: what was asked, and what was decided.
    pub gate: Option<Box<GateState>>,
    /// What was said between its agent and people.
    pub talk: Option<Box<Talk>>,
    /// When its latest attempt started, or the gate opened.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The version at which it became ready, while it is.
    pub(crate) ready_since: Option<u64>,
    /// Its next start goes on with the present attempt.
    pub(crate) continues: bool,
    /// Its dependants do not wait for it (any more).
    pub(crate) released: bool,
    /// It waits for the batches before its own.
    pub(crate) is_held: bool,
    /// Under `schedule: batches`, what depends on it can never start as things
    /// stand.
    pub(crate) blocks: bool,
    /// Under `schedule: batches`, how many of those it depends on say so.
    pub(crate) blocked_by: u32,
    /// Under `schedule: batches`, later batches wait for it.
    pub(crate) is_awaited: bool,
    /// Who gave it its present plan by an edit; none: it is as the run was
    /// created with it.
    pub(crate) written_by: Option<Arc<str>>,
    /// It was taken out of the run; only its place is left.
    pub(crate) is_removed: bool,
}

/// What a turn of an agent is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// The stage itself.
    #[default]
    Stage,
    /// Mending an output that was wrong.
    Repair {
        /// What was wrong with it.
        reason: String,
    },
    /// Condensing the outputs.
    Summary(Arc<Draft>),
}

/// A result that is not the stage's yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What was brought.
    pub outputs: Object,
    /// What the agent wrote, where the stage hands that on.
    pub text: Option<String>,
}

/// What a stage hands on besides its outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// What the agent wrote, word for word.
    pub text: Option<String>,
    /// The outputs condensed.
    pub summary: Option<String>,
    /// Why there is no summary although one was asked for.
    pub summary_failure: Option<Failure>,
}

/// A gate within a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateState {
    /// What people are asked.
    pub message: Option<String>,
    /// When it decides by itself.
    pub deadline: Option<Timestamp>,
    /// Who decided, and why.
    pub decision: Option<GateDecision>,
}

/// What was said between a stage's agent and people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    /// What is asked, or was asked last.
    pub asked: Option<Asked>,
    /// Every answer of this iteration; later ones win.
    pub answers: Answers,
    /// What a person wants done differently.
    pub feedback: Option<Feedback>,
}

/// Questions with what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Who asks.
    pub asker: Asker,
    /// The dispatch that asked, or was lost.
    pub dispatch: u32,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When nobody needs to answer any more.
    pub deadline: Option<Timestamp>,
    /// What was answered, and by whom.
    pub answered: Option<(Answers, String)>,
}

/// What a person says about a stage that is to run again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feedback {
    /// Their words.
    pub text: Option<String>,
    /// Who.
    pub by: String,
    /// What the stage brought the last time.
    pub outputs: Option<Arc<Object>>,
}

impl Talk {
    /// What was asked and answered counts for one iteration.
    pub(crate) fn forget_questions(&mut self) {
        self.asked = None;
        self.answers.clear();
    }
}

impl StageState {
    pub(crate) fn pending(waiting_for: u32) -> Self {
        Self {
            status: StepStatus::Pending,
            iteration: 1,
            attempt: 0,
            dispatch: 0,
            turn: 0,
            work: Work::Stage,
            crash_restarts: 0,
            turn_restarts: 0,
            repairs: 0,
            waiting_for,
            stopping: None,
            timer: None,
            deadline: None,
            outputs: None,
            handed: None,
            failure: None,
            session: None,
            session_total: None,
            spent: Usage::default(),
            spent_by: 0,
            gate: None,
            talk: None,
            started_at: None,
            ended_at: None,
            ready_since: None,
            continues: false,
            released: false,
            is_held: false,
            blocks: false,
            blocked_by: 0,
            is_awaited: false,
            written_by: None,
            is_removed: false,
        }
    }

    /// Whether nothing was done for it yet, in any iteration.
    pub(crate) fn is_untouched(&self) -> bool {
        self.status == StepStatus::Pending && self.iteration == 1 && self.dispatch == 0
    }

    /// Whether an attempt has begun and not ended: its agent works, waits for an
    /// answer, or is about to go on with one.
    pub fn is_in_attempt(&self) -> bool {
        let is_busy = matches!(
            self.status,
            StepStatus::Running | StepStatus::WaitingForInput
        );
        self.attempt > 0 && (is_busy || self.continues)
    }

    /// The questions that wait for an answer.
    pub fn open_questions(&self) -> Option<&Asked> {
        let asked = self.talk.as_ref()?.asked.as_ref()?;
        (self.status == StepStatus::WaitingForInput).then_some(asked)
    }

    pub(crate) fn talk_mut(&mut self) -> &mut Talk {
        self.talk.get_or_insert_default()
    }
}
