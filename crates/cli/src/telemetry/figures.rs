//! Counts what happens to runs.
//!
//! Stands on the way from one commit to the next, so all of it is atomics in
//! arrays: the words of each label are known beforehand, and what is not among
//! them counts as the last.

use std::time::Duration;

use baton_metrics::{Counter, Gauge, Histogram, Page, Source};
use baton_model::{
    AttemptReport, Edit, Event, ExecutionStatus, FailureLabel, Recorded, StageId, StepStatus,
};
use baton_runtime::Observer;
use baton_runtime::observe::{AttemptEnd, Committed, Standing};
use baton_store_sql::Census;

/// Kinds of agents. A gate has none, and so has a stage that never started.
const ADAPTERS: [&str; 10] = [
    "aider",
    "claude",
    "codex",
    "command",
    "gemini",
    "hub",
    "opencode",
    "simulated",
    "other",
    "none",
];
/// Where in [`ADAPTERS`] is whatever is not known.
const OTHER: usize = 8;
const NO_ADAPTER: usize = 9;

/// How stages end.
const STAGE_ENDS: [&str; 5] = ["completed", "failed", "timed_out", "skipped", "cancelled"];

/// How runs end.
const RUN_ENDS: [ExecutionStatus; 3] = [
    ExecutionStatus::Completed,
    ExecutionStatus::Failed,
    ExecutionStatus::Cancelled,
];

/// How attempts end besides with a known failure.
const COMPLETED: usize = 0;
const NEEDS_INPUT: usize = 1;
const N_LABELS: usize = FailureLabel::KNOWN.len();
const N_ATTEMPT_ENDS: usize = 2 + N_LABELS + 1;

const EDITS: [&str; 3] = ["insert", "update", "delete"];

const BOUNDS: &[Duration] = &[
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(4),
    Duration::from_hours(24),
];

type PerAdapter<T> = [T; ADAPTERS.len()];

/// What is counted.
#[derive(Debug)]
pub(super) struct Figures {
    runs: [Gauge; ExecutionStatus::ALL.len()],
    /// In the order of [`stage_places`].
    stages: [Gauge; 4],
    runs_started: Counter,
    runs_finished: [Counter; RUN_ENDS.len()],
    run_time: Histogram,
    stages_finished: [PerAdapter<Counter>; STAGE_ENDS.len()],
    stage_time: PerAdapter<Histogram>,
    attempts: [PerAdapter<Counter>; N_ATTEMPT_ENDS],
    attempt_time: PerAdapter<Histogram>,
    retries: [Counter; N_LABELS + 1],
    gates_approved: Counter,
    gates_rejected: Counter,
    questions: Counter,
    edits: [Counter; EDITS.len()],
    hooks_finished: Counter,
    hooks_failed: Counter,
}

impl Default for Figures {
    fn default() -> Self {
        let timings = || std::array::from_fn(|_| Histogram::new(BOUNDS));
        Self {
            runs: Default::default(),
            stages: Default::default(),
            runs_started: Counter::default(),
            runs_finished: Default::default(),
            run_time: Histogram::new(BOUNDS),
            stages_finished: Default::default(),
            stage_time: timings(),
            attempts: Default::default(),
            attempt_time: timings(),
            retries: Default::default(),
            gates_approved: Counter::default(),
            gates_rejected: Counter::default(),
            questions: Counter::default(),
            edits: Default::default(),
            hooks_finished: Counter::default(),
            hooks_failed: Counter::default(),
        }
    }
}

impl From<&Census> for Figures {
    /// Begins with the runs that are there already.
    fn from(census: &Census) -> Self {
        let figures = Self::default();
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (status, number) in &census.runs {
            figures.run(*status).add(signed(*number));
        }
        for (status, number) in &census.stages {
            if let Some((gauge, _)) = figures.stage_places().iter().find(|(_, it)| it == status) {
                gauge.add(signed(*number));
            }
        }
        figures
    }
}

impl Figures {
    #[expect(clippy::indexing_slicing, reason = "a status is one of all statuses")]
    fn run(&self, status: ExecutionStatus) -> &Gauge {
        &self.runs[status as usize]
    }

    fn stage_places(&self) -> [(&Gauge, StepStatus); 4] {
        let [pending, running, gates, questions] = &self.stages;
        [
            (pending, StepStatus::Pending),
            (running, StepStatus::Running),
            (gates, StepStatus::WaitingForApproval),
            (questions, StepStatus::WaitingForInput),
        ]
    }

    fn stand(&self, standing: Standing, sign: i64) {
        self.run(standing.status).add(sign);
        let tally = standing.stages;
        let busy = tally.running + tally.gates + tally.questions;
        let pending = tally.open.saturating_sub(busy);
        let numbers = [pending, tally.running, tally.gates, tally.questions];
        for (gauge, number) in self.stages.iter().zip(numbers) {
            if number > 0 {
                gauge.add(sign * i64::from(number));
            }
        }
    }

