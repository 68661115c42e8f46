//! Runs in rounds: an agent works on something, a person decides on it, and
//! then comes the next round. Their workflows ship with the program; a door
//! starts them under a number of its own and shows them in its own words.
//!
//! They are ordinary runs. What is special is how they are looked at: where
//! they stand, and every move that has led there, is told by their events
//! alone ([`story`]).

pub mod story;

use std::sync::Arc;

use baton_lang::ParameterInput;
use baton_model::plan::{StageKind, Workspace};
use baton_model::{Command, ErrorCode, Object, Plan, RunId, Value, depth};
use baton_runtime::{NewRunSpec, Outcome, RuntimeError};
use baton_store::Trigger;
use serde_json::json;
use uuid::Uuid;

use crate::builtin::{self, Builtin};
use crate::invoke::HUB_ADAPTER;
use crate::runs::seed_of;
use crate::watch::decode;
use crate::{App, AppError, Caller, numbers};
use story::{Rounds, Story, Until};

/// What references of agents begin with that are reached through a hub: the one
/// this server was told of, or else the agents it has itself.
pub const HUB: &str = "hub:";
/// What references of agents begin with.
const AGENT: &str = "agent:";
/// Under which the payload of a stage names the door of its run.
const DOOR: &str = "door";
/// Events read at once.
const PAGE: u32 = 256;
/// How often another number is tried after one that another process was
/// quicker to give out.
const TRIES_MAX: u32 = 16;

/// A run in rounds that somebody wants to start.
pub struct StartRounds {
    /// Its workflow.
    pub workflow: &'static Builtin,
    /// The door it is of.
    pub door: &'static str,
    /// Parameters besides its name.
    pub parameters: Object,
    /// The parameter that holds its name.
    pub name_parameter: &'static str,
    /// Makes a name of the run's number, which no other run of the door has.
    pub name_of: Box<dyn Fn(u64) -> String + Send + Sync>,
}

/// What somebody says of the round a run is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// What is to happen.
    pub step: Step,
    /// Why, in a few words.
    pub words: Option<String>,
    /// All of what they say, as the door has it.
    pub details: Object,
}

/// What is to happen to a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The details are its result, whatever its agent may still bring.
    Bring,
    /// It is good; the next one begins.
    Approve,
    /// Its agent is to do it again.
    SendBack,
    /// The run is to fail.
    Abandon,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Advanced {
    /// It was done, and led here.
    Done(Box<Rounds>),
    /// The run stands where it makes no sense.
    Refused(Box<Rounds>),
}

impl App {
    /// Starts a run in rounds. It is durable when this returns, and goes on by
    /// itself. Whether anybody works for its agent is not asked: somebody else
    /// may bring the results. Whoever does needs the secrets that are named.
    pub async fn start_rounds(
        &self,
        caller: &Caller,
        start: StartRounds,
    ) -> Result<Rounds, AppError> {
        check_depth(&start.parameters)?;
        let text = builtin::workflow_text(start.workflow.name)
            .ok_or_else(|| AppError::internal(format!("no workflow `{}`", start.workflow.name)))?;
        for _ in 0..TRIES_MAX {
            let number = self.numbers.next(self.store.as_ref(), start.door).await?;
            let mut parameters = start.parameters.clone();
            let name = (start.name_of)(number);
            parameters.insert(start.name_parameter.to_owned(), name.into());
            let given = parameters.into_iter();
            let given = given.map(|(name, value)| (name, ParameterInput::Value(value)));
            let compiled = self
                .compile_aside((Arc::clone(&text), Vec::new()), given.collect())
                .await?;
            let plan = self.of_door(compiled.plan, start.door);
            if let Err(refusal) = self.expect_secrets(&plan) {
                // The number is for whoever comes next.
                self.numbers.forget(start.door).await;
                return Err(refusal);
            }
            let id = Uuid::now_v7();
            let spec = NewRunSpec {
                id: RunId::new(id),
                plan,
                definition: Some(Arc::clone(&text)),
                workflow_id: None,
                seed: seed_of(id),
                created_by: caller.name.clone(),
                trigger: Trigger::Api,
                claims: vec![numbers::claim(start.door, number)],
                rerun_of: None,
                reused: Vec::new(),
                project_runs_max: None,
            };
            match self.runtime.create_run(spec).await? {
                Ok(made) => {
                    let run = made.execution.id;
                    tracing::info!(%run, caller = %caller.name, "run started");
                    return self.moved(run, start.door, 0).await;
                }
                Err(_holder) => self.numbers.forget(start.door).await,
            }
        }
        let message = "other servers take all the numbers; try again";
        Err(AppError::new(ErrorCode::Unavailable, message))
    }

    /// A run in rounds of this door, as it is now.
    pub async fn rounds(&self, run: RunId, door: &str) -> Result<Rounds, AppError> {
        self.story(run, door, Until::Now).await
    }

