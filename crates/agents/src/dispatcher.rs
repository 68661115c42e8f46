//! The plug every way of calling an agent fits into.
//!
//! A dispatcher gets one attempt and answers with one report; it knows
//! nothing of runs, retries or stores. It must end soon after its
//! cancellation token fires, and always ends by the attempt's own deadline.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_model::plan::{HandoffFormat, OutputSpec, Speech};
use baton_model::{
    Answers, AttemptKey, AttemptReport, Object, Spent, StageId, TextPiece, Usage, Value,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Everything an agent is told about one attempt.
#[derive(Clone, Debug)]
pub struct AttemptRequest {
    /// Which start of which stage this is.
    pub key: AttemptKey,
    /// Which turn of the attempt, from 1: an attempt that asks, mends or
    /// condenses takes several.
    pub turn: u32,
    /// What this turn is for.
    pub work: Work,
    /// Reference such as `agent:reviewer`.
    pub artifact: String,
    /// Model the stage asks for.
    pub model: Option<String>,
    /// References of tools the stage may use.
    pub tools: Vec<String>,
    /// What to do, interpolated.
    pub instructions: Option<String>,
    /// What it is given, by name, interpolated.
    pub inputs: Object,
    /// What it must bring back.
    pub outputs: Vec<OutputSpec>,
    /// The run's parameters.
    pub parameters: Object,
    /// The run's environment, interpolated.
    pub env: BTreeMap<String, String>,
    /// Those of its variables that name secrets, which are put in for programs.
    pub secret_env: BTreeMap<String, Vec<TextPiece>>,
    /// How the agent is spoken to.
    pub speech: Speech,
    /// A session to resume, where the agent has sessions.
    pub session: Option<String>,
    /// What that session has told of what it has taken so far.
    pub session_total: Option<Usage>,
    /// How often this turn has begun before and was broken off by a crash.
    pub restarts: u32,
    /// What was answered to the agent's questions.
    pub answers: Answers,
    /// What a person wants to be different; none unless the stage was reopened.
    pub feedback: Option<Feedback>,
    /// What the stages before this one hand on.
    pub handoffs: Vec<Handoff>,
    /// Whether the agent's own words are to come back with its outputs.
    pub wants_text: bool,
    /// How long this attempt may still take.
    pub time_left: Option<Duration>,
    /// The run's project directory; none: a scratch folder of the run.
    pub directory: Option<PathBuf>,
    /// Whether that is a registered project.
    pub is_in_project: bool,
    /// The run's seed, for agents that make things up.
    pub seed: u64,
}

impl AttemptRequest {
    /// The first turn of an attempt of which nothing else is said.
    pub fn bare(key: AttemptKey) -> Self {
        Self {
            key,
            turn: 1,
            work: Work::Stage,
            artifact: String::new(),
            model: None,
            tools: Vec::new(),
            instructions: None,
            inputs: Object::new(),
            outputs: Vec::new(),
            parameters: Object::new(),
            env: BTreeMap::new(),
            secret_env: BTreeMap::new(),
            speech: Speech::Contract,
            session: None,
            session_total: None,
            restarts: 0,
            answers: Object::new(),
            feedback: None,
            handoffs: Vec::new(),
            wants_text: false,
            time_left: None,
            directory: None,
            is_in_project: false,
            seed: 0,
        }
    }

    /// What an agent may use to recognise a turn it has already taken: the
    /// same for every dispatch of that turn.
    pub fn idempotency_key(&self) -> String {
        let key = self.key.idempotency_key();
        match self.turn {
            0 | 1 => key,
            turn => format!("{key}/{turn}"),
        }
    }
}

/// What a turn is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// The stage itself.
    #[default]
    Stage,
    /// Mending what the turn before brought.
    Repair {
        /// What was wrong with it.
        reason: String,
    },
    /// Condensing the stage's result, which is in the inputs.
    Summary,
}

/// What a person has to say about a stage that ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feedback {
    /// What should be different.
    pub text: Option<String>,
    /// What was brought the last time.
    pub outputs: Object,
}

/// What an earlier stage hands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    /// Whose it is.
    pub stage: StageId,
    /// In what form.
    pub format: HandoffFormat,
    /// An object when structured, else a text.
    pub content: Value,
    /// The result condensed.
    pub summary: Option<String>,
    /// The stage's log.
    pub run_log: Option<String>,
}

/// A line an agent wrote while it worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLine {
    /// Standard output or standard error.
    pub stream: AgentStream,
    /// The line without its end, valid UTF-8, bounded.
    pub text: String,
}

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentStream {
    /// Standard output, where it is not the result itself.
    Stdout,
    /// Standard error.
    Stderr,
    /// Baton's own words about the attempt (cut output, leftovers killed).
    System,
}

/// How the caller and a working dispatcher reach each other.
#[derive(Clone, Debug)]
pub struct AttemptControl {
    /// Fires when the attempt must end.
    pub cancel: CancellationToken,
    /// Takes log lines; bounded, so a flood of them slows the reader down.
    pub lines: mpsc::Sender<AgentLine>,
    /// Is told what the turn took, however it ends.
    pub spent: SpentCell,
}

/// What a turn took, told by its dispatcher before it reports.
#[derive(Clone, Debug, Default)]
pub struct SpentCell(Arc<Mutex<Option<Spent>>>);

impl SpentCell {
    /// Adds to what the turn took; a turn may start its agent more than once.
    pub fn tell(&self, spent: Spent) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = told.map(|told| told.usage).unwrap_or_default();
        *told = Some(Spent {
            usage: before.plus(&spent.usage),
            ..spent
        });
    }

    /// What was told.
    pub fn told(&self) -> Option<Spent> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left of an attempt after the server died.
#[derive(Debug)]
pub enum Recovery {
    /// It had ended, or it still ran and has ended now.
    Settled(AttemptReport),
    /// Nothing is left of it, and nothing of it runs any more.
    Lost,
}

/// One way of calling agents.
#[async_trait]
pub trait StageDispatcher: Send + Sync {
    /// The kind of agents it calls, in one word: the adapter of `baton.toml`.
    fn adapter(&self) -> &'static str {
        "other"
    }

    /// Whether an attempt holds one of the server's process slots.
    fn needs_slot(&self) -> bool;

    /// Works on the attempt until it ends.
    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport;

    /// Finds out what became of an attempt that an earlier server started:
    /// settles it from its files if it ended, waits for it if it still runs
    /// (adoption; a fired `control.cancel` ends it as in [`Self::run`]).
    ///
    /// `lines_known` lines of its log are stored already and must not be sent again.
    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery;

    /// The attempt's report is durable: whatever was kept to recover it may go.
    /// May be called more than once, and for attempts that left nothing.
    async fn forget(&self, _key: &AttemptKey) {}
}

/// A dispatcher that is shared between runs.
pub type SharedDispatcher = Arc<dyn StageDispatcher>;

#[cfg(test)]
mod tests {
    use crate::testing;

    #[test]
    fn turns_after_the_first_have_keys_of_their_own() {
        let key_of = |turn| {
            let mut request = testing::request();
            request.turn = turn;
            request.idempotency_key()
        };
        assert!(key_of(1).ends_with("/build/1/1"));
        assert!(key_of(2).ends_with("/build/1/1/2"));
    }
}