    fn event(&self, news: &Committed<'_>, Recorded { at, event, .. }: &Recorded) {
        match event {
            Event::RunCreated(_) => self.runs_started.count(),
            Event::RunEnded { status, .. } => {
                let took = at.since(news.state.created_at());
                self.run_time.observe(took);
                let mut ends = RUN_ENDS.iter().zip(&self.runs_finished);
                if let Some((_, counter)) = ends.find(|(end, _)| *end == status) {
                    counter.count();
                }
            }
            Event::StageCompleted { stage, .. } => self.stage_end(news, stage, "completed"),
            Event::StageFailed { stage, failure } => {
                let is_late = failure.label == FailureLabel::TIMEOUT;
                let end = if is_late { "timed_out" } else { "failed" };
                self.stage_end(news, stage, end);
            }
            Event::StageSkipped { stage, .. } => self.stage_end(news, stage, "skipped"),
            Event::StageCancelled { stage } => self.stage_end(news, stage, "cancelled"),
            Event::GateApproved { stage, .. } => {
                self.gates_approved.count();
                self.stage_end(news, stage, "completed");
            }
            Event::GateRejected { stage, .. } => {
                self.gates_rejected.count();
                self.stage_end(news, stage, "failed");
            }
            Event::StageRetrying { failure, .. } => {
                count_at(&self.retries, place_of_label(&failure.label));
            }
            Event::StageAsked { .. } => self.questions.count(),
            Event::GraphEdited { edits, .. } => {
                for edit in edits {
                    count_at(&self.edits, place_of_edit(edit));
                }
            }
            Event::HookFinished { error, .. } => match error {
                None => self.hooks_finished.count(),
                Some(_) => self.hooks_failed.count(),
            },
            Event::StageReady { .. }
            | Event::StageStarted { .. }
            | Event::StageRestarted { .. }
            | Event::StageStopping { .. }
            | Event::StageSpent { .. }
            | Event::StageRepairing { .. }
            | Event::StageSummarizing { .. }
            | Event::StageAnswered { .. }
            | Event::StageReopened { .. }
            | Event::StageReset { .. }
            | Event::GateOpened { .. }
            | Event::RunPaused { .. }
            | Event::RunResumed { .. }
            | Event::RunReopened { .. }
            | Event::RunStopping { .. } => {}
        }
    }

    fn stage_end(&self, news: &Committed<'_>, stage: &StageId, end: &str) {
        let adapter = news.adapter(stage).map_or(NO_ADAPTER, place_of_adapter);
        let mut ends = STAGE_ENDS.iter().zip(&self.stages_finished);
        if let Some((_, counters)) = ends.find(|(word, _)| **word == end) {
            count_at(counters, adapter);
        }
        let Some(index) = news.state.index(stage).filter(|_| adapter != NO_ADAPTER) else {
            return;
        };
        // When it was opened again in the same commit, nobody knows any more; and
        // one that was opened again keeps the time of its start.
        let state = news.state.stage(index);
        if state.attempt > 0
            && let (Some(started), Some(ended)) = (state.started_at, state.ended_at)
            && let Some(timings) = self.stage_time.get(adapter)
        {
            timings.observe(ended.since(started));
        }
    }
}

fn place_of_adapter(adapter: &str) -> usize {
    let known = ADAPTERS.iter().position(|known| *known == adapter);
    known.unwrap_or(OTHER)
}

/// Agents bring labels of their own; those are all the same here.
fn place_of_label(label: &FailureLabel) -> usize {
    let known = FailureLabel::KNOWN.iter().position(|known| known == label);
    known.unwrap_or(N_LABELS)
}

fn place_of_edit(edit: &Edit) -> usize {
    match edit {
        Edit::Insert { .. } => 0,
        Edit::Update { .. } => 1,
        Edit::Delete { .. } => 2,
    }
}

fn count_at<const N: usize>(counters: &[Counter; N], place: usize) {
    if let Some(counter) = counters.get(place) {
        counter.count();
    }
}

impl Observer for Figures {
    fn committed(&self, news: &Committed<'_>) {
        for event in news.events {
            self.event(news, event);
        }
    }

    fn moved(&self, from: Option<Standing>, to: Option<Standing>) {
        // Added first, so that nobody reads less than there is.
        if let Some(to) = to {
            self.stand(to, 1);
        }
        if let Some(from) = from {
            self.stand(from, -1);
        }
    }

    fn attempt_ended(&self, end: &AttemptEnd<'_>) {
        let adapter = place_of_adapter(end.adapter);
        let place = match end.report {
            AttemptReport::Completed(_) => COMPLETED,
            AttemptReport::NeedsInput(_) => NEEDS_INPUT,
            AttemptReport::Failed(failure) => 2 + place_of_label(&failure.label),
        };
        if let Some(counters) = self.attempts.get(place) {
            count_at(counters, adapter);
        }
        if let (Some(took), Some(timings)) = (end.took, self.attempt_time.get(adapter)) {
            timings.observe(took);
        }
    }
}