    /// Has somebody's say carried out on the round that a run is in.
    pub async fn advance_rounds(
        &self,
        caller: &Caller,
        (run, door): (RunId, &str),
        say: Say,
    ) -> Result<Advanced, AppError> {
        check_depth(&say.details)?;
        let before = self.rounds(run, door).await?;
        let step = say.step;
        let Some(command) = command(&before, caller, say) else {
            return Ok(Advanced::Refused(Box::new(before)));
        };
        let may_decide = if step == Step::Bring {
            Ok(None)
        } else {
            self.expect_approver(caller, run, &before.gate.0).await
        };
        let is_done = match may_decide {
            Ok(_) => match self.runtime.command(run, command).await {
                Ok(outcome) => outcome == Outcome::Accepted,
                Err(RuntimeError::Rejected(_)) => false,
                Err(error) => return Err(error.into()),
            },
            // Somebody has decided it since.
            Err(error) if error.code == ErrorCode::IllegalState => false,
            Err(error) => return Err(error),
        };
        if !is_done {
            let now = self.rounds(run, door).await?;
            return Ok(Advanced::Refused(Box::new(now)));
        }
        tracing::info!(%run, caller = %caller.name, ?step, "round advanced");
        let moved = self.moved(run, door, before.version).await?;
        Ok(Advanced::Done(Box::new(moved)))
    }

    /// The run just after its first move beyond `version`: what has happened
    /// since is news for whoever asks next.
    async fn moved(&self, run: RunId, door: &str, version: u64) -> Result<Rounds, AppError> {
        self.story(run, door, Until::MoveAfter(version)).await
    }

    async fn story(&self, run: RunId, door: &str, until: Until) -> Result<Rounds, AppError> {
        let not_found = || AppError::new(ErrorCode::NotFound, format!("no run {run}"));
        let mut page = self.store.events(run, 0, PAGE).await?;
        let first = page.first().ok_or_else(not_found)?;
        let mut story = Story::begin(run, &decode(first)?)
            .filter(|story| story.door() == Some(door))
            .ok_or_else(not_found)?;
        let mut read = 1;
        loop {
            for stored in page.iter().skip_while(|stored| stored.seq <= read) {
                if story.is_told(until, stored.at) {
                    return Ok(story.told());
                }
                story.go_on(&decode(stored)?);
            }
            match page.last() {
                Some(last) if last.seq > read => read = last.seq,
                _ => return Ok(story.told()),
            }
            page = self.store.events(run, read, PAGE).await?;
        }
    }

    /// What a door's own runs have different from other runs of the same text:
    /// their agents are reached through the hub, and no person has to hurry.
    fn of_door(&self, mut plan: Plan, door: &str) -> Plan {
        plan.settings.timeout = None;
        plan.workspace = Workspace::default();
        for stage in &mut plan.stages {
            stage.question_timeout = None;
            stage.payload = json!({ DOOR: door });
            match &mut stage.kind {
                StageKind::Agent(agent) => {
                    if let Some(name) = agent.artifact.strip_prefix(AGENT) {
                        agent.artifact = format!("{HUB}{name}");
                    }
                    if self.is_elsewhere(&agent.artifact) {
                        // A hub has the time that is set for it, and may leave
                        // out any part of a result.
                        stage.timeout = None;
                        for output in &mut stage.outputs {
                            output.required = false;
                        }
                    }
                }
                StageKind::Gate(gate) => gate.timeout = None,
            }
        }
        plan
    }

    /// Whether an agent is behind a hub, and not one of this server.
    fn is_elsewhere(&self, reference: &str) -> bool {
        let found = self.resolver.resolve(&Workspace::default(), reference);
        found.is_ok_and(|agent| agent.adapter() == HUB_ADAPTER)
    }
}

/// Makes the plan that of an ordinary run: only one run of a door has a name.
pub(crate) fn leave_door(plan: &mut Plan) {
    for stage in &mut plan.stages {
        if stage.payload.get(DOOR).is_some() {
            stage.payload = Value::Null;
        }
    }
}

/// The command that somebody's say comes to; none where the run stands where it
/// makes no sense.
fn command(rounds: &Rounds, caller: &Caller, say: Say) -> Option<Command> {
    let (stage, iteration) = rounds.stage.clone();
    let (gate, gate_iteration) = rounds.gate.clone();
    let by = caller.name.clone();
    let is_fitting = match say.step {
        Step::Bring => rounds.is_working(),
        Step::Approve | Step::SendBack | Step::Abandon => rounds.is_waiting(),
    };
    if !is_fitting {
        return None;
    }
    Some(match say.step {
        Step::Bring => Command::CompleteStage {
            stage,
            iteration: Some(iteration),
            outputs: say.details,
            by,
        },
        Step::Approve => Command::ApproveGate {
            stage: gate,
            iteration: Some(gate_iteration),
            by,
            reason: say.words,
            details: say.details,
        },
        Step::SendBack => Command::ReopenStage {
            stage,
            at_gate: Some((gate, gate_iteration)),
            feedback: say.words,
            details: say.details,
            by,
        },
        Step::Abandon => Command::RejectGate {
            stage: gate,
            iteration: Some(gate_iteration),
            by,
            reason: say.words,
            details: say.details,
        },
    })
}

/// Refuses values that could be stored and not be read again.
pub(crate) fn check_depth(object: &Object) -> Result<(), AppError> {
    let checked = object.values().try_for_each(depth::check);
    checked
        .map_err(|too_deep| AppError::new(ErrorCode::Malformed, format!("a value is {too_deep}")))
}

/// A map, unless there is nothing in it.
pub(crate) fn unless_empty(object: &Object) -> Option<Object> {
    (!object.is_empty()).then(|| object.clone())
}

/// One entry, as a map.
pub(crate) fn entry(name: &str, value: impl Into<Value>) -> Object {
    Object::from_iter([(name.to_owned(), value.into())])
}
