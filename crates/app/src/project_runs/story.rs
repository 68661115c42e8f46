//! What has happened to a run of a skill, read from its events.

use baton_model::plan::{StageKind, Workspace};
use baton_model::{
    Answers, Event, ExecutionStatus, Failure, FailureLabel, Plan, Question, Recorded, Timestamp,
    Usage,
};

use super::{Provider, translate};

/// What has happened to a run of a skill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// In order, each with its time.
    pub happenings: Vec<(Timestamp, Happening)>,
    /// What was asked last, answered or not.
    pub questions: Vec<Question>,
    /// Whether nobody has answered that.
    pub is_asking: bool,
    /// All answers so far, under the names that were given.
    pub answers: Answers,
    /// The agent's session.
    pub session: Option<String>,
    /// The session it was to go on with when it began.
    pub earlier_session: Option<String>,
    /// Where its agent is looked for.
    pub(super) workspace: Workspace,
    /// Who was to work on it, where its agent does not say so.
    pub(super) provider: Option<Provider>,
    /// What its session has told of all it has taken.
    pub session_total: Option<Usage>,
    /// What its agent has used up.
    pub usage: Usage,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Whether it failed because its turn took too long as a whole. An agent
    /// that keeps silent for too long fails with the same label.
    pub is_out_of_time: bool,
    /// What it is to end as, once that is decided.
    pub stopping: Option<ExecutionStatus>,
    /// When that was decided.
    pub stopped_at: Option<Timestamp>,
    /// When the turn that began last runs out of time.
    deadline: Option<Timestamp>,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The run was stored.
    Created,
    /// Its agent was started.
    Started,
    /// Its agent was called again with answers.
    Resumed,
    /// Its agent asks so many questions.
    Asked(usize),
    /// Somebody answered.
    Answered {
        /// Who.
        by: String,
    },
    /// Its agent was told to end.
    Stopping,
    /// Somebody ended the run.
    Cancelled {
        /// Who, and why.
        reason: String,
    },
    /// Its agent brought a result.
    Completed,
    /// It failed.
    Failed(Failure),
    /// Nothing starts until somebody resumes it.
    Paused,
    /// It was resumed after that.
    GoesOn,
}

impl Story {
    /// Reads it from all events.
    pub(super) fn of<'e>(events: impl IntoIterator<Item = &'e Recorded>) -> Self {
        let mut story = Self::default();
        for recorded in events {
            story.take(recorded);
        }
        story
    }

    fn take(&mut self, recorded: &Recorded) {
        let happening = match &recorded.event {
            Event::RunCreated(created) => {
                self.workspace.clone_from(&created.plan.workspace);
                self.note_earlier_session(&created.plan);
                Happening::Created
            }
            Event::StageStarted { deadline, .. } | Event::StageRestarted { deadline, .. } => {
                self.deadline = *deadline;
                self.started()
            }
            Event::StageAsked {
                questions, session, ..
            } => {
                self.questions.clone_from(questions);
                self.is_asking = true;
                self.note_session(session.as_ref());
                Happening::Asked(questions.len())
            }
            Event::StageAnswered { answers, by, .. } => {
                let answers = translate::to_client(&self.questions, answers);
                self.answers.extend(answers);
                self.is_asking = false;
                Happening::Answered { by: by.clone() }
            }
            Event::StageSpent {
                usage,
                session_total,
                ..
            } => {
                self.usage = self.usage.plus(usage);
                self.session_total = session_total.or(self.session_total);
                return;
            }
            Event::StageStopping { .. } => Happening::Stopping,
            Event::StageCompleted { session, .. } => {
                self.note_session(session.as_ref());
                self.failure = None;
                Happening::Completed
            }
            Event::StageFailed { failure, .. } => {
                self.failure = Some(failure.clone());
                self.is_out_of_time = failure.label == FailureLabel::TIMEOUT
                    && self
                        .deadline
                        .is_some_and(|deadline| deadline <= recorded.at);
                Happening::Failed(failure.clone())
            }
            Event::RunStopping { outcome, reason } => {
                self.stopping = Some(*outcome);
                self.stopped_at = Some(recorded.at);
                if *outcome != ExecutionStatus::Cancelled {
                    return;
                }
                Happening::Cancelled {
                    reason: reason.clone(),
                }
            }
            Event::RunPaused { .. } => Happening::Paused,
            Event::RunResumed { .. } => Happening::GoesOn,
            _ => return,
        };
        self.happenings.push((recorded.at, happening));
    }

    /// Whether an agent was called.
    pub(super) fn has_begun(&self) -> bool {
        let mut happenings = self.happenings.iter();
        happenings.any(|(_, happening)| *happening == Happening::Started)
    }

    fn started(&self) -> Happening {
        let is_again = self
            .happenings
            .iter()
            .any(|(_, happening)| matches!(happening, Happening::Answered { .. }));
        if is_again {
            Happening::Resumed
        } else {
            Happening::Started
        }
    }

    fn note_earlier_session(&mut self, plan: &Plan) {
        let Some(stage) = plan.stages.first() else {
            return;
        };
        self.provider = Provider::of_payload(&stage.payload);
        if let StageKind::Agent(agent) = &stage.kind {
            self.earlier_session.clone_from(&agent.session);
            self.session_total = agent.session_total;
        }
    }

    fn note_session(&mut self, session: Option<&String>) {
        if let Some(session) = session {
            self.session = Some(session.clone());
        }
    }
}