impl Source for Figures {
    fn write(&self, page: &mut Page) {
        self.write_runs(page);
        self.write_stages(page);
        self.write_attempts(page);
        self.write_people(page);
    }
}

impl Figures {
    fn write_runs(&self, page: &mut Page) {
        let mut runs = page.gauge("baton_runs", "Runs that have not ended, by status.");
        for status in ExecutionStatus::ALL.iter().filter(|it| !it.is_terminal()) {
            runs.value(&[("status", status.as_str())], self.run(*status).value());
        }
        page.counter(
            "baton_runs_started_total",
            "Runs created since the server started.",
        )
        .value(&[], self.runs_started.value());
        let help = "Runs ended since the server started, by how they ended.";
        let mut finished = page.counter("baton_runs_finished_total", help);
        for (status, counter) in RUN_ENDS.iter().zip(&self.runs_finished) {
            finished.value(&[("outcome", status.as_str())], counter.value());
        }
        let help = "Time from the creation of a run to its end, waiting for people included.";
        page.histogram("baton_run_duration_seconds", help)
            .value(&[], &self.run_time.timings());
        let help = "Edits of stages of runs under way, by kind.";
        let mut edits = page.counter("baton_run_edits_total", help);
        for (kind, counter) in EDITS.iter().zip(&self.edits) {
            edits.value(&[("type", kind)], counter.value());
        }
        let mut hooks = page.counter(
            "baton_hooks_finished_total",
            "Hooks carried out, or given up.",
        );
        hooks.value(&[("outcome", "completed")], self.hooks_finished.value());
        hooks.value(&[("outcome", "failed")], self.hooks_failed.value());
    }

    fn write_stages(&self, page: &mut Page) {
        let help = "Stages of runs that have not ended, by status; gates and questions that wait are among them.";
        let mut stages = page.gauge("baton_stages", help);
        for (gauge, status) in self.stage_places() {
            stages.value(&[("status", status.as_str())], gauge.value());
        }
        let help = "Stages ended, by how they ended and the kind of their agent.";
        let mut finished = page.counter("baton_stages_finished_total", help);
        for (end, counters) in STAGE_ENDS.iter().zip(&self.stages_finished) {
            per_adapter(counters, |adapter, counter| {
                if counter.value() > 0 {
                    finished.value(&[("outcome", end), ("adapter", adapter)], counter.value());
                }
            });
        }
        let help = "Time of the last attempt of a stage, by the kind of its agent.";
        let mut times = page.histogram("baton_stage_duration_seconds", help);
        per_adapter(&self.stage_time, |adapter, timings| {
            let timings = timings.timings();
            if timings.count > 0 {
                times.value(&[("adapter", adapter)], &timings);
            }
        });
        let help = "Attempts that failed and are followed by another, by the label of the failure.";
        let mut retries = page.counter("baton_stage_retries_total", help);
        let known = FailureLabel::KNOWN;
        let labels = known.iter().map(FailureLabel::as_str).chain(["other"]);
        for (label, counter) in labels.zip(&self.retries) {
            retries.value(&[("label", label)], counter.value());
        }
    }

    fn write_attempts(&self, page: &mut Page) {
        let help = "Turns of agents that have ended, by the kind of agent and how: \
                    completed, needs_input or the label of the failure.";
        let mut ended = page.counter("baton_attempts_finished_total", help);
        let known = FailureLabel::KNOWN;
        let failures = known.iter().map(FailureLabel::as_str).chain(["other"]);
        let words = ["completed", "needs_input"].into_iter().chain(failures);
        for (end, counters) in words.zip(&self.attempts) {
            per_adapter(counters, |adapter, counter| {
                if counter.value() > 0 {
                    ended.value(&[("adapter", adapter), ("outcome", end)], counter.value());
                }
            });
        }
        let help = "Time of one turn of an agent, by its kind.";
        let mut times = page.histogram("baton_attempt_duration_seconds", help);
        per_adapter(&self.attempt_time, |adapter, timings| {
            let timings = timings.timings();
            if timings.count > 0 {
                times.value(&[("adapter", adapter)], &timings);
            }
        });
    }

    fn write_people(&self, page: &mut Page) {
        let mut gates = page.counter(
            "baton_gates_decided_total",
            "Gates decided, by people or by their timeout.",
        );
        gates.value(&[("decision", "approved")], self.gates_approved.value());
        gates.value(&[("decision", "rejected")], self.gates_rejected.value());
        page.counter(
            "baton_questions_total",
            "Times that agents asked people something.",
        )
        .value(&[], self.questions.value());
    }
}

fn per_adapter<T>(values: &PerAdapter<T>, mut write: impl FnMut(&'static str, &T)) {
    for (adapter, value) in ADAPTERS.iter().zip(values) {
        write(adapter, value);
    }
}
