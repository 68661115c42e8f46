//! Runs, stages and attempts as spans of OpenTelemetry.
//!
//! The id of a run is that of its trace, and the ids of spans follow from what
//! they are about, so that a run which outlives several processes is still one
//! trace. What an agent or a person wrote is not part of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_engine::{RunState, StageState};
use baton_model::plan::StageKind;
use baton_model::{
    Event, ExecutionStatus, FailureLabel, Recorded, RunId, StageId, Timestamp, Usage,
};
use baton_runtime::Observer;
use baton_runtime::observe::Committed;

use super::otlp::{Exporter, Kind, Moment, Span, SpanId};

/// Moments kept of one attempt; an agent may ask for ever.
const MOMENTS_MAX: usize = 64;

/// Makes spans.
pub(super) struct Spans {
    exporter: Exporter,
    /// Stages at work, of runs that have not ended.
    open: Mutex<BTreeMap<RunId, Stages>>,
}

type Stages = BTreeMap<StageId, OpenStage>;

/// A stage that has started and not ended.
#[derive(Debug)]
struct OpenStage {
    began: Timestamp,
    iteration: u32,
    attempt: Option<OpenAttempt>,
}

#[derive(Debug)]
struct OpenAttempt {
    began: Timestamp,
    number: u32,
    moments: Vec<Moment>,
    usage: Usage,
}

impl OpenStage {
    /// One that this process has not seen begin, from what its run knows of it:
    /// its last attempt. None when nobody has worked on it since it was opened.
    fn begun_before(state: &StageState, is_in_attempt: bool) -> Option<Self> {
        let is_begun = state.attempt > 0 || state.gate.is_some();
        let began = state.started_at.filter(|_| is_begun)?;
        Some(Self {
            began,
            iteration: state.iteration,
            attempt: is_in_attempt.then(|| OpenAttempt {
                began,
                number: state.attempt,
                moments: Vec::new(),
                usage: Usage::default(),
            }),
        })
    }
}

impl Spans {
    pub(super) fn new(exporter: Exporter) -> Self {
        Self {
            exporter,
            open: Mutex::default(),
        }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<RunId, Stages>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Spans {
    fn taken_up(&self, state: &RunState) {
        let mut open = self.open();
        let mut known = open.remove(&state.id()).unwrap_or_default();
        let at_work = state.stages().filter(|(_, _, it)| !it.status.is_terminal());
        let stages = at_work.filter_map(|(_, planned, stage)| {
            let known = known.remove(&planned.id);
            let known = known.filter(|known| known.iteration == stage.iteration);
            let begun = known.or_else(|| OpenStage::begun_before(stage, stage.is_in_attempt()))?;
            Some((planned.id.clone(), begun))
        });
        let stages: Stages = stages.collect();
        if !stages.is_empty() {
            open.insert(state.id(), stages);
        }
    }

    fn committed(&self, news: &Committed<'_>) {
        let mut open = self.open();
        let run = news.state.id();
        let stages = open.entry(run).or_default();
        for recorded in news.events {
            let telling = Telling {
                exporter: &self.exporter,
                news,
                at: recorded.at,
            };
            telling.of(recorded, stages);
        }
        if stages.is_empty() {
            open.remove(&run);
        }
    }
}

/// One event, and what it is about.
struct Telling<'t> {
    exporter: &'t Exporter,
    news: &'t Committed<'t>,
    at: Timestamp,
}

impl Telling<'_> {
    fn of(&self, Recorded { event, .. }: &Recorded, stages: &mut Stages) {
        match event {
            Event::StageStarted {
                stage,
                iteration,
                attempt,
                ..
            } => {
                self.start(stages, stage, *iteration, *attempt);
            }
            Event::StageRestarted { stage, .. } => self.note(stages, stage, "restarted"),
            Event::StageSpent { stage, usage, .. } => {
                let open = self.open_stage(stages, stage);
                if let Some(attempt) = open.and_then(|open| open.attempt.as_mut()) {
                    attempt.usage = attempt.usage.plus(usage);
                }
            }
            Event::StageRepairing { stage, .. } => self.note(stages, stage, "repairing"),
            Event::StageSummarizing { stage, .. } => self.note(stages, stage, "summarizing"),
            Event::StageAsked { stage, .. } => self.note(stages, stage, "asked"),
            Event::StageAnswered { stage, .. } => self.note(stages, stage, "answered"),
            Event::StageStopping { stage, .. } => self.note(stages, stage, "stopping"),
            Event::StageRetrying { stage, failure, .. } => {
                if let Some(open) = self.open_stage(stages, stage) {
                    self.end_attempt(stage, open, Some(&failure.label));
                }
            }
            Event::StageCompleted { stage, .. } | Event::GateApproved { stage, .. } => {
                self.end_stage(stages, stage, None);
            }
            Event::StageFailed { stage, failure } => {
                self.end_stage(stages, stage, Some(&failure.label));
            }
            Event::StageCancelled { stage } => {
                if stages.contains_key(stage) {
                    self.end_stage(stages, stage, Some(&FailureLabel::CANCELLED));
                }
            }
            Event::StageReset { stage, .. } | Event::StageReopened { stage, .. } => {
                if stages.contains_key(stage) {
                    self.end_stage(stages, stage, Some(&FailureLabel::REWORK));
                }
            }
            Event::GateRejected { stage, .. } => {
                self.end_stage(stages, stage, Some(&FailureLabel::DENIED));
            }
            Event::GateOpened { stage, .. } => {
                let iteration = self.stage_state(stage).map_or(1, |state| state.iteration);
                let open = OpenStage {
                    began: self.at,
                    iteration,
                    attempt: None,
                };
                stages.insert(stage.clone(), open);
            }
            Event::RunEnded { status, .. } => {
                stages.clear();
                self.end_run(*status);
            }
            Event::RunCreated(_)
            | Event::StageReady { .. }
            | Event::StageSkipped { .. }
            | Event::RunPaused { .. }
            | Event::RunResumed { .. }
            | Event::RunReopened { .. }
            | Event::GraphEdited { .. }
            | Event::HookFinished { .. }
            | Event::RunStopping { .. } => {}
        }
    }

