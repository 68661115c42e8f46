//! Builds plans and drives runs; after every event [`Ledger`] checks what must
//! hold.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::{
    Effect, Outcome, RunState, StageRequest, StageState, create, next_deadline, pending_effects,
    replay, startable, transition,
};
use baton_model::event::{ReusedStage, RunCreated};
use baton_model::plan::{
    AgentSpec, GateSpec, GateTimeout, PlannedStage, RetryPolicy, RunSettings, StageKind,
    WorkflowRef,
};
use baton_model::{
    Answers, AttemptReport, Command, Completion, Edit, Failure, FailureLabel, Inquiry, Object,
    Plan, Question, Recorded, RunId, Spent, StageId, StepStatus, Timestamp, Usage, Value,
};
use uuid::Uuid;

use crate::ledger::Ledger;

pub(crate) fn id(name: &str) -> StageId {
    StageId::new(name).unwrap()
}

pub(crate) fn stage(name: &str, depends_on: &[&str]) -> PlannedStage {
    PlannedStage {
        id: id(name),
        name: name.to_owned(),
        kind: StageKind::Agent(AgentSpec {
            artifact: "agent:x".to_owned(),
            ..AgentSpec::default()
        }),
        depends_on: depends_on.iter().map(|name| id(name)).collect(),
        release: Default::default(),
        on_failure: Default::default(),
        on_crash: Default::default(),
        condition: None,
        timeout: None,
        retry: RetryPolicy {
            attempts_max: 1,
            ..RetryPolicy::default()
        },
        inputs: Vec::new(),
        outputs: Vec::new(),
        handoff: Default::default(),
        question_timeout: None,
        repairs_max: 1,
        payload: Value::Null,
    }
}

pub(crate) fn gate(name: &str, depends_on: &[&str]) -> PlannedStage {
    let kind = StageKind::Gate(GateSpec {
        approvers: Vec::new(),
        timeout: Some(Duration::from_mins(1)),
        on_timeout: GateTimeout::Halt,
        message: None,
    });
    PlannedStage {
        kind,
        ..stage(name, depends_on)
    }
}

pub(crate) fn plan(stages: Vec<PlannedStage>) -> Plan {
    Plan {
        workflow: WorkflowRef {
            id: "w".to_owned(),
            stored: None,
            name: "W".to_owned(),
            version: "1.0.0".to_owned(),
            definition_hash: String::new(),
            overridden: Vec::new(),
        },
        parameters: Object::new(),
        env: Default::default(),
        settings: RunSettings::default(),
        workspace: Default::default(),
        hooks: Default::default(),
        stage_defaults: Default::default(),
        stages,
    }
}

/// A run under test: its state, its whole log, and what its shell would hold.
pub(crate) struct Run {
    pub(crate) state: RunState,
    pub(crate) log: Vec<Recorded>,
    pub(crate) now: Timestamp,
    pub(crate) effects: Vec<Effect>,
    pub(crate) ledger: Ledger,
}

impl Run {
    pub(crate) fn new(plan: Plan) -> Self {
        Self::reusing(plan, Vec::new())
    }

    /// A run that repeats another and has some of its results.
    pub(crate) fn reusing(plan: Plan, reused: Vec<ReusedStage>) -> Self {
        let now = Timestamp::from_micros(1_000_000);
        let mut created = RunCreated::new(Arc::new(plan), 7, "tester".to_owned());
        created.reused = reused;
        let (state, done) = create(RunId::new(Uuid::nil()), created, now).unwrap();
        let run = Self {
            ledger: Ledger::new(&done.events, &done.effects),
            state,
            log: done.events,
            now,
            effects: done.effects,
        };
        run.check();
        run
    }

    /// Carries out a command and checks every law a single command can show.
    pub(crate) fn command(&mut self, command: &Command) -> Outcome {
        let mut again = self.state.clone();
        let done = transition(&mut self.state, command, self.now).unwrap();
        assert_eq!(
            transition(&mut again, command, self.now).unwrap(),
            done,
            "the same input gives the same output"
        );
        if !matches!(done.outcome, Outcome::Accepted) {
            assert!(matches!(command, Command::Advance) || done.events.is_empty());
        }
        self.ledger.observe(&done.events, &done.effects);
        self.log.extend(done.events);
        self.effects.extend(done.effects);
        self.check();
        done.outcome
    }

