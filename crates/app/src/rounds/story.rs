//! What the events of a run in rounds add up to: where it stands, what its
//! agents have brought, and every move from one standing to the next.
//!
//! Nothing is decided here, and nothing is stored besides the events; what a
//! person said and where it led are in the same transaction for that reason.

use std::collections::BTreeMap;

use baton_model::event::GateDecision;
use baton_model::plan::StageKind;
use baton_model::{Event, ExecutionStatus, Object, Plan, Recorded, RunId, StageId, Timestamp};

use super::{DOOR, entry, unless_empty};

/// A run in rounds.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// Its id.
    pub run: RunId,
    /// The id of its workflow.
    pub workflow: String,
    /// Its parameters, its name among them.
    pub parameters: Object,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// The round it is in, from 1.
    pub round: usize,
    /// What was brought last, in this round or before.
    pub result: Option<Object>,
    /// Why it did not complete.
    pub error: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When anything happened to it last.
    pub updated_at: Timestamp,
    /// When it completed.
    pub completed_at: Option<Timestamp>,
    /// Every move so far.
    pub moves: Vec<Move>,
    /// The agent's stage of the present round, and its iteration.
    pub(crate) stage: (StageId, u32),
    /// The gate of the present round, and its iteration.
    pub(crate) gate: (StageId, u32),
    /// The number of its last event.
    pub(crate) version: u64,
}

impl Rounds {
    /// Whether somebody may bring a result: while the run is paused it would
    /// not be moved on by it.
    pub(crate) fn is_working(&self) -> bool {
        !self.is_waiting() && !self.is_paused() && !self.status.is_terminal()
    }

    /// Whether it stands still until somebody has it go on.
    pub fn is_paused(&self) -> bool {
        self.status == ExecutionStatus::Paused
    }

    /// Whether somebody may decide.
    pub(crate) fn is_waiting(&self) -> bool {
        self.status == ExecutionStatus::WaitingForApproval
    }
}

/// From one standing to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The number of the event it was.
    pub seq: u64,
    /// When; no earlier than what came before it.
    pub at: Timestamp,
    /// When by the clock of then, which may have been set back: all that was
    /// committed together has the same time.
    recorded_at: Timestamp,
    /// From where.
    pub from: ExecutionStatus,
    /// To where.
    pub to: ExecutionStatus,
    /// What led to it.
    pub cause: Cause,
    /// What was brought, or what a person said.
    pub details: Option<Object>,
    /// Who, if it was a person.
    pub by: Option<String>,
}

/// What leads to a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The run was started.
    Start,
    /// A result was brought.
    Brought,
    /// A person approved.
    Approved,
    /// A person sent a round back, or abandoned the run.
    Rejected,
    /// Something went wrong, or somebody ended the run.
    Error,
}

/// How far a story is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// To its present end.
    Now,
    /// To the end of the commit that holds the first move beyond this event.
    MoveAfter(u64),
}

/// What was brought or said, and by whom if it was a person.
type Said = (Option<Object>, Option<String>);

/// The stages of one round.
#[derive(Clone, Debug)]
struct Round {
    stage: StageId,
    gate: StageId,
}

/// What a run in rounds adds up to so far.
pub(super) struct Story {
    told: Rounds,
    door: Option<String>,
    rounds: Vec<Round>,
    /// Of stages that were opened again.
    iterations: BTreeMap<StageId, u32>,
    is_paused: bool,
    is_asking: bool,
    is_waiting: bool,
    ended: Option<ExecutionStatus>,
    /// What was brought and nobody was asked about yet.
    brought: Option<(Object, Option<String>)>,
    /// What somebody decided that has yet to show.
    decision: Option<GateDecision>,
    rejection: Option<GateDecision>,
    /// The last words of a stage that failed.
    failure: Option<String>,
}