    fn start(&self, stages: &mut Stages, stage: &StageId, iteration: u32, number: u32) {
        let began = self.at;
        let open = stages.entry(stage.clone()).or_insert_with(|| OpenStage {
            began,
            iteration,
            attempt: None,
        });
        let is_same = open.attempt.as_ref().is_some_and(|it| it.number == number);
        // An attempt takes several turns when it asks, mends or condenses.
        if !is_same {
            open.attempt = Some(OpenAttempt {
                began,
                number,
                moments: Vec::new(),
                usage: Usage::default(),
            });
        }
    }

    fn note(&self, stages: &mut Stages, stage: &StageId, name: &'static str) {
        let Some(open) = self.open_stage(stages, stage) else {
            return;
        };
        if let Some(attempt) = &mut open.attempt
            && attempt.moments.len() < MOMENTS_MAX
        {
            attempt.moments.push(Moment { at: self.at, name });
        }
    }

    fn stage_state(&self, stage: &StageId) -> Option<&StageState> {
        let state = self.news.state;
        Some(state.stage(state.index(stage)?))
    }

    /// What is known of a stage at work, or was until these events.
    fn open_stage<'s>(&self, stages: &'s mut Stages, stage: &StageId) -> Option<&'s mut OpenStage> {
        if !stages.contains_key(stage) {
            let state = self.stage_state(stage)?;
            let open = OpenStage::begun_before(state, state.attempt > 0)?;
            stages.insert(stage.clone(), open);
        }
        stages.get_mut(stage)
    }

    fn end_stage(&self, stages: &mut Stages, stage: &StageId, label: Option<&FailureLabel>) {
        if let Some(open) = self.open_stage(stages, stage) {
            self.end_attempt(stage, open, label);
        }
        let Some(open) = stages.remove(stage) else {
            return;
        };
        let run = self.news.state.id();
        let mut span = Span::new(run, stage_id(run, stage, open.iteration), stage.as_str());
        span.parent = Some(run_id(run));
        (span.began, span.ended) = (open.began, self.at);
        span.text("baton.run.id", run.to_string());
        span.text("baton.stage.id", stage.as_str());
        span.number("baton.stage.iteration", open.iteration);
        span.fails_with(label);
        self.exporter.send(span);
    }

    fn end_attempt(&self, stage: &StageId, open: &mut OpenStage, label: Option<&FailureLabel>) {
        let Some(attempt) = open.attempt.take() else {
            return;
        };
        let state = self.news.state;
        let Some(index) = state.index(stage) else {
            return;
        };
        let StageKind::Agent(agent) = &state.planned(index).kind else {
            return;
        };
        let run = state.id();
        let parent = stage_id(run, stage, open.iteration);
        let id = parent.below("attempt", attempt.number);
        let mut span = Span::new(run, id, &format!("invoke_agent {}", agent.artifact));
        span.parent = Some(parent);
        span.kind = Kind::Client;
        (span.began, span.ended) = (attempt.began, self.at);
        span.text("gen_ai.operation.name", "invoke_agent");
        span.text("gen_ai.agent.name", &*agent.artifact);
        if let Some(adapter) = self.news.adapter(stage) {
            span.text("gen_ai.provider.name", format!("baton.{adapter}"));
        }
        if let Some(model) = &agent.model {
            span.text("gen_ai.request.model", &**model);
        }
        if let Some(session) = &state.stage(index).session {
            span.text("gen_ai.conversation.id", &**session);
        }
        span.text("baton.run.id", run.to_string());
        span.text("baton.stage.id", stage.as_str());
        span.number("baton.attempt", attempt.number);
        if !attempt.usage.is_empty() {
            let Usage {
                input_tokens,
                output_tokens,
                cache_read_tokens,
                cache_write_tokens,
                ..
            } = attempt.usage;
            let read = input_tokens + cache_read_tokens + cache_write_tokens;
            let bounded = |tokens| u32::try_from(tokens).unwrap_or(u32::MAX);
            span.number("gen_ai.usage.input_tokens", bounded(read));
            span.number("gen_ai.usage.output_tokens", bounded(output_tokens));
        }
        span.fails_with(label);
        span.moments = attempt.moments;
        self.exporter.send(span);
    }

    fn end_run(&self, status: ExecutionStatus) {
        let state = self.news.state;
        let (run, workflow) = (state.id(), &state.plan().workflow);
        let mut span = Span::new(
            run,
            run_id(run),
            &format!("invoke_workflow {}", workflow.name),
        );
        (span.began, span.ended) = (state.created_at(), self.at);
        span.text("gen_ai.operation.name", "invoke_workflow");
        span.text("gen_ai.workflow.name", &*workflow.name);
        span.text("baton.run.id", run.to_string());
        span.text("baton.run.status", status.as_str());
        span.text("baton.workflow.key", &*workflow.id);
        if let Some(stored) = workflow.stored {
            span.text("baton.workflow.id", stored.to_string());
        }
        if status != ExecutionStatus::Completed {
            span.fails_as(status.as_str());
        }
        self.exporter.send(span);
    }
}

fn run_id(run: RunId) -> SpanId {
    SpanId::of_run(run)
}

fn stage_id(run: RunId, stage: &StageId, iteration: u32) -> SpanId {
    run_id(run).below(stage.as_str(), iteration)
}