    fn check(&self) {
        self.ledger.check(&self.state);
    }

    /// Starts whatever may start.
    pub(crate) fn start(&mut self) {
        loop {
            let stages: Vec<StageId> = self.startable();
            if stages.is_empty() {
                return;
            }
            self.command(&Command::StartStages { stages });
        }
    }

    pub(crate) fn startable(&self) -> Vec<StageId> {
        startable(&self.state)
            .map(|index| self.state.planned(index).id.clone())
            .collect()
    }

    pub(crate) fn running(&self) -> Vec<StageId> {
        let running = self
            .state
            .stages()
            .filter(|(.., stage)| stage.status == StepStatus::Running);
        running.map(|(_, planned, _)| planned.id.clone()).collect()
    }

    pub(crate) fn dispatch_of(&self, stage: &StageId) -> u32 {
        self.state.stage(self.state.index(stage).unwrap()).dispatch
    }

    pub(crate) fn settle(&mut self, stage: &str, report: AttemptReport) -> Outcome {
        let stage = id(stage);
        let dispatch = self.dispatch_of(&stage);
        self.command(&Command::SettleAttempt {
            stage,
            dispatch,
            report,
        })
    }

    pub(crate) fn complete(&mut self, stage: &str) -> Outcome {
        self.settle(stage, AttemptReport::Completed(Completion::default()))
    }

    pub(crate) fn complete_with(&mut self, stage: &str, outputs: Value) -> Outcome {
        let Value::Object(outputs) = outputs else {
            panic!("outputs are an object")
        };
        self.settle(
            stage,
            AttemptReport::Completed(Completion {
                outputs,
                ..Completion::default()
            }),
        )
    }

    pub(crate) fn fail(&mut self, stage: &str, label: FailureLabel) -> Outcome {
        self.settle(
            stage,
            AttemptReport::Failed(Failure::new(label, "it broke")),
        )
    }

    /// The stage's agent tells what its turn took.
    pub(crate) fn spend(&mut self, stage: &str, cost_micros: u64) -> Outcome {
        let stage = id(stage);
        let usage = Usage {
            cost_micros: Some(cost_micros),
            ..Usage::default()
        };
        self.command(&Command::RecordSpent {
            dispatch: self.dispatch_of(&stage),
            stage,
            spent: Spent {
                usage,
                session_total: Some(usage),
            },
        })
    }

    pub(crate) fn lose(&mut self, stage: &str) -> Outcome {
        let stage = id(stage);
        let dispatch = self.dispatch_of(&stage);
        self.command(&Command::LoseAttempt { stage, dispatch })
    }

    pub(crate) fn approve(&mut self, stage: &str) -> Outcome {
        let by = "ann".to_owned();
        self.command(&Command::ApproveGate {
            stage: id(stage),
            iteration: None,
            by,
            reason: None,
            details: Object::new(),
        })
    }

    pub(crate) fn reject(&mut self, stage: &str, reason: &str) -> Outcome {
        let (by, reason) = ("ann".to_owned(), Some(reason.to_owned()));
        self.command(&Command::RejectGate {
            stage: id(stage),
            iteration: None,
            by,
            reason,
            details: Object::new(),
        })
    }

    pub(crate) fn cancel(&mut self) -> Outcome {
        self.command(&Command::CancelRun {
            by: "ann".to_owned(),
            reason: None,
        })
    }

    pub(crate) fn pause(&mut self) -> Outcome {
        let (by, reason) = ("ann".to_owned(), None);
        self.command(&Command::PauseRun { by, reason })
    }

    pub(crate) fn resume(&mut self) -> Outcome {
        let by = "ann".to_owned();
        self.command(&Command::ResumeRun { by })
    }

    /// The agent of a stage asks one question.
    pub(crate) fn ask(&mut self, stage: &str, question: &str) -> Outcome {
        self.settle(stage, asking(question))
    }