impl Story {
    /// Begins with a run's first event; none when it has no rounds.
    pub(super) fn begin(run: RunId, first: &Recorded) -> Option<Self> {
        let Event::RunCreated(created) = &first.event else {
            return None;
        };
        let plan = &created.plan;
        let rounds = rounds_of(plan);
        let Round { stage, gate } = rounds.first()?.clone();
        let mut story = Self {
            told: Rounds {
                run,
                workflow: plan.workflow.id.clone(),
                parameters: plan.parameters.clone(),
                status: ExecutionStatus::Pending,
                round: 1,
                result: None,
                error: None,
                created_at: first.at,
                updated_at: first.at,
                completed_at: None,
                moves: Vec::new(),
                stage: (stage, 1),
                gate: (gate, 1),
                version: first.seq,
            },
            door: door_of(plan),
            rounds,
            iterations: BTreeMap::new(),
            is_paused: false,
            is_asking: false,
            is_waiting: false,
            ended: None,
            brought: None,
            decision: None,
            rejection: None,
            failure: None,
        };
        story.step(
            first,
            (ExecutionStatus::Running, Cause::Start),
            (None, None),
        );
        story.look_around();
        Some(story)
    }

    /// The door that the run is of.
    pub(super) fn door(&self) -> Option<&str> {
        self.door.as_deref()
    }

    /// Whether all that was to be told is told, before an event of this time.
    pub(super) fn is_told(&self, until: Until, next_at: Timestamp) -> bool {
        let Until::MoveAfter(version) = until else {
            return false;
        };
        let first = self.told.moves.iter().find(|it| it.seq > version);
        first.is_some_and(|first| first.recorded_at != next_at)
    }

    /// What it adds up to.
    pub(super) fn told(self) -> Rounds {
        self.told
    }

    /// Adds an event.
    pub(super) fn go_on(&mut self, recorded: &Recorded) {
        self.told.version = recorded.seq;
        // The clock may have been set back.
        self.told.updated_at = self.told.updated_at.max(recorded.at);
        match &recorded.event {
            Event::StageReopened { .. } | Event::StageReset { .. } => self.reopened(recorded),
            Event::StageCompleted { .. } | Event::StageFailed { .. } => self.stage_ended(recorded),
            Event::StageAsked { .. } => self.is_asking = true,
            Event::StageAnswered { .. } => self.is_asking = false,
            Event::GateOpened { stage, .. } if self.round_of(stage).is_some() => {
                let (brought, by) = self.brought.take().unwrap_or_default();
                self.is_waiting = true;
                let to = ExecutionStatus::WaitingForApproval;
                self.step(recorded, (to, Cause::Brought), (unless_empty(&brought), by));
            }
            Event::GateApproved { stage, decision } => self.approved(recorded, stage, decision),
            Event::GateRejected { stage, decision } if self.round_of(stage).is_some() => {
                self.rejection = Some(decision.clone());
            }
            Event::RunPaused { .. } => self.is_paused = true,
            Event::RunResumed { .. } => self.is_paused = false,
            Event::RunEnded { status, error } => self.end(recorded, *status, error.as_deref()),
            // What happens within a round, and beside it.
            _ => {}
        }
        self.look_around();
    }

    fn reopened(&mut self, recorded: &Recorded) {
        if let Event::StageReset { stage, iteration } = &recorded.event {
            self.iterations.insert(stage.clone(), *iteration);
        } else if let Event::StageReopened {
            stage,
            iteration,
            feedback,
            details,
            by,
        } = &recorded.event
        {
            self.iterations.insert(stage.clone(), *iteration);
            let Some(round) = self.round_of(stage) else {
                return;
            };
            self.enter(round);
            (self.is_waiting, self.is_asking) = (false, false);
            let words = || {
                feedback
                    .as_ref()
                    .map(|words| entry("comments", words.clone()))
            };
            let details = unless_empty(details).or_else(words);
            let by = Some(by.clone());
            self.step(
                recorded,
                (ExecutionStatus::Running, Cause::Rejected),
                (details, by),
            );
        }
    }

    fn stage_ended(&mut self, recorded: &Recorded) {
        if let Event::StageFailed { failure, .. } = &recorded.event {
            self.failure = Some(failure.message.clone());
        } else if let Event::StageCompleted {
            stage, outputs, by, ..
        } = &recorded.event
        {
            self.is_asking = false;
            if self.round_of(stage).is_none() {
                return;
            }
            if let Some(outputs) = unless_empty(outputs) {
                self.told.result = Some(outputs);
            }
            self.brought = Some((outputs.clone(), by.clone()));
        }
    }