    pub(crate) fn answer(&mut self, stage: &str, name: &str, answer: &str) -> Outcome {
        self.command(&Command::AnswerStage {
            stage: id(stage),
            dispatch: None,
            answers: answers(name, answer),
            by: "ann".to_owned(),
        })
    }

    pub(crate) fn reopen(&mut self, stage: &str, feedback: &str) -> Outcome {
        self.command(&Command::ReopenStage {
            stage: id(stage),
            at_gate: None,
            feedback: Some(feedback.to_owned()),
            details: Object::new(),
            by: "ann".to_owned(),
        })
    }

    pub(crate) fn edit(&mut self, edits: Vec<Edit>) -> Outcome {
        self.command(&Command::EditGraph {
            edits,
            by: "ann".to_owned(),
            reason: None,
        })
    }

    /// The state of a stage by its name.
    pub(crate) fn of(&self, stage: &str) -> &StageState {
        self.state.stage(self.state.index(&id(stage)).unwrap())
    }

    /// What the agent was told last.
    pub(crate) fn request(&self) -> &StageRequest {
        let requests = self.effects.iter().rev().filter_map(|effect| match effect {
            Effect::Dispatch(request) => Some(request.as_ref()),
            Effect::CancelAttempt { .. } | Effect::RunHook(_) => None,
        });
        requests.into_iter().next().expect("a dispatch")
    }

    /// Reports every hook that is due as done.
    pub(crate) fn finish_hooks(&mut self) {
        for effect in pending_effects(&self.state) {
            if let Effect::RunHook(hook) = effect {
                self.command(&Command::FinishHook {
                    hook: hook.key,
                    error: None,
                });
            }
        }
    }

    /// Jumps to the next deadline; false when there is none.
    pub(crate) fn wait(&mut self) -> bool {
        let Some(deadline) = next_deadline(&self.state) else {
            return false;
        };
        self.now = self.now.max(deadline);
        self.command(&Command::Advance);
        true
    }

    /// `a:completed b:running …`, and the run's own status in front.
    pub(crate) fn summary(&self) -> String {
        let mut words = vec![self.state.status().to_string()];
        words.extend(
            self.state
                .stages()
                .map(|(_, planned, stage)| format!("{}:{}", planned.id, stage.status)),
        );
        words.join(" ")
    }

    pub(crate) fn error(&self) -> &str {
        self.state.error().unwrap_or_default()
    }
}

/// At the end of its test a run is replayed from its log, as that is stored.
impl Drop for Run {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let stored: Vec<Recorded> = self.log.iter().map(through_json).collect();
            assert_eq!(stored, self.log, "an event is read as it was written");
            let replayed = replay(self.state.id(), &stored).unwrap();
            assert_eq!(replayed, self.state, "replay equals stepwise apply");
        }
    }
}

fn through_json(recorded: &Recorded) -> Recorded {
    let text = serde_json::to_string(&recorded.event).unwrap();
    Recorded {
        event: serde_json::from_str(&text).unwrap(),
        ..recorded.clone()
    }
}

pub(crate) fn answers(name: &str, answer: &str) -> Answers {
    let answer = Value::String(answer.to_owned());
    [(name.to_owned(), answer)].into_iter().collect()
}

/// What an agent reports that asks one question.
pub(crate) fn asking(question: &str) -> AttemptReport {
    AttemptReport::NeedsInput(Inquiry {
        questions: vec![Question {
            question: question.to_owned(),
            ..Question::default()
        }],
        session: Some("s-1".to_owned()),
    })
}

/// What an agent with a session reports.
pub(crate) fn bringing(outputs: Value, session: Option<&str>) -> AttemptReport {
    let Value::Object(outputs) = outputs else {
        panic!("outputs are an object")
    };
    AttemptReport::Completed(Completion {
        outputs,
        session: session.map(str::to_owned),
        ..Completion::default()
    })
}

pub(crate) fn insert(stage: PlannedStage) -> Edit {
    Edit::Insert {
        stage: Box::new(stage),
    }
}

pub(crate) fn update(stage: PlannedStage) -> Edit {
    Edit::Update {
        stage: Box::new(stage),
    }
}

pub(crate) fn delete(stage: &str) -> Edit {
    Edit::Delete { stage: id(stage) }
}