    fn approved(&mut self, recorded: &Recorded, stage: &StageId, decision: &GateDecision) {
        let Some(round) = self.round_of(stage) else {
            return;
        };
        self.is_waiting = false;
        if round + 1 == self.rounds.len() {
            // The run ends with it, unless somebody has added more to do.
            self.decision = Some(decision.clone());
            return;
        }
        self.enter(round + 1);
        let to = (ExecutionStatus::Running, Cause::Approved);
        self.step(recorded, to, said(decision));
    }

    fn end(&mut self, recorded: &Recorded, status: ExecutionStatus, error: Option<&str>) {
        self.ended = Some(status);
        self.is_waiting = false;
        if status == ExecutionStatus::Completed {
            self.told.completed_at = Some(self.told.updated_at);
            let said = self.decision.as_ref().map(said).unwrap_or_default();
            self.step(recorded, (status, Cause::Approved), said);
            return;
        }
        if status == ExecutionStatus::Failed
            && let Some(rejection) = self.rejection.take()
        {
            let reason = rejection.reason.clone();
            let reason = reason.filter(|words| !words.trim().is_empty());
            self.told.error = reason.or_else(|| error.map(str::to_owned));
            self.step(recorded, (status, Cause::Rejected), said(&rejection));
            return;
        }
        let failure = self
            .failure
            .take()
            .filter(|_| status == ExecutionStatus::Failed);
        let error = failure
            .or_else(|| error.map(str::to_owned))
            .unwrap_or_else(|| format!("the run is {status}"));
        let details = Some(entry("error", error.clone()));
        self.told.error = Some(error);
        self.step(recorded, (status, Cause::Error), (details, None));
    }

    /// Notes a move: to where, why, and what was said by whom.
    fn step(
        &mut self,
        recorded: &Recorded,
        (to, cause): (ExecutionStatus, Cause),
        (details, by): Said,
    ) {
        let from = match self.told.moves.last() {
            Some(last) => last.to,
            None => ExecutionStatus::Pending,
        };
        self.told.moves.push(Move {
            seq: recorded.seq,
            at: self.told.updated_at,
            recorded_at: recorded.at,
            from,
            to,
            cause,
            details,
            by,
        });
    }

    /// The round that a stage or a gate is of, from 0.
    fn round_of(&self, stage: &StageId) -> Option<usize> {
        let is_of = |round: &Round| round.stage == *stage || round.gate == *stage;
        self.rounds.iter().position(is_of)
    }

    /// The run is in this round from now on, or stays in its last.
    fn enter(&mut self, round: usize) {
        self.told.round = (round + 1).min(self.rounds.len());
    }

    /// Brings up to date what follows from all else.
    fn look_around(&mut self) {
        self.told.status = match self.ended {
            Some(status) => status,
            None if self.is_waiting => ExecutionStatus::WaitingForApproval,
            None if self.is_paused => ExecutionStatus::Paused,
            None if self.is_asking => ExecutionStatus::WaitingForInput,
            None => ExecutionStatus::Running,
        };
        let iteration = |stage: &StageId| self.iterations.get(stage).copied().unwrap_or(1);
        if let Some(Round { stage, gate }) = self.rounds.get(self.told.round - 1) {
            self.told.stage = (stage.clone(), iteration(stage));
            self.told.gate = (gate.clone(), iteration(gate));
        }
    }
}

/// What somebody said at a gate, and who.
fn said(decision: &GateDecision) -> Said {
    let reason = decision.reason.as_ref();
    let words = || reason.map(|words| entry("comments", words.clone()));
    let details = unless_empty(&decision.details).or_else(words);
    (details, Some(decision.by.clone()))
}

/// Each agent's stage with the gate that comes after it.
fn rounds_of(plan: &Plan) -> Vec<Round> {
    let pairs = plan.stages.windows(2).filter_map(|pair| match pair {
        [work, gate] => match (&work.kind, &gate.kind) {
            (StageKind::Agent(_), StageKind::Gate(_)) => Some(Round {
                stage: work.id.clone(),
                gate: gate.id.clone(),
            }),
            _ => None,
        },
        _ => None,
    });
    pairs.collect()
}

fn door_of(plan: &Plan) -> Option<String> {
    let payload = &plan.stages.first()?.payload;
    payload.get(DOOR)?.as_str().map(str::to_owned)
}
